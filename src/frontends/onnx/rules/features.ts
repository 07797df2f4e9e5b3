/** Feature extraction: n-gram counts, numeric label maps, columns, thresholds. */

import type { ValueId } from "../../../ir/graph/module.js";
import { numbersOf } from "../../../ir/op/tensor.js";
import type { DType } from "../../../ir/type/dtype.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import { castTo, reshape, shapeOf } from "../../shared/helpers.js";
import { sliceAxes } from "../../shared/ranges.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { constantSize } from "./tensor-shape.js";

interface Gram {
  readonly items: readonly number[];
  /** Position among all n-grams of the pool. */
  readonly id: number;
}

/** The pool by n-gram length: `ngram_counts` holds where the items of each length begin. */
function poolOf(n: NodeImport): Gram[][] {
  const pool = n.ints("pool_int64s");
  const begins = n.ints("ngram_counts");
  let id = 0;
  return begins.map((begin, k) => {
    const size = k + 1;
    const count = ((begins[k + 1] ?? pool.length) - begin) / size;
    if (!Number.isInteger(count) || count < 0) n.malformed(`ngram_counts [${begins}] do not fit a pool of ${pool.length}`);
    return Array.from({ length: count }, (_, g) => ({ items: pool.slice(begin + g * size, begin + (g + 1) * size), id: id++ }));
  });
}

/** How often each gram occurs in the rows of x [B, C] with `skip` items between its items: f32 [B, grams], null where it cannot. */
function occurrences(n: NodeImport, x: ValueId, grams: readonly Gram[], skip: number): ValueId | null {
  const [batch, length] = shapeOf(n, x);
  const size = grams[0].items.length;
  const windows = length - (size - 1) * (skip + 1);
  if (windows < 1) return null;
  const { dtype } = n.type(x);
  const hits = Array.from({ length: size }, (_, j) => {
    const start = j * (skip + 1);
    const column = sliceAxes(n, x, new Map([[1, { start, end: start + windows, step: 1 }]]));
    const items = n.array(
      dtype,
      [grams.length],
      grams.map((g) => g.items[j]),
    );
    return n.emit("eq", [reshape(n, column, [batch, windows, 1]), items]);
  });
  const all = hits.reduce((a, b) => n.emit("and", [a, b]));
  return n.emit("reduce_sum", [castTo(n, all, "f32")], { axes: [1], keepdims: false });
}

/** TfIdfVectorizer-9 on integers: counts of the pool's n-grams, times weights, in the columns that the model names. */
function tfIdf(n: NodeImport): ValueId {
  if (n.hasAttr("pool_strings")) n.unsupported("its pool holds strings");
  const given = n.input(0);
  const shape = shapeOf(n, given);
  const x = reshape(n, given, shape.length === 1 ? [1, shape[0]] : shape);
  const [batch] = shapeOf(n, x);
  const [least, most] = [n.int("min_gram_length"), n.int("max_gram_length")];
  const columns = n.ints("ngram_indexes");
  const width = Math.max(-1, ...columns) + 1;
  const chosen = poolOf(n).filter((grams, k) => grams.length && k + 1 >= least && k + 1 <= most);
  const counts = chosen.map((grams) => {
    const skips = grams[0].items.length === 1 ? 0 : n.int("max_skip_count");
    const each = Array.from({ length: skips + 1 }, (_, s) => occurrences(n, x, grams, s)).filter((v) => v !== null);
    const none = n.array("f32", [batch, grams.length], new Float32Array(batch * grams.length));
    return each.length ? each.reduce((a, b) => n.emit("add", [a, b])) : none;
  });
  const result = (v: ValueId) => reshape(n, v, shape.length === 1 ? [width] : [batch, width]);
  if (!counts.length) return result(n.array("f32", [batch, width], new Float32Array(constantSize(n, batch * width))));
  const joined = counts.length === 1 ? counts[0] : n.emit("concat", counts, { axis: 1 });
  const mode = n.string("mode");
  const seen = mode === "IDF" ? castTo(n, n.emit("gt", [joined, n.scalar("f32", 0)]), "f32") : joined;
  const weights = mode === "TF" ? [] : n.floats("weights", []);
  const grams = chosen.flat();
  const place = new Float32Array(constantSize(n, grams.length * width));
  grams.forEach(({ id }, row) => {
    place[row * width + columns[id]] = weights[id] ?? 1;
  });
  return result(n.emit("matmul", [seen, n.array("f32", [grams.length, width], place)]));
}

/** A list given as `<name>_int64s`, `<name>_floats` or `<name>_tensor`. */
function listOf(n: NodeImport, name: string): { dtype: DType; values: readonly number[] } {
  if (n.hasAttr(`${name}_strings`)) n.unsupported(`its ${name} are strings`);
  if (n.hasAttr(`${name}_int64s`)) return { dtype: "i64", values: n.ints(`${name}_int64s`) };
  if (n.hasAttr(`${name}_floats`)) return { dtype: "f32", values: n.floats(`${name}_floats`) };
  const t = n.tensor(`${name}_tensor`) ?? n.malformed(`it has no ${name}`);
  return { dtype: t.type.dtype, values: Array.from(numbersOf(t)) };
}

/** LabelEncoder-4 between numbers: y = values[k] where x = keys[k], the default elsewhere. */
function labelEncoder(n: NodeImport): ValueId {
  const [keys, values] = [listOf(n, "keys"), listOf(n, "values")];
  const x = n.input(0);
  const fallback = n.tensor("default_tensor");
  const def = fallback
    ? numbersOf(fallback)[0]
    : values.dtype === "i64"
      ? n.int("default_int64", -1)
      : n.float("default_float", -0);
  const shape = shapeOf(n, x);
  const hits = n.emit("eq", [reshape(n, x, [...shape, 1]), n.array(keys.dtype, [keys.values.length], keys.values)]);
  const over = { axes: [shape.length], keepdims: false };
  const list = n.array(values.dtype, [values.values.length], values.values);
  const picked = n.emit("reduce_sum", [n.emit("where", [hits, list, n.scalar(values.dtype, 0)])], over);
  return n.emit("where", [n.emit("reduce_max", [hits], over), picked, n.scalar(values.dtype, def)]);
}

/** Columns of the last axis. */
function arrayFeatureExtractor(n: NodeImport): ValueId {
  const x = n.input(0);
  const shape = shapeOf(n, x);
  const matrix = shape.length === 1 ? reshape(n, x, [1, shape[0]]) : x;
  const indices = reshape(n, n.input(1), [numElements(shapeOf(n, n.input(1)))]);
  return n.emit("gather", [matrix, indices], { axis: shapeOf(n, matrix).length - 1 });
}

function binarizer(n: NodeImport): ValueId {
  const { dtype } = n.type(n.input(0));
  return castTo(n, n.emit("gt", [n.input(0), n.scalar(dtype, n.float("threshold", 0))]), dtype);
}

export const featureRules: ImportRules = {
  TfIdfVectorizer: tfIdf,
  "ai.onnx.ml::LabelEncoder": labelEncoder,
  "ai.onnx.ml::ArrayFeatureExtractor": arrayFeatureExtractor,
  "ai.onnx.ml::Binarizer": binarizer,
};
