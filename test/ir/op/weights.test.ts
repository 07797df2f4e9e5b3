/** What OpDef.weights promises, for every op that has it: the axes are those that `infer` and `eval` act by. */
import { describe, expect, it } from "vitest";
import { weightProperties } from "../../../src/check/ops/weights.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { expectHeld } from "../../helpers/held.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();
const withWeights = builtinOps.filter((d) => d.weights);

describe("weights of every op that has them", () => {
  it("are said by every op that the quantizers know as a contraction", () => {
    const contractions = builtinOps.filter((d) => d.traits.includes("contraction")).map((d) => d.name);
    expect(contractions.filter((name) => !withWeights.some((d) => d.name === name))).toEqual([]);
  });
  for (const def of withWeights)
    for (const property of weightProperties(def, ctx))
      it(`${def.name}: ${property.name}`, async () => {
        expect((await expectHeld(property, { seed: 1, cases: 60 })).cases).toBeGreaterThan(5);
      });
});
