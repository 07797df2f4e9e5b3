import { verifyModule } from "../../ir/op/verify.js";
import { QcError } from "../../support/diag.js";
import type { Instrument } from "../manager.js";

/** Checks the module after every pass that changed it; the error names the pass that broke it. */
export function verifyEach(): Instrument {
  return {
    name: "verify-each",
    after(m, step, index, changed, ctx) {
      const diags = changed ? verifyModule(m, ctx.ops, ctx.blobs) : [];
      if (diags.length === 0) return;
      const where = `after pass '${step.pass.name}' (number ${index})`;
      throw new QcError(diags.map((d) => ({ ...d, message: `${where}: ${d.message}` })));
    },
  };
}
