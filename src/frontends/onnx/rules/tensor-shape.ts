/** Rules of ops that rearrange whole tensors: reshaping, slicing, joining, padding. */

import type { ValueId } from "../../../ir/graph/module.js";
import { broadcastShapes, numElements } from "../../../ir/type/tensor-type.js";
import { alike, broadcast, castTo, movable, ones, plain, reshape, shapeOf, transpose, zeros } from "../../shared/helpers.js";
import { type Range, resolveRange, sliceAxes } from "../../shared/ranges.js";
import type { ImportRules, NodeImport } from "../rule.js";

/** A negative axis counts from the end of `rank`. */
export function axisOf(n: NodeImport, axis: number, rank: number): number {
  const a = axis < 0 ? axis + rank : axis;
  return a >= 0 && a < Math.max(rank, 1) ? a : n.malformed(`axis ${axis} of rank ${rank}`);
}

/** Largest constant that an importer rule makes from a few numbers: 512 MB of f32. */
const LARGEST = 2 ** 27;

/** `count`, when a constant of so many elements may be made. */
export function constantSize(n: NodeImport, count: number): number {
  return count >= 0 && count <= LARGEST
    ? count
    : n.unsupported(`its result has ${count} elements, at most ${LARGEST} are made at compile time`);
}

/** Reshape-5..25: 0 keeps a dimension (unless `allowzero`), -1 takes what is left. */
function reshapeRule(n: NodeImport): ValueId {
  const x = movable(n, n.input(0));
  const own = shapeOf(n, x);
  const keeps = n.int("allowzero", 0) === 0;
  const wanted = n
    .knownInts(1, "shape")
    .map((d, i) => (d === 0 && keeps ? (own[i] ?? n.malformed(`shape[${i}] is 0, x has rank ${own.length}`)) : d));
  const known = numElements(wanted.filter((d) => d !== -1));
  const total = numElements(own);
  const shape = wanted.map((d) => (d === -1 ? (known === 0 ? 0 : total / known) : d));
  if (numElements(shape) !== total || !shape.every(Number.isInteger)) n.malformed(`[${own}] does not reshape to [${wanted}]`);
  return reshape(n, x, shape);
}

function flatten(n: NodeImport): ValueId {
  const x = movable(n, n.input(0));
  const shape = shapeOf(n, x);
  const given = n.int("axis", 1);
  const axis = given < 0 ? given + shape.length : given;
  return reshape(n, x, [numElements(shape.slice(0, axis)), numElements(shape.slice(axis))]);
}

/** Axes as an attribute before opset 13, as an operand since. */
const axesOperand = (n: NodeImport): readonly number[] | null =>
  n.has(1) ? n.knownInts(1, "axes") : n.hasAttr("axes") ? n.ints("axes") : null;

function squeeze(n: NodeImport): ValueId {
  const x = movable(n, n.input(0));
  const shape = shapeOf(n, x);
  const axes = axesOperand(n)?.map((a) => axisOf(n, a, shape.length));
  const wrong = axes?.find((a) => shape[a] !== 1);
  if (wrong !== undefined) n.malformed(`axis ${wrong} of [${shape}] is not 1`);
  return reshape(
    n,
    x,
    shape.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
  );
}

function unsqueeze(n: NodeImport): ValueId {
  const x = movable(n, n.input(0));
  const given = axesOperand(n) ?? n.malformed("axes are missing");
  const rank = shapeOf(n, x).length + given.length;
  const axes = new Set(given.map((a) => axisOf(n, a, rank)));
  if (axes.size !== given.length) n.malformed(`axes [${given}] name one axis twice`);
  const left = [...shapeOf(n, x)];
  return reshape(
    n,
    x,
    Array.from({ length: rank }, (_, i) => (axes.has(i) ? 1 : (left.shift() ?? 1))),
  );
}

function transposeRule(n: NodeImport): ValueId {
  const rank = shapeOf(n, n.input(0)).length;
  return transpose(
    n,
    n.input(0),
    n.ints(
      "perm",
      Array.from({ length: rank }, (_, i) => rank - 1 - i),
    ),
  );
}

function expand(n: NodeImport): ValueId {
  const x = movable(n, n.input(0));
  const own = shapeOf(n, x);
  const wanted = n.knownInts(1, "shape");
  const shape = broadcastShapes(own, wanted) ?? n.malformed(`[${own}] does not broadcast with [${wanted}]`);
  return broadcast(n, x, shape);
}

/** Tile-1 has a count and an axis, Tile-6 one count per axis. */
function tile(n: NodeImport): ValueId {
  const x = movable(n, n.input(0));
  return n.emit("tile", [x], { repeats: n.knownInts(1, "repeats") });
}

function concat(n: NodeImport): ValueId {
  const values = alike(n, n.inputs);
  const axis = axisOf(n, n.int("axis"), shapeOf(n, values[0]).length);
  return values.length === 1 ? values[0] : n.emit("concat", values, { axis });
}

