/** QuantizeLinear and DequantizeLinear, the dynamic form, and elementwise QLinear ops as dequantize - op - quantize. */

import type { Attrs } from "../../../ir/attr/attr.js";
import type { ValueId } from "../../../ir/graph/module.js";
import { type DType, dtypeInfo, isInt } from "../../../ir/type/dtype.js";
import { castTo, plain, reshape, resolveAxis, shapeOf } from "../../shared/helpers.js";
import { dtypeOfOnnx, onnxTypeName } from "../proto.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { operand } from "./math-shared.js";
import { allKnown } from "./nn-shared.js";

const F32_DIVISION_DTYPES: readonly DType[] = ["f32", "f16", "bf16", "i32"];

interface Params {
  readonly axis: number;
  readonly block: number;
  readonly scales: readonly number[];
  readonly zeros: readonly number[];
}

interface Placement {
  readonly axis: number;
  readonly block: number;
}

/** Where the parameters in operand `scale` apply to a tensor of `shape`: the axis (-1 for all) and the block length (0 for none). */
function placement(n: NodeImport, shape: readonly number[], scale: ValueId): Placement {
  const params = shapeOf(n, scale);
  const count = params.reduce((a, b) => a * b, 1);
  const block = n.int("block_size", 0);
  if (block > 0) return { axis: resolveAxis(n, n.int("axis", 1), shape.length), block };
  if (count === 1) return { axis: -1, block: 0 };
  if (params.length !== 1) n.malformed(`scale has rank ${params.length} but there is no block_size`);
  const axis = resolveAxis(n, n.int("axis", 1), shape.length);
  if (shape[axis] !== count) n.malformed(`${count} scales for axis ${axis} of length ${shape[axis]}`);
  return { axis, block: 0 };
}

/** Constant parameters from operands `scale` and `zero`. */
function knownParams(n: NodeImport, shape: readonly number[], scale: number, zero: number): Params {
  const scales = n.knownFloats(scale, "scale");
  const zeros = n.has(zero) ? n.knownInts(zero, "zero point") : [];
  return { ...placement(n, shape, n.input(scale)), scales, zeros };
}

/** A parameter operand in the shape that broadcasts against the data; blocked ones are repeated along the axis and cut to its length. */
function broadcastParam(n: NodeImport, shape: readonly number[], v: ValueId, { axis, block }: Placement): ValueId {
  const f = castTo(n, plain(n, v), "f32");
  if (block > 0) {
    const params = shapeOf(n, f);
    const split = (length: number) => [...params.slice(0, axis + 1), length, ...params.slice(axis + 1)];
    const repeated = n.emit("broadcast_to", [reshape(n, f, split(1))], { shape: split(block) });
    const long = reshape(
      n,
      repeated,
      params.map((d, k) => (k === axis ? d * block : d)),
    );
    const zeros = shape.map(() => 0);
    if (shapeOf(n, long)[axis] === shape[axis]) return long;
    return n.emit("slice", [long], { starts: zeros, ends: shape, steps: shape.map(() => 1) });
  }
  if (axis < 0) return reshape(n, f, []);
  return reshape(
    n,
    f,
    shape.map((d, k) => (k === axis ? d : 1)),
  );
}

function storedDType(n: NodeImport, zero: number): DType {
  if (n.has(zero)) return n.type(n.input(zero)).dtype;
  const code = n.int("output_dtype", 0);
  if (code === 0) return "u8";
  return dtypeOfOnnx(code) ?? n.unsupported(`it quantizes to ${onnxTypeName(code)}, which qc does not have`);
}

/** saturate(rne(x / scale) + zero) with parameters that are computed at run time. */
function quantizeAtRunTime(n: NodeImport, x: ValueId, dtype: DType): ValueId {
  const shape = shapeOf(n, x);
  const at = placement(n, shape, n.input(1));
  const q = n.emit("round", [n.emit("div", [x, broadcastParam(n, shape, n.input(1), at)])]);
  const moved = n.has(2) ? n.emit("add", [q, broadcastParam(n, shape, n.input(2), at)]) : q;
  const { min, max } = dtypeInfo(dtype);
  return castTo(n, n.emit("clip", [moved], { lo: min, hi: max }), dtype);
}

function quantizeLinear(n: NodeImport): ValueId {
  const x = operand(n, 0);
  const dtype = storedDType(n, 2);
  if (!isInt(dtype) || dtypeInfo(dtype).bits > 16)
    n.unsupported(`it quantizes to ${dtype}; integers of 4 to 16 bits are supported`);
  if (!F32_DIVISION_DTYPES.includes(n.type(x).dtype)) n.malformed(`its operand has type ${n.type(x).dtype}`);
  const real = castTo(n, x, "f32");
  if (!allKnown(n, [1, 2])) return quantizeAtRunTime(n, real, dtype);
  const params = knownParams(n, shapeOf(n, x), 1, 2);
  return n.emit("quantize", [real], { dtype, ...params });
}

/** The elements of operand `x` as reals; equal parameters are not written twice. */
function dequantized(n: NodeImport, x: ValueId, params: Params): ValueId {
  const attrs: Attrs = { ...params };
  return n.emit("dequantize", [n.emit("with_quant", [x], attrs)]);
}

