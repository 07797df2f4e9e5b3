/** Steps on the loops of one stage: split, reorder, fuse, unroll, parallel. */
import { affineOf, type Ranges } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Stmt, StoreStmt } from "../../loop/stmt.js";
import { accessesOf, childrenOf, exprsOf, loadsOf, nestOf, ofNest, usesVar, walkStmt } from "../../loop/visit.js";
import { editStage, illegal, loopNamed, replaceStmt, type StepDef, stageNamed } from "../step.js";
import { blockBase, blocksOf, splitVars } from "../tail.js";

/** Bounds of every loop variable of a statement. */
export function rangesIn(s: Stmt): Ranges {
  const env = new Map<string, readonly [number, number]>();
  walkStmt(s, (x) => {
    if (x.k === "for") env.set(x.name, [0, Math.max(0, x.extent - 1)]);
  });
  return env;
}

const writesReduction = (s: Stmt): boolean => {
  let found = false;
  walkStmt(s, (x) => {
    if (x.k === "reduce") found = true;
  });
  return found;
};

export const split: StepDef<"split"> = {
  name: "split",
  doc:
    "for i in [0, n)  -->  for i.o in [0, ceil(n / f)) for i.i in [0, f), i = i.o f + i.i. " +
    "tail cut: f divides n; guard: accesses behind n get a predicate, reductions may not lie there; overlap: i = min(i.o f, n - f) + i.i, " +
    "some iterations run twice, so the body may hold no reduction and must not read what it writes.",
  apply(kernel, step) {
    const { loop, factor, tail } = step;
    const stage = stageNamed(kernel, step.stage, step);
    const target = loopNamed(stage.body, loop, step);
    const { extent } = target;
    if (!Number.isInteger(factor) || factor < 1) illegal(step, "the factor must be a positive whole number");
    const uneven = extent % factor !== 0;
    if (tail === "cut" && uneven) illegal(step, `${factor} does not divide ${extent}`);
    if (tail === "overlap" && factor > extent) illegal(step, `${factor} is more than ${extent}`);
    if (tail === "overlap" && uneven) {
      const { reads, writes } = accessesOf(target.body);
      if (writesReduction(target.body) || [...writes].some((w) => reads.has(w))) illegal(step, "iterations may not run twice");
    }
    const [outer, inner] = [`${loop}.o`, `${loop}.i`];
    const value = make.add(blockBase(make.variable(outer), extent, factor, tail), make.variable(inner));
    const env = new Map(rangesIn(stage.body)).set(outer, [0, blocksOf(extent, factor) - 1]).set(inner, [0, factor - 1]);
    const buffers = new Map(kernel.buffers.map((b) => [b.name, b]));
    walkStmt(stage.body, (s) => {
      if (s.k === "alloc") buffers.set(s.buffer.name, s.buffer);
    });
    const runsOver = tail === "guard" && uneven;
    const body = splitVars(target.body, [{ name: loop, extent, value, runsOver }], env, (n) => buffers.get(n));
    if (!body) return illegal(step, "a reduction would run over the end");
    const kinds = target.kind === "parallel" ? (["parallel", "serial"] as const) : (["serial", target.kind] as const);
    const loops = ofNest({
      loops: [
        { k: "for", name: outer, extent: blocksOf(extent, factor), kind: kinds[0] },
        { k: "for", name: inner, extent: factor, kind: kinds[1] },
      ],
      body,
    });
    return editStage(kernel, step.stage, step, (s) => replaceStmt(s, target, loops));
  },
};

/** Index expressions of an expression, outermost ones: what loop variables reach its value through. */
function indicesIn(e: Expr, found: Expr[] = []): readonly Expr[] {
  if (e.t === "index") found.push(e);
  else for (const c of childrenOf(e)) indicesIn(c, found);
  return found;
}

/**
 * What is stored depends on the variables through the place where it is stored alone, so that iterations that meet store the same: every
 * index in the value is a multiple of an index of the place, plus what does not depend on them.
 */
