import { rangeOf } from "../../loop/affine.js";
import type { Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { simplifyExpr } from "../../loop/simplify.js";
import type { Kernel, Stmt } from "../../loop/stmt.js";
import { loadsOf, nestOf, substitute } from "../../loop/visit.js";
import { editStage, illegal, loopNamed, replaceStmt, type StepDef, stageNamed } from "../step.js";
import { rangesIn } from "./loops.js";

const isZero = (e: Expr): boolean => (e.k === "cast" ? isZero(e.x) : make.isConstValue(e, 0));

/** Whether a packed constant holds zero where a load reads it: what its prepare kernel stores there. */
function readsZero(kernel: Kernel, load: LoadExpr, body: Stmt): boolean {
  const fill = kernel.prepare.find((p) => p.buffer === load.buffer)?.kernel.stages[0];
  if (!fill) return false;
  const { body: store } = nestOf(fill.body);
  if (store.k !== "store") return false;
  const at = store.index.map((i, d): [string, Expr] | null => (i.k === "var" ? [i.name, load.index[d]] : null));
  const known = new Map(at.filter((x) => x !== null));
  return isZero(simplifyExpr(substitute(store.value, known), rangesIn(body)));
}

export const widen: StepDef<"widen"> = {
  name: "widen",
  doc:
    "for c in [0, n): acc += x[c] w[c]  -->  for c in [0, m): acc += x[c] w[c]   where w is a packed constant that holds zeros from n to m. Legal for " +
    "integer products in a perfect nest whose loads stay inside of their buffers.",
  apply(kernel, step) {
    const stage = stageNamed(kernel, step.stage, step);
    const target = loopNamed(stage.body, step.loop, step);
    if (step.extent <= target.extent) illegal(step, `the loop has ${target.extent} iterations already`);
    const { body } = nestOf(target);
    const value = body.k === "reduce" && body.op === "add" ? body.value : illegal(step, "the loop holds more than a sum");
    if (value.k !== "bin" || value.op !== "mul" || value.t !== "i32") return illegal(step, "the sum is not of integer products");
    const wide: Stmt = { ...target, extent: step.extent };
    const env = rangesIn(replaceStmt(stage.body, target, wide));
    for (const l of loadsOf(value)) {
      const shape = kernel.buffers.find((b) => b.name === l.buffer)?.shape ?? [];
      const inside = l.index.every((i, d) => rangeOf(i, env)[0] >= 0 && rangeOf(i, env)[1] < shape[d]);
      if (!inside || l.pred) illegal(step, `'${l.buffer}' would be read outside of its bounds`);
    }
    for (let c = target.extent; c < step.extent; c++) {
      const at = new Map([[step.loop, make.index(c)]]);
      const factors = loadsOf(value).map((l) => ({ ...l, index: l.index.map((i) => simplifyExpr(substitute(i, at), env)) }));
      if (!factors.some((l) => readsZero(kernel, l, stage.body))) illegal(step, `no factor is zero at ${step.loop} = ${c}`);
    }
    return editStage(kernel, step.stage, step, (s) => replaceStmt(s, target, wide));
  },
};
