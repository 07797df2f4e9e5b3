/** DFT-17..20 and STFT-17 as products with constant matrices. */

import type { ValueId } from "../../../ir/graph/module.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import { reshape, shapeOf, transpose } from "../../shared/helpers.js";
import { sliceAxes } from "../../shared/ranges.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { axisOf, constantSize } from "./tensor-shape.js";

/** Largest transform matrix, in elements: 64 MB of f32. */
const LARGEST = 1 << 24;

interface Transform {
  readonly length: number;
  readonly inverse: boolean;
  readonly onesided: boolean;
}

/**
 * M with y = x M, x [.., inputs * inParts], y [.., outputs * outParts]; parts are real and imaginary, interleaved.
 *   forward: y[k] = sum over j of x[j] e^(-2 pi i j k / N);  inverse: e^(+..) / N
 * One-sided inverse: x holds the first N/2 + 1 bins, the others are their conjugates, y is real.
 */
function matrix(t: Transform, inputs: number, inParts: number, outputs: number, outParts: number): Float64Array {
  const { length, inverse, onesided } = t;
  const m = new Float64Array(inputs * inParts * outputs * outParts);
  for (let j = 0; j < inputs; j++) {
    for (let k = 0; k < outputs; k++) {
      const angle = ((inverse ? 2 : -2) * Math.PI * ((j * k) % length)) / length;
      const mirrored = inverse && onesided && j > 0 && 2 * j < length;
      const weight = (inverse ? 1 / length : 1) * (mirrored ? 2 : 1);
      const [c, s] = [weight * Math.cos(angle), weight * Math.sin(angle)];
      const set = (part: number, out: number, v: number) => {
        if (part < inParts && out < outParts) m[((j * inParts + part) * outputs + k) * outParts + out] = v;
      };
      set(0, 0, c);
      set(0, 1, s);
      set(1, 0, -s);
      set(1, 1, c);
    }
  }
  return m;
}

const half = (length: number): number => Math.floor(length / 2) + 1;

/** Resizes `axis` to `length`: cut or filled with zeros. */
function fitted(n: NodeImport, x: ValueId, axis: number, length: number): ValueId {
  const shape = shapeOf(n, x);
  if (shape[axis] > length) return sliceAxes(n, x, new Map([[axis, { start: 0, end: length, step: 1 }]]));
  if (shape[axis] === length) return x;
  const pads = new Array<number>(2 * shape.length).fill(0);
  pads[shape.length + axis] = length - shape[axis];
  return n.emit("pad", [x], { pads });
}

function dft(n: NodeImport): ValueId {
  const x = n.input(0);
  const shape = shapeOf(n, x);
  const rank = shape.length;
  const given = n.opset < 20 ? n.int("axis", 1) : n.has(2) ? n.knownInts(2, "axis")[0] : -2;
  const axis = axisOf(n, given, rank);
  const inParts = shape[rank - 1];
  if (axis === rank - 1 || (inParts !== 1 && inParts !== 2)) n.malformed(`its operand is [${shape}], axis ${given}`);
  const [inverse, onesided] = [n.int("inverse", 0) !== 0, n.int("onesided", 0) !== 0];
  const length = n.has(1) ? n.knownInts(1, "DFT length")[0] : inverse && onesided ? 2 * (shape[axis] - 1) : shape[axis];
  const inputs = inverse && onesided ? half(length) : length;
  const outputs = !inverse && onesided ? half(length) : length;
  const outParts = inverse && onesided ? 1 : 2;
  if (inputs * inParts * outputs * outParts > LARGEST) n.unsupported(`a transform of length ${length} is too long for a matrix`);
  const perm = shape.map((_, i) => i).filter((i) => i !== axis && i !== rank - 1);
  const moved = transpose(n, fitted(n, x, axis, inputs), [...perm, axis, rank - 1]);
  const rows = perm.map((i) => shape[i]);
  const m = matrix({ length, inverse, onesided }, inputs, inParts, outputs, outParts);
  const w = n.array(n.type(x).dtype, [inputs * inParts, outputs * outParts], m);
  const y = n.emit("matmul", [reshape(n, moved, [numElements(rows), inputs * inParts]), w]);
  const full = reshape(n, y, [...rows, outputs, outParts]);
  const order = [...perm, axis, rank - 1];
  return transpose(
    n,
    full,
    shape.map((_, i) => order.indexOf(i)),
  );
}

/** Frames of the signal, each times the window and transformed: [B, L, parts] --> [B, frames, bins, 2]. */
function stft(n: NodeImport): ValueId {
  const given = n.input(0);
  const signal = shapeOf(n, given).length === 2 ? reshape(n, given, [...shapeOf(n, given), 1]) : given;
  const [batch, total, parts] = shapeOf(n, signal);
  const [step] = n.knownInts(1, "frame step");
  const length = n.has(3)
    ? n.knownInts(3, "frame length")[0]
    : n.has(2)
      ? shapeOf(n, n.input(2))[0]
      : n.malformed("no frame length");
  const onesided = n.int("onesided", 1) !== 0;
  const frames = Math.floor((total - length) / step) + 1;
  if (!(step > 0) || frames < 1) n.malformed(`frames of ${length} every ${step} of a signal of ${total}`);
  const bins = onesided ? half(length) : length;
  if (length * parts * bins * 2 > LARGEST) n.unsupported(`a transform of length ${length} is too long for a matrix`);
  const at = Array.from({ length: constantSize(n, frames * length) }, (_, i) => Math.floor(i / length) * step + (i % length));
  const pieces = n.emit("gather", [signal, n.array("i64", [frames, length], at)], { axis: 1 });
  const windowed = n.has(2) ? n.emit("mul", [pieces, reshape(n, n.input(2), [length, 1])]) : pieces;
  const m = matrix({ length, inverse: false, onesided }, length, parts, bins, 2);
  const w = n.array(n.type(signal).dtype, [length * parts, bins * 2], m);
  const y = n.emit("matmul", [reshape(n, windowed, [batch * frames, length * parts]), w]);
  return reshape(n, y, [batch, frames, bins, 2]);
}

export const fourierRules: ImportRules = { DFT: dft, STFT: stft };