/** Sizes as an attribute before opset 13, an operand since; `num_outputs` (18) makes the last part the smaller one. */
function split(n: NodeImport): readonly ValueId[] {
  const x = movable(n, n.input(0));
  const axis = axisOf(n, n.int("axis", 0), shapeOf(n, x).length);
  const length = shapeOf(n, x)[axis];
  const parts = n.int("num_outputs", n.numOutputs);
  if (parts !== n.numOutputs) n.malformed(`num_outputs is ${parts}, it has ${n.numOutputs} results`);
  const part = Math.ceil(length / parts);
  const sizes = n.has(1)
    ? n.knownInts(1, "split")
    : n.ints(
        "split",
        Array.from({ length: parts }, (_, k) => Math.max(0, Math.min(part, length - k * part))),
      );
  if (sizes.length !== n.numOutputs) n.malformed(`${sizes.length} sizes for ${n.numOutputs} results`);
  return n.emits("split", [x], { axis, sizes });
}

/** Slice-1 has attributes, Slice-10 operands. */
function slice(n: NodeImport): ValueId {
  const x = n.input(0);
  const shape = shapeOf(n, x);
  const old = n.opset < 10;
  const starts = old ? n.ints("starts") : n.knownInts(1, "starts");
  const ends = old ? n.ints("ends") : n.knownInts(2, "ends");
  const given = old ? n.ints("axes", []) : n.has(3) ? n.knownInts(3, "axes") : [];
  const axes = given.length ? given.map((a) => axisOf(n, a, shape.length)) : starts.map((_, i) => i);
  const steps = !old && n.has(4) ? n.knownInts(4, "steps") : ones(axes.length);
  if (new Set([starts, ends, axes, steps].map((l) => l.length)).size !== 1)
    n.malformed("starts, ends, axes and steps differ in length");
  if (steps.includes(0)) n.malformed("a step is 0");
  const source = shape.some((_, i) => axes.includes(i)) ? x : movable(n, x);
  return sliceAxes(n, source, new Map(axes.map((a, k) => [a, resolveRange(shape[a], starts[k], ends[k], steps[k])])));
}

/** Pad-2 has attributes, Pad-11 operands, Pad-18 axes. A padding value that is computed at run time is put in by a selection. */
function pad(n: NodeImport): ValueId {
  const mode = n.string("mode", "constant");
  const x = mode === "constant" ? plain(n, n.input(0)) : movable(n, n.input(0));
  const rank = shapeOf(n, x).length;
  const old = n.opset < 11;
  const given = old ? n.ints("pads") : n.knownInts(1, "pads");
  const axes = n.has(3) ? n.knownInts(3, "axes").map((a) => axisOf(n, a, rank)) : Array.from({ length: rank }, (_, i) => i);
  if (given.length !== 2 * axes.length) n.malformed(`${given.length} pads for ${axes.length} axes`);
  const pads = zeros(2 * rank);
  axes.forEach((a, k) => {
    pads[a] = given[k];
    pads[rank + a] = given[axes.length + k];
  });
  if (!["constant", "reflect", "edge", "wrap"].includes(mode)) n.malformed(`mode '${mode}'`);
  if (mode !== "constant" || old || !n.has(2)) return n.emit("pad", [x], { pads, mode, value: old ? n.float("value", 0) : 0 });
  if (n.known(n.input(2))) return n.emit("pad", [x], { pads, mode, value: n.knownFloats(2, "padding value")[0] ?? 0 });
  const inside = n.emit("pad", [n.array("bool", shapeOf(n, x), new Uint8Array(numElements(shapeOf(n, x))).fill(1))], { pads });
  const value = reshape(n, castTo(n, n.input(2), n.type(x).dtype), []);
  return n.emit("where", [inside, n.emit("pad", [x], { pads }), value]);
}

/** Takes from the middle or pads around it; an odd element more goes to the end. */
function centerCropPad(n: NodeImport): ValueId {
  const x = plain(n, n.input(0));
  const shape = shapeOf(n, x);
  const axes = n
    .ints(
      "axes",
      shape.map((_, i) => i),
    )
    .map((a) => axisOf(n, a, shape.length));
  const wanted = n.knownInts(1, "shape");
  const cut = new Map<number, Range>();
  const pads = zeros(2 * shape.length);
  axes.forEach((a, k) => {
    const missing = wanted[k] - shape[a];
    if (missing < 0) {
      const start = Math.floor(-missing / 2);
      cut.set(a, { start, end: start + wanted[k], step: 1 });
    } else {
      pads[a] = Math.floor(missing / 2);
      pads[shape.length + a] = missing - pads[a];
    }
  });
  const middle = sliceAxes(n, x, cut);
  return pads.some((p) => p > 0) ? n.emit("pad", [middle], { pads }) : middle;
}

export const tensorShapeRules: ImportRules = {
  Reshape: reshapeRule,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transposeRule,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  CenterCropPad: centerCropPad,
};
