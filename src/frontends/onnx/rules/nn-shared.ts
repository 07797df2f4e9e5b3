/** What the rules of convolutions, pools and products share: window attributes, quantization operands, small emitters. */

import type { ValueId } from "../../../ir/graph/module.js";
import { castTo, ones, reshape, samePads, shapeOf, zeros } from "../../shared/helpers.js";
import type { NodeImport } from "../rule.js";

/** Dimensions 2.. of an [N, C, *S] operand; refuses what the window ops do not take. */
export function spatialOf(n: NodeImport, v: ValueId): readonly number[] {
  const s = shapeOf(n, v).slice(2);
  if (s.length < 1 || s.length > 3) n.unsupported(`it has ${s.length} spatial axes, 1 to 3 are supported`);
  return s;
}

/**
 * Padding begins and ends of a node with `auto_pad`. SAME gives ceil(S / stride) outputs; an odd element goes to the end for SAME_UPPER
 * and to the begin for SAME_LOWER.
 */
export function padsOf(
  n: NodeImport,
  input: readonly number[],
  reach: readonly number[],
  strides: readonly number[],
): readonly number[] {
  const mode = n.string("auto_pad", "NOTSET");
  if (mode === "VALID") return zeros(2 * input.length);
  if (mode === "NOTSET") {
    const pads = n.ints("pads", zeros(2 * input.length));
    if (pads.length !== 2 * input.length) n.malformed(`pads has ${pads.length} entries for ${input.length} spatial axes`);
    return pads;
  }
  if (mode !== "SAME_UPPER" && mode !== "SAME_LOWER") n.malformed(`auto_pad is '${mode}'`);
  return samePads(input, reach, strides, mode === "SAME_UPPER" ? "end" : "begin");
}

/** Strides, dilations and pads of a window of size `kernel`. */
export function windowOf(n: NodeImport, input: readonly number[], kernel: readonly number[]) {
  const strides = n.ints("strides", ones(input.length));
  const dilations = n.ints("dilations", ones(input.length));
  const sized = [kernel, strides, dilations].every((l) => l.length === input.length);
  if (!sized) n.malformed(`kernel, strides and dilations must have ${input.length} entries each`);
  const reach = kernel.map((k, d) => (k - 1) * dilations[d] + 1);
  return { strides, dilations, pads: padsOf(n, input, reach, strides) };
}

/** Is every named operand absent or a compile-time constant? */
export const allKnown = (n: NodeImport, operands: readonly number[]): boolean =>
  operands.every((i) => !n.has(i) || n.known(n.input(i)) !== null);

/** Zero points of operand i as numbers; [0] where absent. */
export const zerosOf = (n: NodeImport, i: number): number[] => (n.has(i) ? n.knownInts(i, "zero point") : [0]);

/** An integer operand less a zero point that is computed at run time, as i16: exact for 8-bit operands. */
export function minusZero(
  n: NodeImport,
  v: ValueId,
  zero: number,
  shape: (dims: readonly number[]) => readonly number[],
): ValueId {
  const x = castTo(n, v, "i16");
  if (!n.has(zero)) return x;
  const z = castTo(n, n.input(zero), "i16");
  return n.emit("sub", [x, reshape(n, z, shape(shapeOf(n, z)))]);
}

/** saturate(rne(acc * (product of scales / result scale)) + zero) with parameters that are computed at run time. */
export function requantizeAtRunTime(n: NodeImport, acc: ValueId, factor: ValueId, yZero: number, dtype: "i8" | "u8"): ValueId {
  const real = n.emit("round", [n.emit("mul", [castTo(n, acc, "f32"), factor])]);
  const zero = n.has(yZero) ? reshape(n, castTo(n, n.input(yZero), "f32"), []) : n.scalar("f32", 0);
  const [lo, hi] = dtype === "i8" ? [-128, 127] : [0, 255];
  return castTo(n, n.emit("clip", [n.emit("add", [real, zero])], { lo, hi }), dtype);
}

/** The 8-bit element type of a quantized result, from its zero point operand. */
export function resultDType(n: NodeImport, zero: number): "i8" | "u8" {
  const dtype = n.has(zero) ? n.type(n.input(zero)).dtype : "u8";
  return dtype === "i8" || dtype === "u8" ? dtype : n.unsupported(`its result is ${dtype}; 8-bit integers are supported`);
}

/** One scalar parameter. */
export function knownScalar(n: NodeImport, i: number, what: string): number {
  const values = n.knownFloats(i, what);
  return values.length === 1 ? values[0] : n.unsupported(`its ${what} has ${values.length} values, one is supported`);
}

/** Applies a fused activation of the com.microsoft operators. */
export function activation(n: NodeImport, v: ValueId): ValueId {
  const kind = n.string("activation", "");
  const params = n.floats("activation_params", []);
  switch (kind) {
    case "":
      return v;
    case "Relu":
      return n.emit("relu", [v]);
    case "Sigmoid":
      return n.emit("sigmoid", [v]);
    case "Tanh":
      return n.emit("tanh", [v]);
    case "Clip":
      return n.emit("clip", [v], { lo: params[0] ?? -Infinity, hi: params[1] ?? Infinity });
    case "LeakyRelu":
      return n.emit("leaky_relu", [v], { alpha: params[0] ?? 0.01 });
    case "HardSigmoid":
      return n.emit("hard_sigmoid", [v], { alpha: params[0] ?? 0.2, beta: params[1] ?? 0.5 });
    default:
      return n.unsupported(`its activation is '${kind}'`);
  }
}
