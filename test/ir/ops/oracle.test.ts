import { describe, it } from "vitest";
import { inferredAsEvaluated, loweredAsEvaluated, loweredAsEvaluatedNonFinite } from "../../../src/check/ops/meaning.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { expectHeld } from "../../helpers/held.js";
import { irContext } from "../../helpers/ir-context.js";

const AMOUNT = { seed: 1, cases: Number(process.env.QC_ORACLE_CASES ?? 40) };
const ctx = irContext();

/** Exact for integers and bools, within rounding for floats. */
describe("every op means the same evaluated and lowered", () => {
  for (const def of builtinOps) {
    it(def.name, async () => {
      await expectHeld(inferredAsEvaluated(def, ctx), AMOUNT);
      await expectHeld(loweredAsEvaluated(def, ctx), AMOUNT);
    });
  }
});

/** NaN at the same places, infinities of the same sign. */
describe("every op means the same on NaN and infinities", () => {
  for (const def of builtinOps) it(def.name, () => expectHeld(loweredAsEvaluatedNonFinite(def, ctx), AMOUNT));
});
