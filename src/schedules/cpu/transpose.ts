/**
 * Element-wise stages whose load and store run along memory in different loops: transposes, alone or with what is fused into them.
 *
 *   for j, i: y[j, i] = f(x[i, j])  -->  for i.o, j.o, j.i (unrolled): y[j, ramp i] = f(x[ramp i, j])
 *
 * The backend moves a block of R rows and n columns through registers. Where f makes narrower elements they are transposed instead:
 * vectors along j, i.i unrolled.
 */

import { affineOf } from "../../ir/loop/affine.js";
import type { Expr, LoadExpr } from "../../ir/loop/expr.js";
import { bufferNamed, stageNamed } from "../../ir/loop/named.js";
import type { Kernel, Stage, StoreStmt } from "../../ir/loop/stmt.js";
import { exprsOf, type LoopHead, nestOf, usesVar, walkExpr, walkStmt } from "../../ir/loop/visit.js";
import { after, attempt, type Scheduled } from "../../ir/schedule/session.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";
import { stridesOf } from "../../ir/type/tensor-type.js";
import type { Chooser } from "../../support/choose.js";

/** Elements within which every target shuffles at full speed. */
const laneElements = (t: DType): number => 16 / dtypeInfo(t).bytes;

/** Distance in memory, by loop, of an access; null where it is not a sum of loops. */
type Strides = ReadonlyMap<string, number>;

function stridesIn(kernel: Kernel, buffer: string, index: readonly Expr[], loops: readonly LoopHead[]): Strides | null {
  const b = bufferNamed(kernel, buffer);
  if (!b) return null;
  const steps = stridesOf(b.shape);
  const names = new Set(loops.map((l) => l.name));
  const out = new Map<string, number>();
  for (const [d, e] of index.entries()) {
    for (const { atom, coef } of affineOf(e).terms.values()) {
      if (atom.k === "var" && names.has(atom.name)) out.set(atom.name, (out.get(atom.name) ?? 0) + coef * steps[d]);
      else if (usesVar(atom, names)) return null;
    }
  }
  return out;
}

interface Found {
  readonly stage: Stage;
  readonly store: StoreStmt;
  /** Along the store. */
  readonly i: LoopHead;
  /** Along the loads that are transposed. */
  readonly j: LoopHead;
  readonly loops: readonly LoopHead[];
  readonly source: DType;
  readonly target: DType;
  /** Bytes from one row of the result to the next. */
  readonly pitch: number;
  /** The same of what is read. */
  readonly sourcePitch: number;
  /** Every other load stays along memory, or in place, when vectors run along j. */
  readonly alongJ: boolean;
}

function findTranspose(kernel: Kernel, name: string): Found | null {
  const stage = stageNamed(kernel, name);
  if (!stage) return null;
  const { loops, body } = nestOf(stage.body);
  let inner = body;
  while (inner.k === "let") inner = inner.body;
  if (inner.k !== "store" || inner.pred || loops.some((l) => l.kind !== "serial")) return null;
  const own = stridesIn(kernel, inner.buffer, inner.index, loops);
  const target = bufferNamed(kernel, inner.buffer)?.dtype;
  const i = loops.find((l) => own?.get(l.name) === 1);
  if (!own || !i || !target) return null;
  const loads = new Set<LoadExpr>();
  walkStmt(body, (s) => {
    for (const e of exprsOf(s)) walkExpr(e, (x) => void (x.k === "load" && loads.add(x)));
  });
  let j: LoopHead | undefined;
  let source: DType | undefined;
  let sourcePitch = 0;
  const all: Strides[] = [];
  for (const l of loads) {
    const strides = stridesIn(kernel, l.buffer, l.index, loops);
    if (!strides || l.t === "index" || l.buffer === inner.buffer) return null;
    all.push(strides);
    if ((strides.get(i.name) ?? 0) <= 1) continue;
    const along = loops.find((x) => strides.get(x.name) === 1);
    if (!along || l.pred || (j && j !== along) || (source && source !== l.t)) return null;
    [j, source] = [along, l.t];
    sourcePitch = Math.abs(strides.get(i.name) ?? 0) * dtypeInfo(l.t).bytes;
  }
  const row = j && own.get(j.name);
  if (!j || !source || row === undefined) return null;
  const along = j.name;
  return {
    stage,
    store: inner,
    i,
    j,
    loops,
    source,
    target,
    pitch: Math.abs(row) * dtypeInfo(target).bytes,
    sourcePitch,
    alongJ: all.every((s) => [0, 1].includes(s.get(along) ?? 0)),
  };
}

