import { fail } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import type { InferNode } from "../graph/func-builder.js";
import { inferOp, type OpRegistry } from "./registry.js";

/** Typing of graph nodes by the op registry. `call` nodes carry their result types and are typed by whoever makes them. */
export const inferWith =
  (ops: OpRegistry): InferNode =>
  (op, types, attrs, loc) => {
    const def =
      ops.get(op) ??
      fail("QC-IR-009", `unknown op '${op}'`, {
        loc,
        help: didYouMean(
          op,
          ops.all().map((d) => d.name),
        ),
      });
    return inferOp(def, types, attrs, (code, message) => fail(code, message, { loc }));
  };
