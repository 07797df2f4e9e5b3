import { type Affine, addScaled, affineOf, exprKey, type Range, type Ranges, rangeOf } from "../../loop/affine.js";
import type { Expr, LoadExpr } from "../../loop/expr.js";
import { nest } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import { simplifyExpr, simplifyStage, simplifyStmt } from "../../loop/simplify.js";
import type { Buffer, Kernel, Stage, Stmt } from "../../loop/stmt.js";
import { accessesOf, childrenOf, loadsOf, mapExpr, mapStmt, withChildren } from "../../loop/visit.js";
import { dtypeInfo, isInt } from "../../type/dtype.js";
import { mergeTail } from "../merge-dims.js";
import { freshBuffer, illegal, type LayoutPart, type StepDef, type StepOf, stageNamed } from "../step.js";
import { rangesIn } from "./loops.js";

type CacheStep = StepOf<"cache">;

/** 0 <= index and index < dim as affine forms that are >= 0, by a canonical text. */
const formKey = (a: Affine): string =>
  `${[...a.terms]
    .map(([k, t]) => `${t.coef}*${k}`)
    .sort()
    .join("+")}+${a.constant}`;

/** The conjuncts of a predicate as `form >= 0`; null where one is no comparison of index values. */
function conjuncts(p: Expr): readonly string[] | null {
  if (p.k !== "bin") return null;
  if (p.op === "and") {
    const [a, b] = [conjuncts(p.a), conjuncts(p.b)];
    return a && b ? [...a, ...b] : null;
  }
  if (p.a.t !== "index") return null;
  const minus = (x: Expr, y: Expr, less: number) => {
    const form = addScaled(affineOf(x), affineOf(y), -1);
    return [formKey({ ...form, constant: form.constant - less })];
  };
  if (p.op === "ge") return minus(p.a, p.b, 0);
  if (p.op === "gt") return minus(p.a, p.b, 1);
  if (p.op === "le") return minus(p.b, p.a, 0);
  if (p.op === "lt") return minus(p.b, p.a, 1);
  return null;
}

