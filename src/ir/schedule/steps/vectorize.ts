import { affineOf, exprOfAffine } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Stmt } from "../../loop/stmt.js";
import { accessesOf, childrenOf, exprsOf, loadsOf, usesVar, walkStmt, withChildren } from "../../loop/visit.js";
import { editStage, illegal, loopNamed, replaceStmt, type StepDef, type StepOf } from "../step.js";

/** Rewrites an expression over `lanes` values of `v`; what does not depend on it stays scalar. */
function vectorizer(v: string, lanes: number) {
  const vectors = new Set<string>([v]);
  const expr = (e: Expr): Expr => {
    if (!usesVar(e, vectors)) return e;
    if (e.k === "var") return e.name === v ? make.ramp(make.index(0), 1, lanes) : { ...e, lanes };
    if (e.t === "index" && e.k === "bin") {
      const form = affineOf(e);
      const own = form.terms.get(v);
      const rest = { constant: form.constant, terms: new Map([...form.terms].filter(([k]) => k !== v)) };
      const free = [...rest.terms.values()].every((t) => !usesVar(t.atom, vectors));
      if (own && free) return make.ramp(exprOfAffine(rest), own.coef, lanes);
    }
    return withChildren(e, childrenOf(e).map(expr));
  };
  return { vectors, expr };
}

function vectorizeStmt(s: Stmt, v: string, lanes: number, step: StepOf<"vectorize">): Stmt {
  const { vectors, expr } = vectorizer(v, lanes);
  const visit = (x: Stmt): Stmt => {
    switch (x.k) {
      case "for":
        return { ...x, body: visit(x.body) };
      case "seq":
        return make.seq(...x.body.map(visit));
      case "let": {
        const value = expr(x.value);
        if (value.lanes > 1) vectors.add(x.name);
        return { ...x, value, body: visit(x.body) };
      }
      case "if": {
        if (usesVar(x.cond, vectors)) return illegal(step, "an if depends on the loop");
        return make.ifThen(x.cond, visit(x.then), x.else && visit(x.else));
      }
      case "store": {
        const index = x.index.map(expr);
        const value = expr(x.value);
        const pred = x.pred && expr(x.pred);
        if (!index.some((i) => i.lanes > 1)) return illegal(step, `every iteration stores to one element of '${x.buffer}'`);
        return { ...x, index, value: make.splat(value, lanes), pred: pred && make.splat(pred, lanes) };
      }
      case "reduce": {
        const index = x.index.map(expr);
        return { ...x, index, value: make.splat(expr(x.value), lanes) };
      }
      case "alloc":
        return illegal(step, "the loop holds an alloc");
    }
  };
  return visit(s);
}

/** Elements that a loop's iterations write must not be read by other iterations. */
function checkIndependent(body: Stmt, v: string, step: StepOf<"vectorize">): void {
  const { writes } = accessesOf(body);
  const one = new Set([v]);
  const places = new Map<string, string>();
  walkStmt(body, (s) => {
    if (s.k !== "store" && s.k !== "reduce") return;
    if (s.k === "store" && !s.index.some((i) => usesVar(i, one)))
      illegal(step, `every iteration stores to one element of '${s.buffer}'`);
    places.set(s.buffer, JSON.stringify(s.index));
  });
  walkStmt(body, (s) => {
    for (const e of exprsOf(s)) {
      for (const l of loadsOf(e)) {
        if (writes.has(l.buffer) && JSON.stringify(l.index) !== places.get(l.buffer))
          illegal(step, `'${l.buffer}' is written and read elsewhere`);
      }
    }
  });
}

export const vectorize: StepDef<"vectorize"> = {
  name: "vectorize",
  doc:
    "for i in [0, L): s(i)  -->  s(ramp(0, 1, L)): one statement on vectors of L lanes; loads that do not depend on i are broadcast. A " +
    "reduction into one element adds up the lanes. Legal for 2 to 64 iterations that touch different elements, without if or alloc.",
  apply(kernel, step) {
    return editStage(kernel, step.stage, step, (s) => {
      const target = loopNamed(s, step.loop, step);
      if (target.extent < 2 || target.extent > 64) illegal(step, `${target.extent} lanes`);
      if (target.kind === "parallel") illegal(step, "the loop is parallel");
      walkStmt(target.body, (x) => {
        if (exprsOf(x).some((e) => e.lanes > 1)) illegal(step, "the loop holds vectors already");
      });
      checkIndependent(target.body, target.name, step);
      return replaceStmt(s, target, vectorizeStmt(target.body, target.name, target.extent, step));
    });
  },
};
