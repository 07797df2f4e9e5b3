/** Attention (opset 23 and 24) as products, a softmax and masks: the function body of the specification, with constants folded. */

import type { ValueId } from "../../../ir/graph/module.js";
import { numbersOf } from "../../../ir/op/tensor.js";
import type { DType } from "../../../ir/type/dtype.js";
import { castTo, concat, reshape, scalarLike, shapeOf, swapLast, transpose } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";

/** [B, S, H D]  -->  [B, H, S, D]; rank 4 operands are so already. */
function heads(n: NodeImport, v: ValueId, count: string): ValueId {
  const s = shapeOf(n, v);
  if (s.length === 4) return v;
  if (s.length !== 3) n.malformed(`an operand has rank ${s.length}, expected 3 or 4`);
  const h = n.int(count);
  return transpose(n, reshape(n, v, [s[0], s[1], h, s[2] / h]), [0, 2, 1, 3]);
}

interface Sizes {
  readonly queries: number;
  readonly keys: number;
  readonly past: number;
}

const NEGATIVE_INFINITY = Number.NEGATIVE_INFINITY;

/** 0 where `keep`, minus infinity elsewhere, in the element type of the scores. */
const maskBias = (n: NodeImport, dtype: DType, keep: ValueId): ValueId =>
  n.emit("where", [keep, n.scalar(dtype, 0), n.scalar(dtype, NEGATIVE_INFINITY)]);

/** The mask operand as an addend; keys behind its end are masked. */
function givenMask(n: NodeImport, dtype: DType, keys: number): ValueId {
  const mask = n.input(3);
  const bias = n.type(mask).dtype === "bool" ? maskBias(n, dtype, mask) : castTo(n, mask, dtype);
  const s = shapeOf(n, bias);
  const missing = keys - s[s.length - 1];
  if (missing <= 0) return bias;
  const tail = [...s.slice(0, -1), missing];
  const filler = n.array(dtype, tail, new Array<number>(tail.reduce((a, b) => a * b, 1)).fill(NEGATIVE_INFINITY));
  return concat(n, [bias, filler], s.length - 1);
}

const range = (n: NodeImport, shape: readonly number[], count: number): ValueId =>
  n.array(
    "i64",
    shape,
    Array.from({ length: count }, (_, i) => i),
  );

/** Addends of the scores: the mask, causality, lengths of the sequences. */
function biases(n: NodeImport, dtype: DType, { queries, keys, past }: Sizes): ValueId[] {
  const out: ValueId[] = [];
  if (n.has(3)) out.push(givenMask(n, dtype, keys));
  const lengths = n.has(6) ? reshape(n, castTo(n, n.input(6), "i64"), [shapeOf(n, n.input(6))[0], 1, 1, 1]) : null;
  const causal = n.int("is_causal", 0) !== 0;
  if (causal && lengths !== null) {
    // query i of a sequence of length L stands at L - queries + i
    const row = n.emit("add", [range(n, [1, 1, queries, 1], queries), n.emit("sub", [lengths, n.scalar("i64", queries)])]);
    out.push(maskBias(n, dtype, n.emit("le", [range(n, [1, 1, 1, keys], keys), row])));
  } else if (causal) {
    const values = Array.from({ length: queries * keys }, (_, at) =>
      at % keys > Math.floor(at / keys) + past ? NEGATIVE_INFINITY : 0,
    );
    out.push(n.array(dtype, [queries, keys], values));
  }
  if (lengths !== null) out.push(maskBias(n, dtype, n.emit("lt", [range(n, [1, 1, 1, keys], keys), lengths])));
  return out;
}

/** Is every query known to see some key? */
function seesSomething(n: NodeImport, bias: ValueId, keys: number): boolean {
  const known = n.known(bias);
  if (!known) return false;
  const values = numbersOf(known);
  for (let row = 0; row < values.length; row += keys) {
    if (values.subarray(row, row + keys).every((v) => v === NEGATIVE_INFINITY)) return false;
  }
  return true;
}

/** Probabilities; rows in which every key is masked are 0. */
function probabilities(n: NodeImport, scores: ValueId, bias: ValueId | null, keys: number): ValueId {
  const dtype = n.type(scores).dtype;
  const precision = ({ 1: "f32", 10: "f16", 11: "f64", 16: "bf16" } as const)[n.int("softmax_precision", 0)];
  const p = castTo(n, n.emit("softmax", [castTo(n, scores, precision ?? dtype)], { axis: shapeOf(n, scores).length - 1 }), dtype);
  if (bias === null || seesSomething(n, bias, keys)) return p;
  const rank = shapeOf(n, bias).length;
  const top = n.emit("reduce_max", [bias], { axes: [rank - 1], keepdims: true });
  const masked = n.emit("eq", [top, scalarLike(n, top, NEGATIVE_INFINITY)]);
  return n.emit("where", [masked, scalarLike(n, p, 0), p]);
}

/** a b with the heads of `a` grouped over those of `b`: no copy of keys and values is made. */
function grouped(n: NodeImport, a: ValueId, b: ValueId): ValueId {
  const [sa, sb] = [shapeOf(n, a), shapeOf(n, b)];
  if (sa[1] === sb[1]) return n.emit("matmul", [a, b]);
  if (sa[1] % sb[1] !== 0) n.malformed(`${sa[1]} query heads do not divide over ${sb[1]} key and value heads`);
  const split = reshape(n, a, [sa[0], sb[1], sa[1] / sb[1], ...sa.slice(2)]);
  const y = n.emit("matmul", [split, reshape(n, b, [sb[0], sb[1], 1, ...sb.slice(2)])]);
  return reshape(n, y, [sa[0], sa[1], sa[2], sb[3]]);
}

function attention(n: NodeImport): readonly ValueId[] {
  const q = heads(n, n.input(0), "q_num_heads");
  const append = (past: number, v: ValueId) => (n.has(past) ? concat(n, [n.input(past), v], 2) : v);
  const k = append(4, heads(n, n.input(1), "kv_num_heads"));
  const v = append(5, heads(n, n.input(2), "kv_num_heads"));
  const [, , queries, depth] = shapeOf(n, q);
  const keys = shapeOf(n, k)[2];
  const dtype = n.type(q).dtype;
  const scale = n.float("scale", 1 / Math.sqrt(depth));
  const raw = grouped(n, n.emit("mul", [q, n.scalar(dtype, scale)]), swapLast(n, k));
  const cap = n.float("softcap", 0);
  const capped =
    cap > 0 ? n.emit("mul", [n.emit("tanh", [n.emit("div", [raw, n.scalar(dtype, cap)])]), n.scalar(dtype, cap)]) : raw;
  const parts = biases(n, dtype, { queries, keys, past: n.has(4) ? shapeOf(n, n.input(4))[2] : 0 });
  const bias = parts.length ? parts.reduce((a, b) => n.emit("add", [a, b])) : null;
  const scores = bias === null ? capped : n.emit("add", [capped, bias]);
  const p = probabilities(n, scores, bias, keys);
  const y = grouped(n, p, v);
  const [batch, count, , width] = shapeOf(n, y);
  const flat = shapeOf(n, n.input(0)).length === 3;
  const result = flat ? reshape(n, transpose(n, y, [0, 2, 1, 3]), [batch, queries, count * width]) : y;
  const stage = [raw, capped, scores, p][n.int("qk_matmul_output_mode", 0)] ?? n.malformed("qk_matmul_output_mode is not 0 to 3");
  return [result, k, v, stage];
}

export const attentionRules: ImportRules = { Attention: attention };