/** Bounds of a narrow integer value expression. */
export function valueRange(e: Expr): Range | null {
  switch (e.k) {
    case "const":
      return [Number(e.value), Number(e.value)];
    case "load":
      return e.t !== "index" && isInt(e.t) ? [Math.min(0, dtypeInfo(e.t).min), dtypeInfo(e.t).max] : null;
    case "cast":
      return valueRange(e.x);
    case "select": {
      const [a, b] = [valueRange(e.a), valueRange(e.b)];
      return a && b && [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
    }
    case "bin": {
      const [a, b] = [valueRange(e.a), valueRange(e.b)];
      if (!a || !b) return null;
      if (e.op === "sub") return [a[0] - b[1], a[1] - b[0]];
      return e.op === "add" ? [a[0] + b[0], a[1] + b[1]] : null;
    }
    default:
      return null;
  }
}

/** An expression is a function of one element of a buffer: all its loads are that one, its predicates say that it exists. */
interface Operand {
  readonly expr: Expr;
  readonly index: readonly Expr[];
}

export function findOperand(root: Expr, buffer: string): Operand | null {
  const loads = loadsOf(root).filter((l) => l.buffer === buffer);
  if (loads.length === 0) return null;
  const index = loads[0].index;
  const key = index.map(exprKey).join();
  if (loads.some((l) => l.index.map(exprKey).join() !== key)) return null;
  const pure = (e: Expr): boolean => {
    if (e.t === "index") return false;
    if (e.k === "load") return e.buffer === buffer;
    if (e.k === "var") return false;
    if (e.k === "select") return conjuncts(e.cond) !== null && pure(e.a) && pure(e.b);
    return childrenOf(e).every(pure);
  };
  const search = (e: Expr): Expr | null => {
    if (!loadsOf(e).some((l) => l.buffer === buffer)) return null;
    if (pure(e)) return e;
    const inside = childrenOf(e).filter((c) => c.t !== "index" && loadsOf(c).some((l) => l.buffer === buffer));
    return inside.length === 1 ? search(inside[0]) : null;
  };
  const expr = search(root);
  return expr ? { expr, index } : null;
}

/** Every predicate in the operand is exactly "the element exists". */
export function checkPredicates(o: Operand, dims: readonly number[], env: Ranges, step: { readonly step: string }): void {
  const needed = o.index.flatMap((i, d) => {
    const [lo, hi] = rangeOf(i, env);
    const form = affineOf(i);
    const below = formKey(form);
    const above = formKey(addScaled({ constant: dims[d] - 1, terms: new Map() }, form, -1));
    return [...(lo < 0 ? [below] : []), ...(hi >= dims[d] ? [above] : [])];
  });
  const same = (p: Expr | null) => {
    const have = p === null ? [] : conjuncts(p);
    return (
      have !== null &&
      have.length >= needed.length &&
      needed.every((n) => have.includes(n)) &&
      have.every((h) => needed.includes(h))
    );
  };
  const check = (e: Expr): void => {
    if (e.k === "load" && !same(e.pred))
      illegal(step, `'${e.buffer}' is loaded under a predicate that is not the bounds of its index`);
    if (e.k === "select" && !same(e.cond)) illegal(step, "a select asks for more than the bounds of the index");
    for (const c of childrenOf(e)) if (c.t !== "index" && c.t !== "bool") check(c);
  };
  check(o.expr);
}

/** The operand at another index, its predicates replaced by `exists`. */
export function operandAt(e: Expr, index: readonly Expr[], exists: Expr | null): Expr {
  if (e.k === "load") return make.load(e.buffer, e.t as LoadExpr["t"] & never, index, exists);
  if (e.k === "select") {
    const a = operandAt(e.a, index, exists);
    return exists ? make.select(exists, a, operandAt(e.b, index, exists)) : a;
  }
  return withChildren(
    e,
    childrenOf(e).map((c) => operandAt(c, index, exists)),
  );
}

const part = (x: Expr, p: LayoutPart): Expr => {
  const q = p.div ? make.div(x, make.index(p.div)) : x;
  return p.mod ? make.mod(q, make.index(p.mod)) : q;
};

const allOf = (conds: readonly Expr[]): Expr | null => conds.reduce<Expr | null>((a, b) => (a ? make.and(a, b) : b), null);

/** The stage that fills the cache: for j over its shape: cache[j] = operand at the index that j stands for, zero behind the end. */
function fillStage(
  o: Operand,
  cache: Buffer,
  layout: readonly LayoutPart[],
  spans: readonly Range[],
  apart: readonly number[],
  dims: readonly number[],
): Stage {
  // a stage of gathered elements has loops of its own: those of the others may collapse
  const name = apart.some((n) => n > 1) ? "j" : "i";
  const j = cache.shape.map((_, d) => make.variable(`${name}${d}`));
  const position = spans.map((_, d) =>
    layout.reduce<Expr>(
      (sum, p, n) => (p.dim === d ? make.add(sum, make.mul(j[n], make.index(p.div ?? 1))) : sum),
      make.index(0),
    ),
  );
  const at = position.map((p, d) => {
    const x = make.mul(p, make.index(apart[d]));
    return spans[d][0] < 0 ? make.sub(x, make.index(-spans[d][0])) : make.add(x, make.index(spans[d][0]));
  });
  const exists = allOf(
    at.flatMap((x, d) => [
      ...(spans[d][0] < 0 ? [make.bin("ge", x, make.index(0))] : []),
      ...(spans[d][1] >= dims[d] ? [make.bin("lt", x, make.index(dims[d]))] : []),
    ]),
  );
  const covered = allOf(position.map((x, d) => make.bin("lt", x, make.index((spans[d][1] - spans[d][0]) / apart[d] + 1))));
  const value = operandAt(o.expr, at, exists);
  const env: Ranges = new Map(cache.shape.map((n, d): [string, Range] => [`${name}${d}`, [0, n - 1]]));
  const needed = covered && simplifyExpr(covered, env);
  const always = needed === null || make.isConstValue(needed, 1);
  const guarded = always
    ? value
    : make.select(
        needed,
        mapExpr(value, (x) =>
          x.k === "load" ? make.load(x.buffer, x.t as never, x.index, x.pred ? make.and(x.pred, needed) : needed) : x,
        ),
        make.constant(value.t, 0),
      );
  const stored = value.t === cache.dtype ? guarded : make.cast(cache.dtype, guarded, true);
  const body = simplifyStmt(nest(name, cache.shape, make.store(cache.name, j, stored)));
  return { name: `fill.${cache.name}`, body };
}

/** How far apart the elements are that an index of plain loops reaches. */
function apartOf(e: Expr): number {
  const { terms } = affineOf(e);
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return Math.max(
    1,
    [...terms.values()].reduce((n, t) => gcd(n, Math.abs(t.coef)), 0),
  );
}

/** Rows that are longer than what is filled from the operand. */
const withSlack = (k: Kernel, name: string, slack: number): Kernel => ({
  ...k,
  buffers: k.buffers.map((b) =>
    b.name === name ? { ...b, shape: [...b.shape.slice(0, -1), b.shape[b.shape.length - 1] + slack] } : b,
  ),
});

/**
 * The same fill without predicates on elements, where the halo is in dimensions up to `e` and those behind it are whole: dimensions e.. of both
 * buffers become one, and a row is zeros, a copy, zeros, or zeros throughout where an outer index lies in the halo. Without a halo, rows
 * for slack are the last two dimensions. Null where there is neither, or a dimension behind it is not whole.
 */
function fillByRows(
  kernel: Kernel,
  stage: string,
  cache: Buffer,
  source: Buffer,
  o: Operand,
  spans: readonly Range[],
  slack: number,
): Kernel | null {
  const dims = source.shape;
  const halo = spans.map(([lo, hi], d) => lo < 0 || hi >= dims[d]);
  const e = slack && !halo.includes(true) ? spans.length - 2 : halo.lastIndexOf(true);
  if (e < 0 || spans.some(([lo, hi], d) => d > e && (lo !== 0 || hi !== dims[d] - 1))) return null;
  const run = dims.slice(e + 1).reduce((a, b) => a * b, 1);
  const [lo, hi] = spans[e];
  const left = Math.max(0, -lo) * run;
  const copied = Math.max(0, Math.min(hi, dims[e] - 1) - Math.max(lo, 0) + 1) * run;
  const right = (hi - lo + 1) * run - left - copied + slack;
  if (copied === 0) return null;
  const outer = spans.slice(0, e).map((_, d) => make.variable(`i${d}`));
  const at = outer.map((i, d) =>
    spans[d][0] < 0 ? make.sub(i, make.index(-spans[d][0])) : make.add(i, make.index(spans[d][0])),
  );
  const inside = allOf(
    at.flatMap((x, d) => [
      ...(spans[d][0] < 0 ? [make.bin("ge", x, make.index(0))] : []),
      ...(spans[d][1] >= dims[d] ? [make.bin("lt", x, make.index(dims[d]))] : []),
    ]),
  );
  const narrow = (v: Expr) => (v.t === cache.dtype ? v : make.cast(cache.dtype, v, true));
  const never = make.constant("bool", 0);
  const zero = narrow(simplifyExpr(operandAt(o.expr, [...at, make.index(0)], never), new Map()));
  const cells = (name: string, from: number, count: number, value: (i: Expr) => Expr): Stmt[] => {
    const i = make.variable(name);
    return count ? [make.loop(name, count, make.store(cache.name, [...outer, make.add(i, make.index(from))], value(i)))] : [];
  };
  const first = Math.max(lo, 0) * run;
  const row = make.seq(
    ...cells("before", 0, left, () => zero),
    ...cells("copy", left, copied, (i) => narrow(operandAt(o.expr, [...at, make.add(i, make.index(first))], null))),
    ...cells("behind", left + copied, right, () => zero),
  );
  const body = inside ? make.ifThen(inside, row, make.seq(...cells("empty", 0, left + copied + right, () => zero))) : row;
  const merged = withSlack(mergeTail(mergeTail(kernel, cache.name, e), source.name, e), cache.name, slack);
  const nested = simplifyStmt(
    nest(
      "i",
      spans.slice(0, e).map(([l, h]) => h - l + 1),
      body,
    ),
  );
  return {
    ...merged,
    stages: merged.stages.map((s) => (s.name === stage ? { ...s, body: nested } : s)).map((s) => simplifyStage(s)),
  };
}

export const cache: StepDef<"cache"> = {
  name: "cache",
  doc:
    "for ..: .. e(x[f(i)]) ..  -->  for j: c[j] = e(x[j]); for ..: .. c[f(i)] ..: what a stage makes of one operand, computed once per element, over " +
    "exactly the elements that the stage's indices reach (padding becomes a halo, elements between two that are read are left out), in another layout if given, narrowed to `dtype` if its " +
    "values fit. A `const` operand is cached when the kernel is compiled (a prepare kernel, the packing of weights), any other by a stage " +
    "of its own. Legal where all loads of the buffer in the stage have one index and their predicates say no more than that it exists.",
  apply(kernel, step) {
    const stage = stageNamed(kernel, step.stage, step);
    const source = kernel.buffers.find((b) => b.name === step.buffer) ?? illegal(step, `there is no buffer '${step.buffer}'`);
    if (kernel.prepare.some((p) => p.buffer === step.buffer)) illegal(step, `'${step.buffer}' is packed already`);
    const before = firstOfGroup(kernel, kernel.stages.indexOf(stage));
    const writer = kernel.stages
      .slice(before, kernel.stages.indexOf(stage) + 1)
      .find((s) => accessesOf(s.body).writes.has(step.buffer));
    if (writer) illegal(step, `stage '${writer.name}' writes '${step.buffer}'`);
    const env = rangesIn(stage.body);
    const found: Operand[] = [];
    let lost = false;
    mapStmt(stage.body, (e) => {
      if (!loadsOf(e).some((l) => l.buffer === step.buffer)) return e;
      const o = findOperand(e, step.buffer);
      if (o) found.push(o);
      else lost = true;
      return e;
    });
    if (lost || found.length === 0) return illegal(step, `'${step.buffer}' is not read as one operand`);
    const o = found[0];
    if (found.some((x) => exprKey(x.expr) !== exprKey(o.expr)))
      illegal(step, `'${step.buffer}' is read as two different operands`);
    checkPredicates(o, source.shape, env, step);
    const spans = o.index.map((i) => rangeOf(i, env));
    if (spans.some(([lo, hi]) => !Number.isFinite(lo) || !Number.isFinite(hi))) illegal(step, "an index has no known range");
    const dtype = step.dtype ?? (o.expr.t as Buffer["dtype"]);
    if (step.dtype) {
      const range = valueRange(o.expr);
      const { min, max } = dtypeInfo(step.dtype);
      if (!range || range[0] < min || range[1] > max) illegal(step, `values do not fit ${step.dtype}`);
    }
    const layout: readonly LayoutPart[] = step.layout ?? o.index.map((_, dim) => ({ dim }));
    const apart = o.index.map(apartOf);
    if (layout.some((p) => !(p.dim in spans))) illegal(step, `'${step.buffer}' has no such dimension`);
    const extentOf = (d: number) => (spans[d][1] - spans[d][0]) / apart[d] + 1;
    const shape = layout.map((p) => p.mod ?? Math.ceil(extentOf(p.dim) / (p.div ?? 1)));
    checkLayout(layout, o.index.length, extentOf, step);
    const isConst = source.role === "const";
    const buffer: Buffer = { name: freshBuffer(kernel, `${step.buffer}p`), dtype, shape, role: isConst ? "const" : "scratch" };
    const fill = fillStage(o, buffer, layout, spans, apart, source.shape);

    const shifted = o.index.map((i, d) => make.div(make.sub(i, make.index(spans[d][0])), make.index(apart[d])));
    const at = layout.map((p) => part(shifted[p.dim], p));
    const read = make.cast(o.expr.t, make.load(buffer.name, dtype, at), true);
    const key = exprKey(o.expr);
    const body = mapStmt(stage.body, (e) => replaceByKey(e, key, read));
    const changed = simplifyStage({ ...stage, body });
    const rest = kernel.stages.map((s) => (s === stage ? changed : s));
    if (!isConst) {
      const next: Kernel = {
        ...kernel,
        buffers: [...kernel.buffers, buffer],
        stages: [...rest.slice(0, before), fill, ...rest.slice(before)],
      };
      const rows =
        step.layout || apart.some((n) => n > 1) ? null : fillByRows(next, fill.name, buffer, source, o, spans, step.slack ?? 0);
      if (step.slack && !rows) illegal(step, "slack is for rows of whole elements");
      return rows ?? next;
    }
    const original: Buffer = { ...source, role: "in" };
    const prepare: Kernel = {
      name: `${kernel.name}_pack_${step.buffer}`,
      buffers: [original, { ...buffer, role: "out" }],
      stages: [fill],
      prepare: [],
    };
    const stillRead = rest.some((s) => readsOf(s).has(step.buffer));
    const place = kernel.buffers.indexOf(source);
    const buffers = kernel.buffers.flatMap((b, i) => (i !== place ? [b] : stillRead ? [b, buffer] : [buffer]));
    return { ...kernel, buffers, stages: rest, prepare: [...kernel.prepare, { buffer: buffer.name, kernel: prepare }] };
  },
};

function readsOf(s: Stage): ReadonlySet<string> {
  const names = new Set<string>();
  mapStmt(s.body, (e) => {
    for (const l of loadsOf(e)) names.add(l.buffer);
    return e;
  });
  return names;
}

function replaceByKey(e: Expr, key: string, by: Expr): Expr {
  if (exprKey(e) === key) return by;
  return withChildren(
    e,
    childrenOf(e).map((c) => replaceByKey(c, key, by)),
  );
}

/** A fill stands before the init stage of the reduction that reads it, so that init, reduction and maps stay together. */
function firstOfGroup(kernel: Kernel, at: number): number {
  const name = kernel.stages[at].name;
  return at > 0 && kernel.stages[at - 1].name.startsWith(`${name.split(".")[0]}.init`) ? at - 1 : at;
}

/** The parts of every dimension name each of its positions once: div of the first is what mod of the next ones leaves. */
function checkLayout(layout: readonly LayoutPart[], rank: number, extentOf: (d: number) => number, step: CacheStep): void {
  for (let d = 0; d < rank; d++) {
    const parts = layout.filter((p) => p.dim === d).sort((a, b) => (a.div ?? 1) - (b.div ?? 1));
    let covered = 1;
    for (const p of parts) {
      if ((p.div ?? 1) !== covered) illegal(step, `the layout leaves out positions of dimension ${d}`);
      covered = p.mod ? covered * p.mod : Number.POSITIVE_INFINITY;
    }
    if (covered < extentOf(d)) illegal(step, `the layout leaves out positions of dimension ${d}`);
  }
}
