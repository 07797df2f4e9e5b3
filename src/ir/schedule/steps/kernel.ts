/** Steps on a whole kernel: collapse, writeback. */
import type { Expr } from "../../loop/expr.js";
import { loopVars, nest } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../loop/stmt.js";
import { accessesOf, exprsOf, loadsOf, mapExpr, mapStmt, nestOf, ofNest, usesVar, walkStmt } from "../../loop/visit.js";
import { mergedIndex } from "../merge-dims.js";
import { freshBuffer, illegal, type StepDef, type StepOf } from "../step.js";

/** Position at which a buffer's indices are the collapsed variables; -1: none of its indices uses them. */
function placeOf(at: readonly Expr[], vars: readonly string[]): number | null {
  const names = new Set(vars);
  if (!at.some((i) => usesVar(i, names))) return -1;
  const first = at.findIndex((i) => i.k === "var" && i.name === vars[0]);
  if (first < 0) return null;
  const direct = vars.every((v, n) => {
    const i = at[first + n];
    return i?.k === "var" && i.name === v;
  });
  const rest = at.filter((_, d) => d < first || d >= first + vars.length);
  return direct && !rest.some((i) => usesVar(i, names)) ? first : null;
}

/** Where every access of every buffer stands to the collapsed loops; refuses what is neither. */
function placesOf(
  kernel: Kernel,
  vars: readonly string[],
  extents: readonly number[],
  step: StepOf<"collapse">,
): Map<string, number> {
  const shapes = new Map(kernel.buffers.map((b) => [b.name, b.shape]));
  const places = new Map<string, number>();
  const names = new Set(vars);
  const note = (buffer: string, at: readonly Expr[]) => {
    const place = placeOf(at, vars);
    if (place === null) return illegal(step, `'${buffer}' is indexed by one of the loops alone`);
    if (place >= 0 && vars.some((_, n) => shapes.get(buffer)?.[place + n] !== extents[n]))
      illegal(step, `'${buffer}' is larger than the loops`);
    if ((places.get(buffer) ?? place) !== place) illegal(step, `'${buffer}' is indexed in different ways`);
    places.set(buffer, place);
  };
  const values = (e: Expr): void => {
    if (e.k === "var" && names.has(e.name)) illegal(step, `'${e.name}' is used as a value`);
    if (e.k === "load") note(e.buffer, e.index);
    const below = e.k === "load" ? (e.pred ? [e.pred] : []) : childrenBelow(e);
    for (const c of below) values(c);
  };
  for (const s of kernel.stages) {
    if (!hasLoops(s.body, vars)) {
      const { reads, writes } = accessesOf(s.body);
      const filled = filledBy(s.body);
      for (const b of [...reads, ...writes]) {
        if (b === filled) continue;
        if ((places.get(b) ?? -1) !== -1) illegal(step, `'${b}' is used by stage '${s.name}' in another way`);
        places.set(b, -1);
      }
      continue;
    }
    walkStmt(s.body, (x) => {
      if (x.k === "store" || x.k === "reduce") note(x.buffer, x.index);
      if (x.k === "store") for (const e of x.pred ? [x.value, x.pred] : [x.value]) values(e);
      else if (x.k === "reduce") values(x.value);
      else if (x.k === "if") values(x.cond);
      else if (x.k === "let") values(x.value);
      else if (x.k === "alloc") illegal(step, `stage '${s.name}' is scheduled already`);
    });
  }
  return places;
}

/** The one buffer that a scalar nest stores to and does not read: its elements may be numbered in another way. */
function filledBy(s: Stmt): string | null {
  const { body } = nestOf(s);
  const isPlain = body.k === "store" && body.index.every((i) => i.lanes === 1) && !accessesOf(s).reads.has(body.buffer);
  return isPlain ? body.buffer : null;
}

/** Whether a stage's nest has these loops in a row, outside of all others of their names. */
function hasLoops(s: Stmt, vars: readonly string[]): boolean {
  const { loops } = nestOf(s);
  const at = loops.findIndex((l) => l.name === vars[0]);
  return at >= 0 && vars.every((v, n) => loops[at + n]?.name === v && loops[at + n].kind === "serial");
}

const childrenBelow = (e: Expr): readonly Expr[] => {
  switch (e.k) {
    case "bin":
      return [e.a, e.b];
    case "select":
      return [e.cond, e.a, e.b];
    case "cast":
    case "splat":
      return [e.x];
    case "ramp":
      return [e.base];
    case "call":
      return e.args;
    default:
      return [];
  }
};

