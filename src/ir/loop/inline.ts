/**
 * Substitutes elementwise producers into the loads of their consumers:
 *   for i: t[i] = f(i);  for j: .. t[g(j)] ..   -->   for j: .. f(g(j)) ..
 * A producer writes a temporary once, at exactly [i0, i1, ..], in a nest over its whole shape. It is inlined into all of its consumers or
 * into none:
 *  - where every element is loaded at most once in all, always;
 *  - where elements are loaded again (a reduction, a broadcast, several loads), only if f does no float arithmetic and at most
 *    `CHEAP` integer operations: casts, zero points, padding and movement. Anything more is computed once, into the temporary.
 */
import { exprKey } from "./affine.js";
import type { BinOp, Expr } from "./expr.js";
import * as make from "./make.js";
import type { Buffer, Stage, Stmt } from "./stmt.js";
import { accessesOf, exprsOf, loadsOf, mapExpr, mapStmt, nestOf, substitute, walkExpr, walkStmt } from "./visit.js";

const CHEAP = 3;

interface Producer {
  readonly vars: readonly string[];
  readonly value: Expr;
}

/** The value of a stage that writes `t` elementwise; null for any other stage. */
export function elementwiseValue(stage: Stage, t: Buffer): Producer | null {
  const { loops, body } = nestOf(stage.body);
  if (body.k !== "store" || body.buffer !== t.name || body.pred) return null;
  if (loops.length !== t.shape.length || loops.some((l, d) => l.extent !== t.shape[d])) return null;
  const direct = body.index.every((e, d) => e.k === "var" && e.name === loops[d].name);
  return direct ? { vars: loops.map((l) => l.name), value: body.value } : null;
}

const FREE_OPS: ReadonlySet<BinOp> = new Set(["and", "or", "eq", "ne", "lt", "le", "gt", "ge"]);

/** Operations on values, index arithmetic and predicates aside; floats weigh more than is ever cheap. */
function valueCost(e: Expr): number {
  let cost = 0;
  walkExpr(e, (x) => {
    if (x.t === "index" || x.t === "bool") return;
    const float = x.t.startsWith("f") || x.t === "bf16";
    if (x.k === "bin" && !FREE_OPS.has(x.op)) cost += float ? 10 : 1;
    if (x.k === "call") cost += 10;
    if (x.k === "cast" && float && x.x.t !== "f16" && x.x.t !== "bf16") cost += 10;
  });
  return cost;
}

/** How often elements of `name` are loaded in a stage, all loops counted; one element by one statement once, which names it. */
function loadRuns(stage: Stage, name: string): number {
  let runs = 0;
  const visit = (s: Stmt, times: number): void => {
    const places = exprsOf(s).flatMap((e) =>
      loadsOf(e)
        .filter((l) => l.buffer === name)
        .map(exprKey),
    );
    runs += times * new Set(places).size;
    if (s.k === "for") visit(s.body, times * s.extent);
    else if (s.k === "seq") for (const b of s.body) visit(b, times);
    else if (s.k === "if") {
      visit(s.then, times);
      if (s.else) visit(s.else, times);
    } else if (s.k === "alloc" || s.k === "let") visit(s.body, times);
  };
  visit(stage.body, 1);
  return runs;
}

/** Every load of `name` replaced by the producer's value at its index; where the load is predicated, zero outside. */
function inlineInto(stage: Stage, name: string, p: Producer): Stage {
  const replace = (e: Expr): Expr => {
    if (e.k !== "load" || e.buffer !== name) return e;
    const value = substitute(p.value, new Map(p.vars.map((v, d) => [v, e.index[d]])));
    const { pred } = e;
    if (!pred) return value;
    const guarded = mapExpr(value, (x) => (x.k === "load" ? { ...x, pred: x.pred ? make.and(pred, x.pred) : pred } : x));
    return guarded.k === "load" ? guarded : make.select(pred, guarded, make.constant(value.t, 0));
  };
  return { ...stage, body: mapStmt(stage.body, (e) => mapExpr(e, replace)) };
}

function writersOf(stages: readonly Stage[], name: string): readonly Stage[] {
  return stages.filter((s) => accessesOf(s.body).writes.has(name));
}

/** Buffers that a producer's value depends on must not change before its consumers run. */
function changedBetween(stages: readonly Stage[], from: number, reads: ReadonlySet<string>): boolean {
  return stages.slice(from + 1).some((s) => [...accessesOf(s.body).writes].some((w) => reads.has(w)));
}

/** Inlines what the rule above allows, and drops temporaries that nothing reads. */
export function inlineElementwise(
  stages: readonly Stage[],
  temps: readonly Buffer[],
): { stages: readonly Stage[]; temps: readonly Buffer[] } {
  let current = [...stages];
  let left = [...temps];
  for (const t of temps) {
    const writers = writersOf(current, t.name);
    const readers = current.filter((s) => accessesOf(s.body).reads.has(t.name));
    if (readers.every((r) => writers.includes(r))) {
      if (writers.some((s) => accessesOf(s.body).writes.size > 1)) continue;
      current = current.filter((s) => !writers.includes(s));
      left = left.filter((b) => b !== t);
      continue;
    }
    const p = writers.length === 1 ? elementwiseValue(writers[0], t) : null;
    if (!p) continue;
    const at = current.indexOf(writers[0]);
    const reads = accessesOf(writers[0].body).reads;
    if (reads.has(t.name) || changedBetween(current, at, reads)) continue;
    const elements = t.shape.reduce((a, b) => a * b, 1);
    const runs = readers.reduce((sum, s) => sum + loadRuns(s, t.name), 0);
    if (runs > elements && valueCost(p.value) > CHEAP) continue;
    current = current.filter((s) => s !== writers[0]).map((s) => (readers.includes(s) ? inlineInto(s, t.name, p) : s));
    left = left.filter((b) => b !== t);
  }
  return { stages: current, temps: left };
}

/** Whether a statement nest only moves elements: no value arithmetic at all. */
export function isMovement(stage: Stage): boolean {
  let moves = true;
  walkStmt(stage.body, (s) => {
    if (s.k === "reduce" || (s.k === "store" && valueCost(s.value) > 0)) moves = false;
  });
  return moves;
}