/** Neighbouring loops that run over whole dimensions of every buffer as one. */
function collapsed(s: Scheduled, name: string): Scheduled {
  const stage = stageNamed(s.kernel, name);
  const names = stage ? nestOf(stage.body).loops.map((l) => l.name) : [];
  for (let count = names.length; count > 1; count--)
    for (let from = 0; from + count <= names.length; from++) {
      const done = attempt(s, { step: "collapse", loops: names.slice(from, from + count) });
      if (done) return done;
    }
  return s;
}

/** The largest power of two up to both. */
const powerWithin = (wanted: number, extent: number): number => 2 ** Math.floor(Math.log2(Math.min(wanted, extent)));

/** Elements of rows that are read together: a cache line; half of one where all columns of a block are written into one set. */
function lineElements(f: Found, t: DType): number {
  const crammed = f.pitch % (4 * CROWDED_PITCH) === 0 && f.sourcePitch % CROWDED_PITCH !== 0;
  return Math.min((crammed ? 32 : 64) / dtypeInfo(t).bytes, 32);
}

/** Bytes of a row that share their place in a first-level cache with those of few others. */
const CROWDED_PITCH = 1024;

/** Fewer elements side by side are left to the backend's own loops. */
const FEWEST_COLUMNS = 4;

/** Schedules a transpose; null where the stage is none. */
export function scheduleTranspose(start: Scheduled, name: string, m: Machine, choose: Chooser): Scheduled | null {
  if (!findTranspose(start.kernel, name)) return null;
  const s = collapsed(start, name);
  const found = findTranspose(s.kernel, name);
  if (!found || found.source === "bool" || found.target === "bool") return null;
  const { i, j, source, target } = found;
  const narrows = dtypeInfo(target).bytes < dtypeInfo(source).bytes && found.alongJ;
  const moved = narrows ? target : source;
  const q = laneElements(moved);
  // rows of the result that lie a multiple of a kibibyte apart push each other out of the cache: whole lines are read, results walked down
  const crowded = found.pitch % CROWDED_PITCH === 0;
  const rows = powerWithin(Math.max(q, lanesFor(m, target)), i.extent);
  const widths = [1, 2, 4].map((n) => powerWithin(n * Math.max(q, FEWEST_COLUMNS), j.extent));
  const line = powerWithin(lineElements(found, moved), j.extent);
  const columns = choose(`${name}.columns`, [...new Set([...widths, line])], crowded && !narrows ? line : widths[0]);
  if (rows < q || columns < FEWEST_COLUMNS) return null;
  const blocks = choose(
    `${name}.transpose`,
    ["rows first", "columns first", "plain"] as const,
    crowded ? "columns first" : "rows first",
  );
  if (blocks === "plain") return null;
  const tail = (extent: number, factor: number) => (extent % factor === 0 ? "cut" : "overlap") as "cut" | "overlap";
  const [io, ii, jo, ji] = [`${i.name}.o`, `${i.name}.i`, `${j.name}.o`, `${j.name}.i`];
  const others = found.loops.map((l) => l.name).filter((n) => n !== i.name && n !== j.name);
  const [vector, unrolled] = narrows ? [ji, ii] : [ii, ji];
  let out = attempt(s, { step: "split", stage: name, loop: i.name, factor: rows, tail: tail(i.extent, rows) });
  out = out && attempt(out, { step: "split", stage: name, loop: j.name, factor: columns, tail: tail(j.extent, columns) });
  const outside = blocks === "rows first" ? [io, jo] : [jo, io];
  out = out && attempt(out, { step: "reorder", stage: name, loops: [...others, ...outside, unrolled, vector] });
  out = out && attempt(out, { step: "vectorize", stage: name, loop: vector });
  return out && after(out, { step: "unroll", stage: name, loop: unrolled });
}
