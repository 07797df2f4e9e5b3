/** Step join: a window of neighbours and their channels as one run along memory. */
import { type Affine, addScaled, affineOf, exprKey, exprOfAffine } from "../../loop/affine.js";
import { type Expr, isComparison } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { simplifyStage } from "../../loop/simplify.js";
import type { Kernel, ReduceStmt } from "../../loop/stmt.js";
import { accessesOf, type LoopHead, loadsOf, mapExpr, nestOf, ofNest, usesVar } from "../../loop/visit.js";
import { mergeTail } from "../merge-dims.js";
import { illegal, replaceStage, type StepDef, type StepOf, stageNamed } from "../step.js";

type JoinStep = StepOf<"join">;

const coefOf = (a: Affine, v: string): number => a.terms.get(v)?.coef ?? 0;
const isPlain = (e: Expr | undefined, v: string): boolean => e?.k === "var" && e.name === v;

/** a c + b with c the extent of b, as a function of the joined loop; null where it is no such sum. */
function joined(e: Expr, a: LoopHead, b: LoopHead, name: string): Expr | null {
  const form = affineOf(e);
  const each = coefOf(form, b.name);
  if (each === 0 || coefOf(form, a.name) !== each * b.extent) return null;
  const terms = new Map([...form.terms].filter(([key]) => key !== a.name && key !== b.name));
  if ([...terms.values()].some((t) => usesVar(t.atom, new Set([a.name, b.name])))) return null;
  terms.set(name, { atom: make.variable(name), coef: each });
  return exprOfAffine({ constant: form.constant, terms });
}

/** 0 <= e and e < dim of a comparison, as forms that are not negative. */
function atLeastZero(e: Expr): Affine | null {
  if (e.k !== "bin" || e.a.t !== "index") return null;
  const minus = (x: Expr, y: Expr, less: number): Affine => {
    const form = addScaled(affineOf(x), affineOf(y), -1);
    return { ...form, constant: form.constant - less };
  };
  if (e.op === "ge") return minus(e.a, e.b, 0);
  if (e.op === "gt") return minus(e.a, e.b, 1);
  if (e.op === "le") return minus(e.b, e.a, 0);
  return e.op === "lt" ? minus(e.b, e.a, 1) : null;
}

const isSame = (a: Affine, b: Affine): boolean => exprKey(exprOfAffine(a)) === exprKey(exprOfAffine(b));

function rewrite(kernel: Kernel, step: JoinStep): Kernel {
  const stage = stageNamed(kernel, step.stage, step);
  const { loops, body } = nestOf(stage.body);
  const at = loops.findIndex((l) => l.name === step.loops[0]);
  const [a, b] = [loops[at], loops[at + 1]];
  if (!a || b?.name !== step.loops[1]) return illegal(step, "the loops do not follow each other in a perfect nest");
  if (a.kind !== "serial" || b.kind !== "serial") illegal(step, "both loops must be serial");
  if (body.k !== "reduce") return illegal(step, "the nest holds no reduction");
  const names = new Set([a.name, b.name]);
  if (body.index.some((i) => usesVar(i, names))) illegal(step, "the sums are indexed by the loops");
  const shapeOf = (name: string) => kernel.buffers.find((x) => x.name === name)?.shape ?? [];

  const merged = new Set<string>();
  // an index that is compared: the merged one takes its place, (a + e) in [0, n) being (a c + b + e c) in [0, n c)
  const compared: { readonly index: Affine; readonly by: Expr; readonly size: number }[] = [];
  for (const l of loadsOf(body.value)) {
    if (!l.index.some((i) => usesVar(i, names))) continue;
    const shape = shapeOf(l.buffer);
    const [first, second] = [l.index[l.index.length - 2], l.index[l.index.length - 1]];
    const whole = shape[shape.length - 1] === b.extent && isPlain(second, b.name) && first !== undefined;
    if (!whole || l.index.slice(0, -2).some((i) => usesVar(i, names)) || coefOf(affineOf(first), a.name) !== 1)
      return illegal(step, `'${l.buffer}' does not hold the elements of '${b.name}' whole, side by side for '${a.name}'`);
    if (kernel.prepare.some((p) => p.buffer === l.buffer)) illegal(step, `'${l.buffer}' is packed already`);
    merged.add(l.buffer);
    compared.push({
      index: affineOf(first),
      by: make.add(make.mul(first, make.index(b.extent)), second),
      size: shape[shape.length - 2],
    });
  }
  if (merged.size === 0) return illegal(step, "nothing is indexed by the loops");
  const { writes } = accessesOf(stage.body);
  if ([...merged].some((x) => writes.has(x))) illegal(step, "what is written is indexed by the loops");

  const name = `${a.name}.${b.name}`;
  const wider = (e: Expr): Expr => {
    if (e.k !== "bin" || !isComparison(e.op) || !usesVar(e, names)) return e;
    const form = atLeastZero(e);
    for (const { index, by, size } of form ? compared : []) {
      const last = addScaled({ constant: size - 1, terms: new Map() }, index, -1);
      if (form && isSame(form, index)) return make.bin("ge", by, make.index(0));
      if (form && isSame(form, last)) return make.bin("lt", by, make.index(size * b.extent));
    }
    return illegal(step, "a predicate is not the bounds of an index");
  };
  const reduce: ReduceStmt = { ...body, value: mapExpr(body.value, wider) };
  const start = replaceStage(kernel, stage.name, [{ ...stage, body: ofNest({ loops, body: reduce }) }]);
  const flat = [...merged].reduce((k, x) => mergeTail(k, x, shapeOf(x).length - 2), start);
  const inner = nestOf(stageNamed(flat, step.stage, step).body).body as ReduceStmt;
  const run = (e: Expr): Expr => (usesVar(e, names) ? (joined(e, a, b, name) ?? e) : e);
  const value = mapIndices(inner.value, run);
  if (usesVar(value, names)) illegal(step, `'${a.name}' and '${b.name}' are used apart`);
  const fused = [...loops.slice(0, at), { ...a, name, extent: a.extent * b.extent }, ...loops.slice(at + 2)];
  return replaceStage(flat, stage.name, [simplifyStage({ ...stage, body: ofNest({ loops: fused, body: { ...inner, value } }) })]);
}

/** Every whole index expression, in loads and comparisons. */
function mapIndices(e: Expr, f: (index: Expr) => Expr): Expr {
  return mapExpr(e, (x) => {
    if (x.k === "load") return { ...x, index: x.index.map(f) };
    return x.k === "bin" && isComparison(x.op) && x.a.t === "index" ? make.bin(x.op, f(x.a), f(x.b)) : x;
  });
}

export const join: StepDef<"join"> = {
  name: "join",
  doc:
    "for a in [0, n) for b in [0, m): acc += x[.., i + a, b] w[.., a, b]  -->  for a.b in [0, n m): acc += x[.., m i + a.b] w[.., a.b]   the taps of a row " +
    "and their channels as one run: fewer groups of products are filled with zeros. Buffers lose a dimension, their bytes stay. Legal for " +
    "two serial loops in a row of a reduction where b is the whole last dimension of all that they index, a runs along the one before it, " +
    "and predicates say no more than that elements exist.",
  apply: rewrite,
};
