import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import type { BufferRef, LowerBuilder } from "../loop/lower-builder.js";
import { add, bin, call, cast, constant, div, index, mul, select } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { byLayoutAttribute } from "../op/layout.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { dtypeInfo, isFloat } from "../type/dtype.js";
import { perTensor } from "../type/quant.js";
import { byteSize, numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { accumulatorOf, centredLoad, centredNumbers } from "./shared/contraction.js";
import { drawPool, type PoolGeometry, poolAttrs, poolShape } from "./shared/pool.js";
import { assemble, disassemble, eachIndex, eachTap, existingTaps, offsetOf, tapAt } from "./shared/spatial.js";
import { roundHalfEven } from "./shared/values.js";

interface AverageGeometry extends PoolGeometry {
  readonly count_include_pad: boolean;
}

/** Whether the result has a grid of its own, and which. */
interface OwnGrid {
  readonly to: "none" | "i8" | "u8";
  readonly scale: number;
  readonly zero: number;
}

/** f32(scale(x) / scale(y)); 1 where the result keeps the operand's grid. */
function ratioOf(x: TensorType, y: TensorType): number {
  return x.quant?.kind === "tensor" && y.quant?.kind === "tensor" ? Math.fround(x.quant.scale / y.quant.scale) : 1;
}

/** The window as it counts: with count_include_pad padding is part of the input, what lies behind the end padding is not. */
function counted(a: AverageGeometry, input: readonly number[]): { window: PoolGeometry; size: readonly number[] } {
  if (!a.count_include_pad) return { window: a, size: input };
  const rank = input.length;
  return { window: { ...a, pads: a.pads.map(() => 0) }, size: input.map((s, d) => s + a.pads[d] + a.pads[rank + d]) };
}

/** Number of counted elements of a window, as an i32 expression; a constant where all windows are full. */
function countOf(
  b: LowerBuilder,
  a: AverageGeometry,
  input: readonly number[],
  output: readonly number[],
): (o: readonly Expr[]) => Expr {
  const { window: whole, size } = counted(a, input);
  const window = existingTaps(whole, size, output);
  const taps = (o: readonly Expr[], r: readonly Expr[]) => tapAt(o, r, window, size, output).inside;
  const probe = output.map(() => index(0));
  if (taps(probe, probe) === null) return () => constant("i32", numElements(window.kernel));
  const count = b.temp("i32", output, "count");
  const one = constant("i32", 1);
  b.reduction(
    count,
    "add",
    window.kernel,
    (o, r) => {
      const inside = taps(o, r);
      return inside ? select(inside, one, constant("i32", 0)) : one;
    },
    { name: "count" },
  );
  return (o) => b.load(count, o);
}

/** y = clamp(rne(f32(f32(acc) * f32(ratio / count))) + zero) */
function lowerQuantized(
  b: LowerBuilder,
  acc: BufferRef,
  y: BufferRef,
  layout: PoolGeometry["layout"],
  count: (o: readonly Expr[]) => Expr,
  ratio: number,
): void {
  const { min: lo, max: hi } = dtypeInfo(y.type.dtype);
  const zero = y.type.quant?.kind === "tensor" ? y.type.quant.zero : 0;
  const f32 = (v: number) => constant("f32", v);
  b.elementwise(y, (i) => {
    const factor = div(f32(ratio), cast("f32", count(disassemble(layout, i).s)));
    const mean = add(call("round", [mul(cast("f32", b.load(acc, i)), factor)]), f32(zero));
    return cast(y.type.dtype, bin("max", f32(lo), bin("min", f32(hi), mean)));
  });
}

/** Average pooling. ONNX AveragePool-22, QLinearAveragePool of com.microsoft. */
export const avgPool = defineOp({
  name: "avg_pool",
  doc:
    "y = mean of each window over its elements inside x, or with count_include_pad over those inside x and its padding. Keeps type and " +
    "quantization, or stores on a grid of its own. Integers: s = exact sum of (q - zero(x)); " +
    "y = clamp(rne(f32(f32(s) f32(ratio / count))) + zero(y)), ratio = f32(scale(x) / scale(y)): rounded once.",
  attrs: {
    ...poolAttrs,
    count_include_pad: attr.bool("padding counts as zeros", false),
    to: attr.oneOf("element type of a result on a grid of its own, the operand being quantized", ["none", "i8", "u8"], "none"),
    scale: attr.f32("scale of that grid", 1),
    zero: attr.int("zero point of that grid", 0),
  },
  operands: [{ name: "x" }],
  traits: ["window", "same-scale"],
  layout: { channels: byLayoutAttribute(0) },
  quantize: {
    form: "round",
    integer: (b, x, attrs, { dtype, scale, zero }) =>
      dtype === "i8" || dtype === "u8" ? b.node("avg_pool", [x], { ...attrs, to: dtype, scale, zero }) : null,
  },
  infer([x], a, fail) {
    const shape = poolShape("avg_pool", x, a, fail);
    if (!x) return fail("QC-NN-005", "avg_pool: x is required");
    if (x.quant && x.quant.kind !== "tensor") fail("QC-NN-051", "avg_pool: x must be quantized per tensor");
    if (!isFloat(x.dtype) && dtypeInfo(x.dtype).bits > 16) fail("QC-NN-053", `avg_pool: no average of ${x.dtype}`);
    if (a.to === "none") return [tensorType(x.dtype, shape, x.quant)];
    const { min, max } = dtypeInfo(a.to);
    if (x.quant === null) fail("QC-NN-091", `avg_pool: a grid for the mean of ${typeText(x)}, which has none itself`);
    if (!(a.scale > 0) || a.zero < min || a.zero > max) fail("QC-OP-007", `avg_pool: scale ${a.scale}, zero point ${a.zero}`);
    return [tensorType(a.to, shape, perTensor(a.scale, a.zero))];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("avg_pool: absent operand");
    const float = isFloat(x.type.dtype);
    const values = float ? numbersOf(x) : centredNumbers(x, () => 0);
    const { s } = disassemble(a.layout, x.type.shape);
    const { window, size } = counted(a, s);
    const zero = type.quant?.kind === "tensor" ? type.quant.zero : 0;
    const { min: lo, max: hi } = dtypeInfo(type.dtype);
    const ratio = ratioOf(x.type, type);
    const y = new Float64Array(numElements(type.shape));
    eachIndex(type.shape, (i) => {
      const { n, c, s: o } = disassemble(a.layout, i);
      let [sum, count] = [0, 0];
      eachTap(o, a, s, (_, at) => (sum += values[offsetOf(x.type.shape, assemble(a.layout, n, c, at))]));
      eachTap(o, window, size, () => count++);
      const mean = float ? sum / count : roundHalfEven(Math.fround(Math.fround(sum) * Math.fround(ratio / count))) + zero;
      y[offsetOf(type.shape, i)] = float ? mean : Math.min(Math.max(mean, lo), hi);
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("avg_pool: absent operand");
    const { s } = disassemble(a.layout, x.type.shape);
    const out = disassemble(a.layout, y.type.shape).s;
    const float = isFloat(x.type.dtype);
    const window = existingTaps(a, s, out);
    const accType = float ? accumulatorOf(x.type.dtype) : "i32";
    const acc = b.temp(accType, y.type.shape, "acc");
    const read = centredLoad(b, x, accType);
    b.reduction(
      acc,
      "add",
      window.kernel,
      (i, r) => {
        const { n, c, s: o } = disassemble(a.layout, i);
        const { at, inside } = tapAt(o, r, window, s, out);
        return read(assemble(a.layout, n, c, at), inside, index(0));
      },
      { name: "window" },
    );
    const count = countOf(b, a, s, out);
    if (!float) return lowerQuantized(b, acc, y, a.layout, count, ratioOf(x.type, y.type));
    b.elementwise(y, (i) => cast(y.type.dtype, div(b.load(acc, i), cast(accType, count(disassemble(a.layout, i).s)))));
  },
  sample(g) {
    const { shape, attrs } = drawPool(g);
    const quantized = g.bool();
    const x = quantized
      ? g.tensor({ dtype: g.pick(["i8", "u8", "i16"] as const), shape, quant: g.bool() ? perTensor(0.1, g.int(0, 30)) : null })
      : g.tensor({ dtype: g.pick(["f32", "f64", "f16"] as const), shape });
    const own: OwnGrid = { to: g.pick(["i8", "u8"] as const), scale: g.f32({ min: 0.01, max: 0.3 }), zero: g.int(0, 30) };
    return { inputs: [x], attrs: { ...attrs, count_include_pad: g.bool(), ...(x.type.quant && g.bool() ? own : {}) } };
  },
  cost: ([x], [y], a) => ({
    flops: numElements(y.shape) * numElements(a.kernel),
    bytes: byteSize(y) + (x ? byteSize(x) : 0),
  }),
});
