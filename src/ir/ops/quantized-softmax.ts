import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import { emptyData, numbersOf } from "../op/tensor.js";
import { type DType, dtypeInfo } from "../type/dtype.js";
import { perTensor } from "../type/quant.js";
import { type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, present } from "./shared/check.js";
import { constantTable } from "./shared/lowering.js";
import { splitAt } from "./shared/values.js";

/**
 * Integer softmax. With d = max(q) - q in [0, 255]:
 *   e[d]  = round(2^k exp(-scale d))                 compile-time table; k so that a row's sum stays below 2^30
 *   r     = floor(2^m / scale_out / sum(e))          one division a row
 *   y     = clamp((e[d] r + 2^(m-1)) >> m + zero)
 * m = 31 + k - ceil(log2(1 / scale_out)) keeps r below 2^31 (a sum is at least 2^k) and the products below 2^62.
 * Sums of integers: the order of the additions does not matter.
 */
interface Plan {
  readonly table: readonly number[];
  readonly m: number;
  /** 2^m / scale_out */
  readonly numerator: number;
}

function planOf(x: TensorType, axis: number, outScale: number): Plan {
  const scale = x.quant?.kind === "tensor" ? x.quant.scale : 0;
  const k = Math.min(20, 29 - Math.ceil(Math.log2(x.shape[axis])));
  const inverse = 1 / Math.fround(outScale);
  const m = 31 + k - Math.ceil(Math.log2(inverse));
  const table = Array.from({ length: 256 }, (_, d) => Math.round(2 ** k * Math.exp(-scale * d)));
  return { table, m, numerator: Math.floor(inverse * 2 ** m) };
}

const isByte = (d: DType) => d === "i8" || d === "u8";

export const quantizedSoftmax = defineOp({
  name: "quantized_softmax",
  doc: "y = quantize(softmax(dequantize(q))) along `axis`, in integers only: the same bits on every target, within one step of the real value.",
  attrs: {
    axis: attr.int("axis that sums to one"),
    dtype: attr.dtype("stored element type of the result: i8 or u8", "i8"),
    scale: attr.f32("scale of the result", 1 / 256),
    zero: attr.int("zero point of the result", -128),
  },
  operands: [{ name: "q" }],
  traits: [],
  layout: { transpose: alongAxis },
  infer(types, { axis, dtype, scale, zero }, fail) {
    const x = present(types, 0);
    if (!isByte(x.dtype) || x.quant?.kind !== "tensor") {
      fail("QC-OP-009", `quantized_softmax: operand ${typeText(x)}, expected i8 or u8 with a per-tensor quantization`);
    }
    checkAxis("quantized_softmax", axis, x, fail);
    const { min, max } = dtypeInfo(dtype);
    if (!isByte(dtype)) fail("QC-OP-008", `quantized_softmax: no result of type ${dtype}`);
    if (!(scale > 2 ** -24 && scale < 1) || zero < min || zero > max) {
      fail("QC-OP-007", `quantized_softmax: no result with scale ${scale} and zero point ${zero}`);
    }
    const length = x.shape[axis];
    if (length < 1 || length > 2 ** 20) fail("QC-OP-010", `quantized_softmax: ${length} elements in a row, not 1 to ${2 ** 20}`);
    return [tensorType(dtype, x.shape, perTensor(scale, zero))];
  },
  eval(inputs, { axis, scale, zero }, [type]) {
    const x = present(inputs, 0);
    const values = numbersOf(x);
    const { table, m, numerator } = planOf(x.type, axis, scale);
    const { outer, length, inner } = splitAt(x.type.shape, axis);
    const { min, max } = dtypeInfo(type.dtype);
    const data = emptyData(type.dtype, values.length);
    for (let row = 0; row < outer * inner; row++) {
      const start = Math.floor(row / inner) * length * inner + (row % inner);
      const places = Array.from({ length }, (_, j) => start + j * inner);
      const top = places.reduce((t, p) => Math.max(t, values[p]), -Infinity);
      const e = places.map((p) => table[top - values[p]]);
      const r = BigInt(numerator) / BigInt(e.reduce((s, v) => s + v, 0));
      places.forEach((p, j) => {
        const y = Number((BigInt(e[j]) * r + (1n << BigInt(m - 1))) >> BigInt(m)) + zero;
        data[p] = Math.min(max, Math.max(min, y));
      });
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { axis, scale, zero }) {
    const x = present(ins, 0);
    const { shape } = x.type;
    const { table, m, numerator } = planOf(x.type, axis, scale);
    const e = constantTable(b, "i32", table, "exp");
    const rows = shape.map((d, k) => (k === axis ? 1 : d));
    const i32 = (at: Parameters<typeof b.load>[1]) => make.cast("i32", b.load(x, at));
    const along = (i: readonly ReturnType<typeof make.index>[], j: ReturnType<typeof make.index>) =>
      i.map((v, k) => (k === axis ? j : v));
    const row = (i: readonly ReturnType<typeof make.index>[]) => along(i, make.index(0));
    const top = b.temp("i32", rows, "top");
    b.reduction(top, "max", [shape[axis]], (i, [j]) => i32(along(i, j)), { name: "top" });
    const term = (i: readonly ReturnType<typeof make.index>[]) => e(make.cast("index", make.sub(b.load(top, row(i)), i32(i))));
    const sum = b.temp("i32", rows, "sum");
    b.reduction(sum, "add", [shape[axis]], (i, [j]) => term(along(i, j)), { name: "sum" });
    const inverse = b.temp("i64", rows, "inverse");
    const i64 = (v: number) => make.constant("i64", v);
    b.elementwise(inverse, (i) => make.div(i64(numerator), make.cast("i64", b.load(sum, i))), "inverse");
    const { min, max } = dtypeInfo(y.type.dtype);
    b.elementwise(
      y,
      (i) => {
        const product = make.add(make.mul(make.cast("i64", term(i)), b.load(inverse, row(i))), i64(2 ** (m - 1)));
        const stored = make.add(make.cast("i32", make.bin("shr", product, i64(m)), true), make.constant("i32", zero));
        const clamped = make.min(make.max(stored, make.constant("i32", min)), make.constant("i32", max));
        return make.cast(y.type.dtype, clamped, true);
      },
      "quantized_softmax",
    );
  },
  sample(g) {
    const dtype = g.pick(["i8", "u8"] as const);
    const shape = g.shape(g.int(1, 4), 6);
    const x = g.tensor({ dtype, shape, quant: perTensor(g.f32({ min: 0.005, max: 0.3 }), g.int(0, 9)) });
    const out = g.bool()
      ? { dtype: "i8", scale: 1 / 256, zero: -128 }
      : { dtype: "u8", scale: g.f32({ min: 0.002, max: 0.01 }), zero: g.int(0, 3) };
    return { inputs: [x], attrs: { axis: g.int(0, shape.length - 1), ...out } };
  },
});
