/** What a reduction is to its schedule: loops, operands, and how these depend on the channel loop. */

import { affineOf } from "../../ir/loop/affine.js";
import type { Expr, LoadExpr } from "../../ir/loop/expr.js";
import { bufferNamed, stageNamed } from "../../ir/loop/named.js";
import type { Buffer, Kernel, ReduceStmt, Stage } from "../../ir/loop/stmt.js";
import { accessesOf, type LoopHead, loadsOf, nestOf, usesVar, walkExpr } from "../../ir/loop/visit.js";
import { dtypeInfo, isFloat } from "../../ir/type/dtype.js";

/** A reduction stage as this schedule sees it. */
export interface Reduction {
  readonly stage: Stage;
  readonly reduce: ReduceStmt;
  readonly acc: Buffer;
  /** Loops over the accumulator, outermost first; the last is the channel loop. */
  readonly outer: readonly LoopHead[];
  readonly inner: readonly LoopHead[];
}

export function reductionOf(kernel: Kernel, name: string): Reduction | null {
  const stage = stageNamed(kernel, name);
  if (!stage) return null;
  const { loops, body } = nestOf(stage.body);
  if (body.k !== "reduce") return null;
  const acc = bufferNamed(kernel, body.buffer);
  const vars = body.index.flatMap((i) => (i.k === "var" ? [i.name] : []));
  const plain = body.index.every((i) => i.k === "var" || i.k === "const");
  const last = body.index[body.index.length - 1];
  if (!acc || !plain || last?.k !== "var") return null;
  const outer = loops.filter((l) => vars.includes(l.name));
  const inner = loops.filter((l) => !vars.includes(l.name));
  return outer.length === vars.length ? { stage, reduce: body, acc, outer, inner } : null;
}

/** The init stage before a reduction and the maps behind it that read its sums. */
export function companions(kernel: Kernel, r: Reduction): readonly string[] | null {
  const at = kernel.stages.indexOf(r.stage);
  const init = kernel.stages[at - 1];
  if (!init || !accessesOf(init.body).writes.has(r.acc.name)) return null;
  const maps: string[] = [];
  for (const s of kernel.stages.slice(at + 1)) {
    if (!accessesOf(s.body).reads.has(r.acc.name)) break;
    maps.push(s.name);
  }
  return maps.length ? [init.name, r.stage.name, ...maps] : null;
}

export function companionsOf(kernel: Kernel, name: string): readonly string[] | null {
  const r = reductionOf(kernel, name);
  return r && companions(kernel, r);
}

/** How an operand of the reduction depends on the channel loop. */
export interface Operand {
  readonly buffer: Buffer;
  readonly load: LoadExpr;
  /** none: broadcast; unit: neighbours in memory; strided: some plain dimension; group: only through the group number; other: a gather. */
  readonly along: "none" | "unit" | "strided" | "group" | "other";
  /** Channels of a group. */
  readonly group: number | null;
}

function dependence(load: LoadExpr, k: string): Pick<Operand, "along" | "group"> {
  const dependent = load.index.map((e, d) => ({ e, d })).filter(({ e }) => usesVar(e, new Set([k])));
  if (dependent.length === 0) return { along: "none", group: null };
  const { e, d } = dependent[0];
  if (dependent.length > 1) return { along: "other", group: null };
  const terms = [...affineOf(e).terms.values()].filter((t) => usesVar(t.atom, new Set([k])));
  if (terms.length !== 1) return { along: "other", group: null };
  const { atom, coef } = terms[0];
  if (atom.k === "var" && coef === 1) {
    return { along: d === load.index.length - 1 ? "unit" : "strided", group: null };
  }
  if (atom.k === "bin" && atom.op === "div" && atom.a.k === "var" && atom.a.name === k && atom.b.k === "const") {
    return { along: "group", group: Number(atom.b.value) };
  }
  return { along: "other", group: null };
}

export function operandsOf(kernel: Kernel, value: Expr, k: string): readonly Operand[] | null {
  const out: Operand[] = [];
  for (const load of loadsOf(value)) {
    const buffer = bufferNamed(kernel, load.buffer);
    if (!buffer || out.some((o) => o.buffer === buffer)) return null;
    out.push({ buffer, load, ...dependence(load, k) });
  }
  return out.length ? out : null;
}

export const isPredicated = (e: Expr): boolean => {
  let found = false;
  walkExpr(e, (x) => {
    if ((x.k === "load" && x.pred) || x.k === "select") found = true;
  });
  return found;
};

/** Integers of a byte or two. */
export const isNarrow = (o: Operand): boolean => !isFloat(o.buffer.dtype) && dtypeInfo(o.buffer.dtype).bits <= 16;

/** The operands of a reduction by what they do in its tile. */
export interface Roles {
  readonly r: Reduction;
  readonly k: LoopHead;
  readonly position: LoopHead | null;
  /** Null where one operand is all there is: pooling. */
  readonly activation: Operand | null;
  readonly weights: Operand;
  readonly lanes: number;
  /** The weights may be packed, and are. */
  readonly packs: boolean;
}

/** How the sums use their operands. */
export interface Uses {
  /** Products of a sum. */
  readonly taps: number;
  readonly isPredicated: boolean;
  /** Each activation is used for one channel or a few: depthwise, pooling. */
  readonly isSparse: boolean;
  readonly isDepthwise: boolean;
  /** A float window over few channels. */
  readonly isImage: boolean;
}
