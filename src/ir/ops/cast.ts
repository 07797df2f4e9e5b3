import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { DTYPES, type DType, dtypeInfo, isFloat } from "../type/dtype.js";
import { type TensorType, tensorType } from "../type/tensor-type.js";
import { checkNoQuant, present } from "./shared/check.js";
import { constOf } from "./shared/lowering.js";
import { bigintsOf, tensorOfBigints } from "./shared/values.js";

/** The double whose f32 rounding is that of v: beyond 2^53 the lost bits are kept as one sticky bit. */
function doubleForF32(v: bigint): number {
  const magnitude = v < 0n ? -v : v;
  if (magnitude < 2n ** 53n) return Number(v);
  const sticky = (magnitude & 2047n) !== 0n ? 1n : 0n;
  const rounded = Number((magnitude >> 11n) | sticky) * 2048;
  return v < 0n ? -rounded : rounded;
}

function truncateSaturated(v: number, dtype: DType): bigint {
  if (Number.isNaN(v)) return 0n;
  const { bits, signed } = dtypeInfo(dtype);
  const [lo, hi] = signed ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n] : [0n, 2n ** BigInt(bits) - 1n];
  if (v >= Number(hi)) return hi;
  return v <= Number(lo) ? lo : BigInt(Math.trunc(v));
}

/** The type whose range bounds a float on its way to `to`: 4-bit integers keep the low bits of an i32. */
const saturationOf = (to: DType): DType => (to === "i4" || to === "u4" ? "i32" : to);

function castTensor(x: Tensor, type: TensorType): Tensor {
  const from = x.type.dtype;
  const to = type.dtype;
  if (isFloat(from)) {
    const values = numbersOf(x);
    if (isFloat(to) || to === "bool") return tensorOf(type, values);
    return tensorOfBigints(
      type,
      Array.from(values, (v) => truncateSaturated(v, saturationOf(to))),
    );
  }
  const values = bigintsOf(x);
  if (to === "f64") return tensorOf(type, values.map(Number));
  if (isFloat(to))
    return tensorOf(
      type,
      values.map((v) => Math.fround(doubleForF32(v))),
    );
  return tensorOfBigints(type, values);
}

function castExpr(x: Expr, from: DType, to: DType): Expr {
  if (to === "bool" && from !== "bool") {
    const wide = isFloat(from) ? make.cast(from === "f64" ? "f64" : "f32", x) : x;
    return make.bin("ne", wide, constOf(wide.t, 0));
  }
  if (isFloat(from) && dtypeInfo(to).kind === "int") return make.cast(to, make.cast(saturationOf(to), x));
  const half = (d: DType) => d === "f16" || d === "bf16";
  return half(from) || half(to) ? make.cast(to, make.cast("f32", x)) : make.cast(to, x);
}

/** Conversion of elements. ONNX Cast-13. */
export const cast = defineOp({
  name: "cast",
  doc:
    "y = x as `to`. Floats round to nearest even (f16 and bf16 by way of f32); float to integer truncates and saturates " +
    "(4-bit integers keep the low bits), NaN gives 0; integer to integer wraps; to bool is x != 0. ONNX Cast-13.",
  attrs: { to: attr.dtype("element type of the result") },
  operands: [{ name: "x" }],
  traits: ["elementwise", "transfer"],
  infer(types, { to }, fail) {
    const x = present(types, 0);
    checkNoQuant("cast", x, fail);
    return [tensorType(to, x.shape)];
  },
  eval: (inputs, _attrs, [type]) => [castTensor(present(inputs, 0), type)],
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    b.elementwise(y, (i) => castExpr(b.load(x, i), x.type.dtype, y.type.dtype), "cast");
  },
  sample(g) {
    const dtype = g.pick(DTYPES);
    const range = isFloat(dtype) ? { min: -300, max: 300 } : {};
    return { inputs: [g.tensor({ dtype, ...range })], attrs: { to: g.pick(DTYPES) } };
  },
});
