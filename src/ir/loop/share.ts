/** store(y, .. e .. e ..)  -->  let v = e: store(y, .. v .. v ..)   for values that occur more than once in one statement. */
import type { Expr } from "./expr.js";
import * as make from "./make.js";
import type { Stage, Stmt } from "./stmt.js";
import { childrenOf, exprsOf, mapOwnExprs, mapStmt, withChildren } from "./visit.js";

/** Numbers structurally equal expressions alike, without spelling them out. */
function numbering(): (e: Expr) => number {
  const ids = new Map<string, number>();
  const memo = new Map<Expr, number>();
  const number = (e: Expr): number => {
    const known = memo.get(e);
    if (known !== undefined) return known;
    const own = {
      ...e,
      index: undefined,
      pred: undefined,
      a: undefined,
      b: undefined,
      x: undefined,
      cond: undefined,
      base: undefined,
      args: undefined,
    };
    const head = JSON.stringify(own, (_, v: unknown) =>
      typeof v === "bigint"
        ? `${v}n`
        : typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0))
          ? `#${Object.is(v, -0) ? "-0" : v}`
          : v,
    );
    const key = `${head}(${childrenOf(e).map(number).join(",")})${e.k === "load" && e.pred ? "?" : ""}`;
    const id = ids.get(key) ?? ids.size;
    ids.set(key, id);
    memo.set(e, id);
    return id;
  };
  return number;
}

const worthNaming = (e: Expr): boolean =>
  e.t !== "index" && !["const", "var", "splat", "ramp"].includes(e.k) && !(e.k === "cast" && e.x.k === "const");

/** Binds repeated values of one statement by `let`, innermost values first. */
function shareIn(s: Stmt, fresh: () => string): Stmt {
  const number = numbering();
  const uses = new Map<number, number>();
  const seen = new Set<number>();
  const count = (e: Expr): void => {
    const id = number(e);
    uses.set(id, (uses.get(id) ?? 0) + 1);
    if (seen.has(id)) return;
    seen.add(id);
    for (const c of childrenOf(e)) count(c);
  };
  for (const e of exprsOf(s)) count(e);

  const lets: { name: string; value: Expr }[] = [];
  const done = new Map<number, Expr>();
  const rebuild = (e: Expr): Expr => {
    const id = number(e);
    const known = done.get(id);
    if (known) return known;
    const x = withChildren(e, childrenOf(e).map(rebuild));
    const named = (uses.get(id) ?? 0) > 1 && worthNaming(e);
    const result = named ? make.variable(fresh(), x.t, x.lanes) : x;
    if (named && result.k === "var") lets.push({ name: result.name, value: x });
    done.set(id, result);
    return result;
  };
  const body = mapOwnExprs(s, rebuild);
  return lets.reduceRight((inner, l) => make.letIn(l.name, l.value, inner), body);
}

/** Names repeated values of every store of a stage `v0`, `v1`, ...; reductions keep their form, which schedules look at. */
export function shareStage(stage: Stage): Stage {
  let next = 0;
  const fresh = () => `v${next++}`;
  return {
    ...stage,
    body: mapStmt(
      stage.body,
      (e) => e,
      (s) => (s.k === "store" ? shareIn(s, fresh) : s),
    ),
  };
}
