/** Step attach: a stage that fills a scratch buffer, inside of the loop that reads it. */
import { type Affine, addScaled, affineOf, exprKey, exprOfAffine, type Ranges, rangeOf } from "../../loop/affine.js";
import type { Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { simplifyStage } from "../../loop/simplify.js";
import type { Buffer, Kernel, Stage, Stmt } from "../../loop/stmt.js";
import {
  accessesOf,
  exprsOf,
  loadsOf,
  mapExpr,
  mapStmt,
  nestOf,
  ofNest,
  substituteIn,
  usesVar,
  walkStmt,
} from "../../loop/visit.js";
import { freshBuffer, illegal, loopNamed, replaceStmt, type StepDef, type StepOf, stageNamed } from "../step.js";
import { rangesIn } from "./loops.js";
import { namesIn, prefixLoops } from "./tile.js";

type AttachStep = StepOf<"attach">;

/** Elements of a dimension that an iteration reads: from base + lo on, `extent` of them. */
interface Slice {
  readonly base: Affine;
  readonly lo: number;
  readonly extent: number;
}

/** Loops around a statement, and its own variable, outermost first. */
function around(s: Stmt, target: Stmt): readonly string[] | null {
  if (s === target) return s.k === "for" ? [s.name] : [];
  const own = s.k === "for" || s.k === "let" ? [s.name] : [];
  const below = s.k === "seq" ? s.body : s.k === "for" || s.k === "alloc" || s.k === "let" ? [s.body] : [];
  for (const b of below) {
    const found = around(b, target);
    if (found) return [...own, ...found];
  }
  return null;
}

/** The part of an index that the loops outside decide, and the range of the rest. */
function slice(
  e: Expr,
  outside: ReadonlySet<string>,
  env: Ranges,
): { readonly base: Affine; readonly range: readonly [number, number] } | null {
  const scalar = e.k === "ramp" ? e.base : e;
  const form = affineOf(scalar);
  const terms = new Map([...form.terms].filter(([key]) => outside.has(key)));
  const rest = addScaled(form, { constant: 0, terms }, -1);
  if ([...rest.terms.values()].some((t) => usesVar(t.atom, outside))) return null;
  const below = exprOfAffine(rest);
  return { base: { constant: 0, terms }, range: rangeOf(e.k === "ramp" ? { ...e, base: below } : below, env) };
}

function slicesOf(
  loads: readonly LoadExpr[],
  buffer: Buffer,
  outside: ReadonlySet<string>,
  env: Ranges,
  step: AttachStep,
): readonly Slice[] {
  return buffer.shape.map((whole, d) => {
    const parts = loads.map((l) => slice(l.index[d], outside, env));
    const keys = new Set(parts.map((p) => p && exprKey(exprOfAffine(p.base))));
    const [first] = parts;
    if (!first || keys.size !== 1) return illegal(step, `dimension ${d} of '${buffer.name}' is read in different ways`);
    if (first.base.terms.size === 0) return { base: first.base, lo: 0, extent: whole };
    const lo = Math.min(...parts.map((p) => p?.range[0] ?? Number.NaN));
    const hi = Math.max(...parts.map((p) => p?.range[1] ?? Number.NaN));
    if (!Number.isFinite(hi - lo)) return illegal(step, `dimension ${d} of '${buffer.name}' has no known range`);
    return { base: first.base, lo, extent: hi - lo + 1 };
  });
}

/** The fill over the slices: its loops over sliced dimensions run from the first element that is read. */
function sliced(fill: Stage, buffer: Buffer, local: Buffer, slices: readonly Slice[], step: AttachStep): Stmt {
  const named = prefixLoops(fill.body, "fill", namesIn(fill.body));
  const { loops, body } = nestOf(named);
  const variables = new Map<string, number>();
  slices.forEach((s, d) => {
    if (s.base.terms.size === 0) return;
    const names = new Set<string>();
    walkStmt(body, (x) => {
      if ((x.k === "store" || x.k === "reduce") && x.buffer === buffer.name) {
        const i = x.index[d];
        names.add(i.k === "var" && loops.some((l) => l.name === i.name) ? i.name : "");
      }
    });
    const [name] = names;
    if (names.size !== 1 || !name || variables.has(name))
      return illegal(step, `dimension ${d} is not filled by one loop around the rest`);
    variables.set(name, d);
  });
  const first = (d: number): Expr => exprOfAffine({ ...slices[d].base, constant: slices[d].lo });
  const by = new Map([...variables].map(([v, d]): [string, Expr] => [v, make.add(make.variable(v), first(d))]));
  const moved = mapStmt(
    substituteIn(body, by),
    (e) => e,
    (x) =>
      x.k === "store" && x.buffer === buffer.name
        ? { ...x, buffer: local.name, index: x.index.map((i, d) => (slices[d].base.terms.size ? make.sub(i, first(d)) : i)) }
        : x,
  );
  const heads = loops.map((l) => {
    const d = variables.get(l.name);
    return {
      ...l,
      kind: l.kind === "parallel" ? ("serial" as const) : l.kind,
      extent: d === undefined ? l.extent : slices[d].extent,
    };
  });
  return ofNest({ loops: heads, body: moved });
}

function rewrite(kernel: Kernel, step: AttachStep): Kernel {
  const [fill, reader] = [stageNamed(kernel, step.stage, step), stageNamed(kernel, step.to, step)];
  const target = loopNamed(reader.body, step.loop, step);
  const [name, ...more] = accessesOf(fill.body).writes;
  const buffer = kernel.buffers.find((b) => b.name === name);
  if (!buffer || more.length > 0 || buffer.role !== "scratch")
    return illegal(step, `'${fill.name}' does not fill one scratch buffer`);
  let isFill = true;
  walkStmt(fill.body, (x) => {
    if (x.k === "reduce" || x.k === "alloc") isFill = false;
  });
  const reads = accessesOf(fill.body).reads;
  if (!isFill || reads.has(name)) illegal(step, `'${fill.name}' does more than to store`);
  const other = kernel.stages.find(
    (s) => s !== fill && s !== reader && (accessesOf(s.body).reads.has(name) || accessesOf(s.body).writes.has(name)),
  );
  if (other || accessesOf(reader.body).writes.has(name)) illegal(step, `'${name}' is used elsewhere too`);
  const between = kernel.stages.slice(kernel.stages.indexOf(fill) + 1, kernel.stages.indexOf(reader) + 1);
  if (kernel.stages.indexOf(fill) > kernel.stages.indexOf(reader)) illegal(step, `'${fill.name}' stands behind '${reader.name}'`);
  const changed = [...reads].find((b) => between.some((s) => accessesOf(s.body).writes.has(b)));
  if (changed) illegal(step, `'${changed}' is written between them`);
  const outside = around(reader.body, target);
  if (!outside) return illegal(step, `'${step.loop}' stands below a branch`);

  const loadsIn = (s: Stmt): LoadExpr[] => {
    const out: LoadExpr[] = [];
    walkStmt(s, (x) => {
      for (const e of exprsOf(x)) out.push(...loadsOf(e).filter((l) => l.buffer === name));
    });
    return out;
  };
  const loads = loadsIn(target);
  if (loads.length === 0 || loads.length !== loadsIn(reader.body).length)
    illegal(step, `'${name}' is not read in '${step.loop}' alone`);
  const slices = slicesOf(loads, buffer, new Set(outside), rangesIn(reader.body), step);
  const local: Buffer = { ...buffer, name: freshBuffer(kernel, `${name}l`), role: "local", shape: slices.map((s) => s.extent) };
  const body = sliced(fill, buffer, local, slices, step);
  const inside = mapStmt(target.body, (e) =>
    mapExpr(e, (x) => {
      if (x.k !== "load" || x.buffer !== name) return x;
      const index = x.index.map((i, d) => {
        const from = exprOfAffine({ ...slices[d].base, constant: slices[d].lo });
        if (slices[d].base.terms.size === 0) return i;
        return i.k === "ramp" ? { ...i, base: make.sub(i.base, from) } : make.sub(i, from);
      });
      return make.load(local.name, local.dtype, index, x.pred);
    }),
  );
  const filled: Stmt = { ...target, body: { k: "alloc", buffer: local, body: make.seq(body, inside) } };
  const stages = kernel.stages
    .filter((s) => s !== fill)
    .map((s) => (s === reader ? simplifyStage({ ...s, body: replaceStmt(s.body, target, filled) }) : s));
  return { ...kernel, buffers: kernel.buffers.filter((b) => b !== buffer), stages };
}

export const attach: StepDef<"attach"> = {
  name: "attach",
  doc:
    "for j: c[j] = e(j); for v: { .. c[d v + i] .. }  -->  for v: { local l; for j: l[j] = e(d v + j); .. l[i] .. }   a stage that fills a scratch buffer, inside of the " +
    "loop that reads it, over what an iteration reads: it stays in the cache, and what two iterations read is made twice. Legal for stores " +
    "by plain loops into a buffer that the loop alone reads.",
  apply: rewrite,
};
