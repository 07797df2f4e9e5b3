import * as make from "../../loop/make.js";
import { mapExpr, mapStmt } from "../../loop/visit.js";
import { editStage, illegal, type StepDef } from "../step.js";

export const prefetch: StepDef<"prefetch"> = {
  name: "prefetch",
  doc:
    "y += x w[i]  -->  y += x ahead(w[i], n)   for vectors of a packed constant: the value is the same, the cache line n bytes behind is asked " +
    "for. Always legal: what lies there is not read.",
  apply(kernel, step) {
    const buffer = kernel.buffers.find((b) => b.name === step.buffer);
    if (buffer?.role !== "const") return illegal(step, `'${step.buffer}' is no constant`);
    if (!Number.isInteger(step.distance) || step.distance < 1) illegal(step, "the distance is no positive whole number");
    let changed = false;
    const next = editStage(kernel, step.stage, step, (body) =>
      mapStmt(body, (e) =>
        mapExpr(e, (x) => {
          if (x.k !== "load" || x.buffer !== step.buffer || x.lanes === 1) return x;
          changed = true;
          return make.ahead(x, step.distance);
        }),
      ),
    );
    return changed ? next : illegal(step, `no vector of '${step.buffer}' is read`);
  },
};
