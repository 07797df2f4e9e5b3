/**
 * Maps of the sums that run in the order of what they write get the loops of the sums:
 *   for i0, i1: acc[i0, i1] ..;  for i0, i1: y[i0, i1] = f(acc[i1, i0])   -->   ..;  for i0, i1: y[i1, i0] = f(acc[i0, i1])
 * so that a tile of sums can be written where a transpose puts it.
 */
import type { Expr } from "./expr.js";
import * as make from "./make.js";
import type { Stage } from "./stmt.js";
import { exprsOf, type LoopHead, loadsOf, nestOf, ofNest, substituteIn, walkStmt } from "./visit.js";

/** A loop variable; null for 0, the index of a dimension of one. */
type Place = string | null;

function placesOf(index: readonly Expr[]): readonly Place[] | null {
  const places = index.map((e) => (e.k === "var" ? e.name : e.k === "const" && Number(e.value) === 0 ? null : undefined));
  return places.every((p) => p !== undefined) ? places : null;
}

/** What every load of `acc` in a stage is indexed by; null where that differs, or is no loop variable. */
function sumIndex(stage: Stage, acc: string): readonly Place[] | null {
  const found: (readonly Place[] | null)[] = [];
  walkStmt(stage.body, (s) => {
    for (const e of exprsOf(s)) for (const l of loadsOf(e)) if (l.buffer === acc) found.push(l.pred ? null : placesOf(l.index));
  });
  const [first, ...others] = found;
  return first && others.every((o) => o?.join() === first.join()) ? first : null;
}

/** A stage whose loops are those of the sums; itself where they are, or where it is no element-wise nest over them. */
function renamed(stage: Stage, acc: string, own: readonly LoopHead[]): Stage {
  const { loops, body } = nestOf(stage.body);
  let inner = body;
  while (inner.k === "let") inner = inner.body;
  const index = sumIndex(stage, acc);
  if (inner.k !== "store" || inner.buffer === acc || !index || index.length !== own.length || loops.length !== own.length)
    return stage;
  // loops of one iteration stand for the dimensions of one that are indexed by 0
  const spare = loops.filter((l) => l.extent === 1 && !index.includes(l.name));
  const ordered = index.map((name) => (name === null ? spare.shift() : loops.find((l) => l.name === name)));
  const isMap = new Set(ordered).size === own.length && ordered.every((l, d) => l?.extent === own[d].extent);
  if (!isMap || ordered.every((l, d) => l === loops[d])) return stage;
  const places = new Map(ordered.flatMap((l, d) => (l ? [[l.name, make.variable(own[d].name)] as const] : [])));
  return { ...stage, body: ofNest({ loops: own, body: substituteIn(body, places) }) };
}

/** Stages in which every map behind a reduction runs over its sums. */
export function mapsAlongSums(stages: readonly Stage[]): readonly Stage[] {
  let out = stages;
  for (const reduction of stages) {
    const { loops, body } = nestOf(reduction.body);
    if (body.k !== "reduce") continue;
    const own = body.index.map((e) => (e.k === "var" ? loops.find((l) => l.name === e.name) : undefined));
    if (!own.every((l) => l !== undefined)) continue;
    out = out.map((s, i) => (i > stages.indexOf(reduction) ? renamed(s, body.buffer, own) : s));
  }
  return out;
}