function valueByPlace(s: StoreStmt, around: Stmt, vars: readonly string[]): boolean {
  const names = new Set(vars);
  const moved = (e: Expr) => new Map([...affineOf(e).terms].filter(([, t]) => usesVar(t.atom, names)));
  const places = s.index.map(moved).filter((terms) => terms.size > 0);
  const values = [s.value, ...(s.pred ? [s.pred] : [])];
  walkStmt(around, (x) => {
    if (x.k === "let") values.push(x.value);
    if (x.k === "if") values.push(x.cond);
  });
  return values
    .flatMap((e) => indicesIn(e))
    .every((e) => {
      if (e.lanes > 1) return !usesVar(e, names);
      const rest = new Map([...moved(e)].map(([key, t]) => [key, t.coef]));
      for (const terms of places) {
        const [[first, { coef }]] = terms;
        const times = (rest.get(first) ?? 0) / coef;
        if (times === 0 || ![...terms].every(([key, t]) => rest.get(key) === times * t.coef)) continue;
        for (const key of terms.keys()) rest.delete(key);
      }
      return rest.size === 0;
    });
}

/** A statement may run its iterations in any order if each buffer it writes is written by `reduce` alone, or at an index of its own. */
function anyOrder(body: Stmt, vars: readonly string[]): string | null {
  const { reads, writes } = accessesOf(body);
  let why: string | null = null;
  walkStmt(body, (s) => {
    if (s.k !== "store") return;
    const plain = s.index.flatMap((i) => (i.k === "var" ? [i.name] : []));
    const apart = vars.every(
      (v) => plain.includes(v) || !(usesVar(s.value, new Set([v])) || s.index.some((i) => usesVar(i, new Set([v])))),
    );
    if (!apart && !valueByPlace(s, body, vars)) why = `iterations store to the same elements of '${s.buffer}'`;
    if (reads.has(s.buffer)) why = `'${s.buffer}' is read and stored`;
  });
  if (why) return why;
  const mixed = [...writes].some((w) => {
    let readByLoad = false;
    walkStmt(body, (s) => {
      for (const e of exprsOf(s)) if (loadsOf(e).some((l) => l.buffer === w)) readByLoad = true;
    });
    return readByLoad;
  });
  return mixed ? "a buffer that is reduced into is also loaded" : null;
}

export const reorder: StepDef<"reorder"> = {
  name: "reorder",
  doc:
    "The loops of a perfect nest, of the stage or within it, take the given order; loops that are not named keep their places. Legal where " +
    "iterations are independent but for reductions; iterations may store to one element where they store the same, as those of an overlapping " +
    "tail do.",
  apply(kernel, step) {
    return editStage(kernel, step.stage, step, (s) => {
      const holds = (nest: Stmt) => step.loops.every((n) => nestOf(nest).loops.some((l) => l.name === n));
      const target = holds(s) ? s : (outermostOf(s, step.loops) ?? s);
      const { loops, body } = nestOf(target);
      const places = step.loops.map((n) => loops.findIndex((l) => l.name === n));
      if (places.includes(-1) || new Set(places).size !== places.length)
        illegal(step, "the loops are not a perfect nest of that names");
      if (places.some((p) => loops[p].kind === "parallel")) illegal(step, "a parallel loop stays outermost");
      const why = anyOrder(body, step.loops);
      if (why) illegal(step, why);
      const sorted = [...places].sort((a, b) => a - b);
      const out = [...loops];
      sorted.forEach((at, i) => {
        out[at] = loops[places[i]];
      });
      return replaceStmt(s, target, ofNest({ loops: out, body }));
    });
  },
};

/** The outermost loop with one of the names. */
function outermostOf(s: Stmt, names: readonly string[]): Stmt | null {
  let found: Stmt | null = null;
  walkStmt(s, (x) => {
    if (!found && x.k === "for" && names.includes(x.name)) found = x;
  });
  return found;
}

export const fuse: StepDef<"fuse"> = {
  name: "fuse",
  doc: "for a in [0, n) for b in [0, m)  -->  for a.b in [0, n m): a = a.b div m, b = a.b mod m. Legal for a loop that holds only the other.",
  apply(kernel, step) {
    return editStage(kernel, step.stage, step, (s) => {
      const a = loopNamed(s, step.loops[0], step);
      const b = a.body;
      if (b.k !== "for" || b.name !== step.loops[1])
        return illegal(step, `'${step.loops[0]}' does not hold just '${step.loops[1]}'`);
      if (a.kind !== "serial" || b.kind !== "serial") illegal(step, "both loops must be serial");
      const name = `${a.name}.${b.name}`;
      const at = make.variable(name);
      const body = make.letIn(
        a.name,
        make.div(at, make.index(b.extent)),
        make.letIn(b.name, make.mod(at, make.index(b.extent)), b.body),
      );
      return replaceStmt(s, a, make.loop(name, a.extent * b.extent, body));
    });
  },
};