export const collapse: StepDef<"collapse"> = {
  name: "collapse",
  doc:
    "for a in [0, n) for b in [0, m): .. x[.., a, b, ..] ..  -->  for a.b in [0, n m): .. x[.., a.b, ..] ..   in every stage that has them; buffers lose the " +
    "dimension, their bytes stay. Legal where every buffer is indexed by the loops side by side over whole dimensions, or not at all. A stage " +
    "with other loops may fill one of the buffers.",
  apply(kernel, step) {
    const vars = step.loops;
    if (vars.length < 2) illegal(step, "two loops at least");
    let extents: readonly number[] | null = null;
    for (const s of kernel.stages) {
      if (!hasLoops(s.body, vars)) continue;
      const { loops } = nestOf(s.body);
      const at = loops.findIndex((l) => l.name === vars[0]);
      const here = loops.slice(at, at + vars.length);
      const own = here.map((l) => l.extent);
      if (extents && own.some((n, i) => n !== extents?.[i])) illegal(step, `stage '${s.name}' has other extents`);
      extents = own;
    }
    if (!extents) return illegal(step, "no stage has these loops in a row");
    const places = placesOf(kernel, vars, extents, step);
    const name = vars.join(".");
    const total = extents.reduce((a, b) => a * b, 1);
    const index = (buffer: string, at: readonly Expr[]): readonly Expr[] => {
      const place = places.get(buffer) ?? -1;
      return place < 0 ? at : [...at.slice(0, place), make.variable(name), ...at.slice(place + vars.length)];
    };
    const inExpr = (e: Expr): Expr => mapExpr(e, (x) => (x.k === "load" ? { ...x, index: index(x.buffer, x.index) } : x));
    const shapes = new Map(kernel.buffers.map((b) => [b.name, b.shape]));
    const flat = (buffer: string, at: readonly Expr[]): readonly Expr[] => {
      const place = places.get(buffer) ?? -1;
      if (place < 0) return at;
      const below = mergedIndex(at.slice(place, place + vars.length), (shapes.get(buffer) ?? []).slice(place), 0);
      return [...at.slice(0, place), ...below, ...at.slice(place + vars.length)];
    };
    const stages = kernel.stages.map((s) => {
      if (!hasLoops(s.body, vars)) {
        const moved = mapStmt(
          s.body,
          (e) => e,
          (x) => (x.k === "store" ? { ...x, index: flat(x.buffer, x.index) } : x),
        );
        return { ...s, body: moved };
      }
      const { loops, body } = nestOf(s.body);
      const at = loops.findIndex((l) => l.name === vars[0]);
      const fused = [...loops.slice(0, at), { ...loops[at], name, extent: total }, ...loops.slice(at + vars.length)];
      const inner = mapStmt(body, inExpr, (x) =>
        x.k === "store" || x.k === "reduce" ? { ...x, index: index(x.buffer, x.index) } : x,
      );
      return { ...s, body: ofNest({ loops: fused, body: inner }) };
    });
    const buffers = kernel.buffers.map((b): Buffer => {
      const place = places.get(b.name) ?? -1;
      return place < 0 ? b : { ...b, shape: [...b.shape.slice(0, place), total, ...b.shape.slice(place + vars.length)] };
    });
    return { ...kernel, buffers, stages };
  },
};

/** Redirects every access of a buffer. */
function renameBuffer(s: Stmt, from: string, to: string): Stmt {
  return mapStmt(
    s,
    (e) => mapExpr(e, (x) => (x.k === "load" && x.buffer === from ? { ...x, buffer: to } : x)),
    (x) => ((x.k === "store" || x.k === "reduce") && x.buffer === from ? { ...x, buffer: to } : x),
  );
}

export const writeback: StepDef<"writeback"> = {
  name: "writeback",
  doc:
    "y[i] += e  -->  acc[i] += e; for i: y[i] = acc[i]   for a result that is a reduction's accumulator: the sums get a scratch buffer and " +
    "a map that writes them back, behind the last stage that writes them. Legal for an `out` buffer that a stage reduces into.",
  apply(kernel, step) {
    const y = kernel.buffers.find((b) => b.name === step.buffer) ?? illegal(step, `there is no buffer '${step.buffer}'`);
    const reduced = kernel.stages.some((s) => {
      let found = false;
      walkStmt(s.body, (x) => {
        if (x.k === "reduce" && x.buffer === y.name) found = true;
      });
      return found;
    });
    if (y.role !== "out" || !reduced) return illegal(step, "it is no result that is reduced into");
    const acc: Buffer = { ...y, name: freshBuffer(kernel, "acc"), role: "scratch" };
    const last = kernel.stages.findLastIndex((s) => accessesOf(s.body).writes.has(y.name));
    // loops of one iteration are gone: their index is 0
    const at = loopVars("i", y.shape.length).map((v, d) => (y.shape[d] === 1 ? make.index(0) : v));
    const extents = y.shape.map((n) => n);
    const whole = nestOf(nest("i", extents, make.store(y.name, at, make.load(acc.name, acc.dtype, at))));
    const map = { name: "writeback", body: ofNest({ loops: whole.loops.filter((l) => l.extent !== 1), body: whole.body }) };
    const stages = kernel.stages.map((s) => ({ ...s, body: renameBuffer(s.body, y.name, acc.name) }));
    return {
      ...kernel,
      buffers: [...kernel.buffers, acc],
      stages: [...stages.slice(0, last + 1), map, ...stages.slice(last + 1)],
    };
  },
};

/** Names of the loops around a stage's body that stand for the dimensions of a buffer, by its plain indices; "0" where there is none. */
export function dimLoops(s: Stmt, buffer: string): readonly string[] | null {
  let names: readonly string[] | null = null;
  walkStmt(s, (x) => {
    if ((x.k === "store" || x.k === "reduce") && x.buffer === buffer) names = x.index.map((i) => (i.k === "var" ? i.name : "0"));
    for (const e of exprsOf(x))
      for (const l of loadsOf(e)) if (l.buffer === buffer && !names) names = l.index.map((i) => (i.k === "var" ? i.name : "0"));
  });
  return names;
}
