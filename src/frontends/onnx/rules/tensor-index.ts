/** Rules of ops that pick, place and order elements by index. */

import type { ValueId } from "../../../ir/graph/module.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import { alike, castTo, movable, plain, reshape, shapeOf } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { dtypeAttr } from "./tensor-constant.js";
import { axisOf } from "./tensor-shape.js";

const rankOf = (n: NodeImport, v: ValueId): number => shapeOf(n, v).length;

const alongAxis =
  (op: string) =>
  (n: NodeImport): ValueId => {
    const x = movable(n, n.input(0));
    return n.emit(op, [x, n.input(1)], { axis: axisOf(n, n.int("axis", 0), rankOf(n, x)) });
  };

const REDUCTIONS = ["none", "add", "mul", "max", "min"];

function reductionOf(n: NodeImport): string {
  const reduction = n.string("reduction", "none");
  return REDUCTIONS.includes(reduction) ? reduction : n.malformed(`reduction '${reduction}'`);
}

/** Scatter-9, ScatterElements-11..18. */
function scatterElements(n: NodeImport): ValueId {
  const reduction = reductionOf(n);
  const [x, updates] = operandsOf(n, reduction);
  return n.emit("scatter_elements", [x, n.input(1), updates], { axis: axisOf(n, n.int("axis", 0), rankOf(n, x)), reduction });
}

function scatterNd(n: NodeImport): ValueId {
  const reduction = reductionOf(n);
  const [x, updates] = operandsOf(n, reduction);
  return n.emit("scatter_nd", [x, n.input(1), updates], { reduction });
}

const operandsOf = (n: NodeImport, reduction: string): ValueId[] => {
  const operands = [n.input(0), n.input(2)];
  return reduction === "none" ? alike(n, operands) : operands.map((v) => plain(n, v));
};

/** TopK-1 has k as an attribute, TopK-10 as an operand; TopK-11 may give the least elements. */
function topk(n: NodeImport): readonly ValueId[] {
  const x = movable(n, n.input(0));
  const k = n.opset < 10 ? n.int("k") : n.knownInts(1, "k")[0];
  const axis = axisOf(n, n.int("axis", -1), rankOf(n, x));
  return n.emits("topk", [x], { k, axis, largest: n.int("largest", 1) !== 0, sorted: n.int("sorted", 1) !== 0 });
}

function oneHot(n: NodeImport): ValueId {
  const indices = n.input(0);
  const [depth] = n.knownInts(1, "depth");
  const dtype = n.type(indices).dtype;
  const integers = dtype === "i32" || dtype === "i64" ? indices : castTo(n, plain(n, indices), "i64");
  const axis = axisOf(n, n.int("axis", -1), rankOf(n, indices) + 1);
  return n.emit("one_hot", [integers, n.input(2)], { axis, depth });
}

function trilu(n: NodeImport): ValueId {
  const k = n.has(1) ? n.knownInts(1, "diagonal k")[0] : 0;
  const { shape } = n.type(n.input(0));
  const bound = Math.max(...shape.slice(-2), 0) + 1;
  return n.emit("trilu", [plain(n, n.input(0))], { upper: n.int("upper", 1) !== 0, k: Math.min(Math.max(k, -bound), bound) });
}

function reverseSequence(n: NodeImport): ValueId {
  const attrs = { batch_axis: n.int("batch_axis", 1), time_axis: n.int("time_axis", 0) };
  return n.emit("reverse_sequence", [movable(n, n.input(0)), n.input(1)], attrs);
}

/** x along `axis` (or flat) where the condition, which must be known, is true. */
function compress(n: NodeImport): ValueId {
  const source = movable(n, n.input(0));
  const x = n.hasAttr("axis") ? source : reshape(n, source, [numElements(shapeOf(n, source))]);
  const axis = axisOf(n, n.int("axis", 0), rankOf(n, x));
  const kept = n.knownInts(1, "condition").flatMap((c, i) => (c ? [i] : []));
  return n.emit("gather", [x, n.array("i64", [kept.length], kept)], { axis });
}

function tensorScatter(n: NodeImport): ValueId {
  const operands = alike(n, [n.input(0), n.input(1)]);
  const axis = axisOf(n, n.int("axis", -2), rankOf(n, operands[0]));
  const mode = n.string("mode", "linear");
  if (mode !== "linear" && mode !== "circular") n.malformed(`mode '${mode}'`);
  return n.emit("tensor_scatter", [...operands, ...(n.has(2) ? [n.input(2)] : [])], { axis, circular: mode === "circular" });
}

/** The same bits; a bool is a byte of 0 or 1, any other byte than 0 is true. */
function bitCast(n: NodeImport): ValueId {
  const x = plain(n, n.input(0));
  const to = dtypeAttr(n, "to", n.type(x).dtype);
  return n.emit(to === "bool" ? "cast" : "bitcast", [x], { to });
}

export const tensorIndexRules: ImportRules = {
  Gather: alongAxis("gather"),
  GatherElements: alongAxis("gather_elements"),
  GatherND: (n) => n.emit("gather_nd", [movable(n, n.input(0)), n.input(1)], { batch_dims: n.int("batch_dims", 0) }),
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  TopK: topk,
  OneHot: oneHot,
  Trilu: trilu,
  ReverseSequence: reverseSequence,
  Compress: compress,
  TensorScatter: tensorScatter,
  BitCast: bitCast,
};