function dequantizeLinear(n: NodeImport): ValueId {
  const x = plain(n, n.input(0));
  const shape = shapeOf(n, x);
  const { dtype } = n.type(x);
  if (!isInt(dtype)) n.unsupported(`its operand has type ${dtype}; integers are supported`);
  const code = n.int("output_dtype", 0);
  const result = code === 0 ? n.type(n.input(1)).dtype : (dtypeOfOnnx(code) ?? n.unsupported(`it gives ${onnxTypeName(code)}`));
  if (allKnown(n, [1, 2])) {
    // the operand before `plain`: a quantize with these parameters needs no view in between
    return castTo(n, dequantized(n, n.input(0), knownParams(n, shape, 1, 2)), result);
  }
  const at = placement(n, shape, n.input(1));
  const wide = castTo(n, x, "i32");
  // zero points below 2^24 are exact as floats
  const zero = n.has(2) ? castTo(n, broadcastParam(n, shape, n.input(2), at), "i32") : "";
  const difference = zero === "" ? wide : n.emit("sub", [wide, zero]);
  const real = n.emit("mul", [castTo(n, difference, "f32"), broadcastParam(n, shape, n.input(1), at)]);
  return castTo(n, real, result);
}

/** scale = (max(x, 0) - min(x, 0)) / 255, zero = saturate(rne(-min / scale)); a scale of 0 becomes 1, as in ONNX Runtime. */
function dynamicQuantizeLinear(n: NodeImport): readonly ValueId[] {
  const x = operand(n, 0);
  const axes = shapeOf(n, x).map((_, k) => k);
  const zero = n.scalar("f32", 0);
  const least = n.emit("min", [zero, n.emit("reduce_min", [x], { axes, keepdims: false })]);
  const greatest = n.emit("max", [zero, n.emit("reduce_max", [x], { axes, keepdims: false })]);
  const range = n.emit("div", [n.emit("sub", [greatest, least]), n.scalar("f32", 255)]);
  const scale = n.emit("where", [n.emit("eq", [range, zero]), n.scalar("f32", 1), range]);
  const stored = (v: ValueId) => n.emit("clip", [v], { lo: 0, hi: 255 });
  const zeroPoint = n.emit("round", [stored(n.emit("div", [n.emit("sub", [zero, least]), scale]))]);
  const q = n.emit("add", [n.emit("round", [n.emit("div", [x, scale])]), zeroPoint]);
  return [castTo(n, stored(q), "u8"), scale, castTo(n, zeroPoint, "u8")];
}

/** Operands x, scale, zero point from position i on, as reals. */
function qlinearOperand(n: NodeImport, i: number): ValueId {
  return dequantized(n, n.input(i), knownParams(n, shapeOf(n, n.input(i)), i + 1, i + 2));
}

/** Quantizes with scale and zero point from operands i and i + 1, to the operand's element type. */
function qlinearResult(n: NodeImport, real: ValueId, i: number, like: DType): ValueId {
  const dtype = n.has(i + 1) ? n.type(n.input(i + 1)).dtype : like;
  return n.emit("quantize", [real], { dtype, ...knownParams(n, shapeOf(n, real), i, i + 1) });
}

const qlinearBinary = (op: string) => (n: NodeImport) =>
  qlinearResult(n, n.emit(op, [qlinearOperand(n, 0), qlinearOperand(n, 3)]), 6, n.type(n.input(0)).dtype);

const qlinearUnary = (op: string, attrs: (n: NodeImport) => Attrs) => (n: NodeImport) =>
  qlinearResult(n, n.emit(op, [qlinearOperand(n, 0)], attrs(n)), 3, n.type(n.input(0)).dtype);

/** Operands: result scale and zero point, then three for every part. */
function qlinearConcat(n: NodeImport): ValueId {
  const parts = Array.from({ length: (n.inputs.length - 2) / 3 }, (_, k) => qlinearOperand(n, 2 + 3 * k));
  const axis = resolveAxis(n, n.int("axis"), shapeOf(n, parts[0]).length);
  return qlinearResult(n, n.emit("concat", parts, { axis }), 0, n.type(n.input(2)).dtype);
}

function qlinearSoftmax(n: NodeImport): ValueId {
  const x = qlinearOperand(n, 0);
  const shape = shapeOf(n, x);
  const axis = resolveAxis(n, n.int("axis", -1), shape.length);
  const quantizeTo = (y: ValueId) => qlinearResult(n, y, 3, n.type(n.input(0)).dtype);
  if (n.int("opset", 13) >= 13 || axis === shape.length - 1) return quantizeTo(n.emit("softmax", [x], { axis }));
  const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
  const matrix = reshape(n, x, [product(shape.slice(0, axis)), product(shape.slice(axis))]);
  return quantizeTo(reshape(n, n.emit("softmax", [matrix], { axis: 1 }), shape));
}

export const quantizeRules: ImportRules = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  "com.microsoft::QuantizeLinear": quantizeLinear,
  "com.microsoft::DequantizeLinear": dequantizeLinear,
  "com.microsoft::QLinearAdd": qlinearBinary("add"),
  "com.microsoft::QLinearMul": qlinearBinary("mul"),
  "com.microsoft::QLinearSigmoid": qlinearUnary("sigmoid", () => ({})),
  "com.microsoft::QLinearLeakyRelu": qlinearUnary("leaky_relu", (n) => ({ alpha: n.float("alpha", 0.01) })),
  "com.microsoft::QLinearSoftmax": qlinearSoftmax,
  "com.microsoft::QLinearConcat": qlinearConcat,
};
