/** Steps that choose other arithmetic for the innermost statement of a reduction: contract, pairs. */
import type { Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { mapStmt } from "../../loop/visit.js";
import { editStage, illegal, type StepDef } from "../step.js";
import { broadcastGroup, contiguousGroup, groupProducts, stridedGroup } from "./groups.js";

export const contract: StepDef<"contract"> = {
  name: "contract",
  doc: "acc[i] += a b  -->  acc[i] = fma(a, b, acc[i])   on floats: rounded once or twice, as the target is faster. Always legal.",
  apply(kernel, step) {
    let changed = false;
    const next = editStage(kernel, step.stage, step, (body) =>
      mapStmt(
        body,
        (e) => e,
        (s) => {
          if (
            s.k !== "reduce" ||
            s.op !== "add" ||
            s.value.k !== "bin" ||
            s.value.op !== "mul" ||
            !(s.value.t === "f32" || s.value.t === "f64")
          )
            return s;
          const lanes = Math.max(1, ...s.index.map((i) => i.lanes));
          if (lanes !== s.value.lanes) return s;
          changed = true;
          return make.store(s.buffer, s.index, make.fma(s.value.a, s.value.b, make.load(s.buffer, s.value.t, s.index)));
        },
      ),
    );
    return changed ? next : illegal(step, "there is no float multiply-add");
  },
};

/** cast(i32, load of i16 or i8) below splats. */
function narrowLoad(e: Expr): LoadExpr | null {
  if (e.k === "splat") return narrowLoad(e.x);
  if (e.k === "cast" && e.t === "i32" && e.x.k === "load" && (e.x.t === "i16" || e.x.t === "i8") && !e.x.pred) return e.x;
  if (e.k === "cast" && e.t === "i32" && e.x.k === "splat") return narrowLoad({ ...e, x: e.x.x });
  return null;
}

export const pairs: StepDef<"pairs"> = {
  name: "pairs",
  doc:
    "for c in [0, 2): acc[k..] += i32(x[.., c]) i32(w[.., k.., c])  -->  acc[k..] += madd(x[.., 0..1] repeated, w[.., k.., 0..1])   on i16 operands: " +
    "vpmaddwd; weights may be i8, widened as they are loaded. Legal for a loop of two iterations over one such vector reduction (or an unrolled nest of them), w's last dimension being c, or k and c being one, 2 k + c.",
  apply(kernel, step) {
    return groupProducts(kernel, step, 2, (product, v, shapeOf) => {
      const [a, b] = [narrowLoad(product.a), narrowLoad(product.b)];
      if (!a || !b) return illegal(step, "the operands are no i16 vectors");
      const [lone] = [a, b].filter((l) => l.lanes === 1);
      if (lone ? lone.t !== "i16" : a.t !== "i16" || b.t !== "i16") illegal(step, "the operands are no i16 vectors");
      const sides = [a, b].map((l) => stridedGroup(l, v, product.lanes, 2));
      if (sides[0] && sides[1]) return { weights: null, sum: make.madd(sides[0], sides[1]) };
      const [x, w] = a.lanes === 1 ? [a, b] : [b, a];
      const repeated = broadcastGroup(x, v, product.lanes, 2);
      const flat = sides[a.lanes === 1 ? 1 : 0];
      const row = flat ?? contiguousGroup(w, v, product.lanes, 2, shapeOf(w.buffer));
      return (
        repeated &&
        row && { weights: flat ? null : w.buffer, sum: make.madd(make.bitcast("i16", repeated), make.cast("i16", row)) }
      );
    });
  },
};