export const unroll: StepDef<"unroll"> = {
  name: "unroll",
  doc: "for i in [0, n)  -->  n copies of the body, made by the backend. Legal for extents up to 64.",
  apply(kernel, step) {
    return editStage(kernel, step.stage, step, (s) => {
      const target = loopNamed(s, step.loop, step);
      if (target.extent > 64) illegal(step, `${target.extent} copies are too many`);
      return replaceStmt(s, target, { ...target, kind: "unroll" });
    });
  },
};

/** Variables that a parallel variable is recovered into: let a = f(v). */
function derived(body: Stmt, v: string): { vars: Set<string>; inner: Stmt } {
  const vars = new Set([v]);
  let inner = body;
  while (inner.k === "let" && inner.value.t === "index" && usesVar(inner.value, vars)) {
    vars.add(inner.name);
    inner = inner.body;
  }
  return { vars, inner };
}

export const parallel: StepDef<"parallel"> = {
  name: "parallel",
  doc:
    "The iterations of a stage's outermost loop may run at the same time. Legal where every write of an iteration lies at an index that " +
    "depends on the loop's variable linearly with a step at least as wide as the rest, and nothing else of that buffer is read.",
  apply(kernel, step) {
    return editStage(kernel, step.stage, step, (s) => {
      if (s.k !== "for" || s.name !== step.loop) return illegal(step, `'${step.loop}' is not the outermost loop`);
      const why = notParallel(s.body, s.name, rangesIn(s));
      if (why) illegal(step, why);
      return { ...s, kind: "parallel" };
    });
  },
};

/** Why iterations of `v` may not run at the same time; null where their writes are apart and nothing written is read elsewhere. */
export function notParallel(body: Stmt, v: string, env: Ranges): string | null {
  const { vars, inner } = derived(body, v);
  const locals = new Set<string>();
  const written = new Map<string, readonly Expr[][]>();
  const read = new Map<string, readonly Expr[][]>();
  const note = (map: Map<string, readonly Expr[][]>, name: string, at: readonly Expr[]) =>
    map.set(name, [...(map.get(name) ?? []), [...at]]);
  walkStmt(inner, (s) => {
    if (s.k === "alloc") locals.add(s.buffer.name);
    if (s.k === "store" || s.k === "reduce") note(written, s.buffer, s.index);
    for (const e of exprsOf(s)) for (const l of loadsOf(e)) note(read, l.buffer, l.index);
  });
  const owners = vars.size > 1 ? [...vars].slice(1) : [v];
  for (const [name, indices] of written) {
    if (locals.has(name)) continue;
    for (const at of [...indices, ...(read.get(name) ?? [])]) {
      for (const owner of owners) {
        if (!at.some((i) => ownedBy(i, owner, env))) return `iterations of '${v}' may meet in '${name}'`;
      }
    }
  }
  return null;
}

/** Different values of `v` give different values of `i`, whatever the other variables are. */
function ownedBy(i: Expr, v: string, env: Ranges): boolean {
  const base = i.k === "ramp" ? i.base : i;
  const span = i.k === "ramp" ? (i.lanes - 1) * Math.abs(i.stride) : 0;
  const form = affineOf(base);
  const own = form.terms.get(v);
  if (!own) return blockOf(form.terms, v);
  let rest = span;
  for (const [key, { coef }] of form.terms) {
    if (key === v) continue;
    const [lo, hi] = env.get(key) ?? [0, Number.POSITIVE_INFINITY];
    rest += Math.abs(coef) * (hi - lo);
  }
  return Math.abs(own.coef) > rest;
}

/** min(v f, n - f): blocks that overlap only where they store equal values. */
function blockOf(terms: ReturnType<typeof affineOf>["terms"], v: string): boolean {
  return [...terms.values()].some(({ atom }) => atom.k === "bin" && atom.op === "min" && affineOf(atom.a).terms.has(v));
}

export const loopSteps = [split, reorder, fuse, unroll, parallel] as const;
