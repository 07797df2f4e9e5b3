import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { drawNonFinite } from "../../../src/check/draw/non-finite.js";
import { difference, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import { builtinOps } from "../../../src/ir/ops/index.js";

const CASES = Number(process.env.QC_ORACLE_CASES ?? 40);

/** eval(op) = js(lower(op)) where operands hold NaN and infinities: NaN at the same places, infinities of the same sign. */
describe("every op means the same on NaN and infinities", () => {
  it.each(builtinOps.map((def) => ({ name: def.name, def })))("$name", ({ name, def }) => {
    for (let seed = 1; seed <= CASES; seed++) {
      const c = drawNonFinite(def, seed);
      if (c === null) continue;
      const want = def.eval(c.inputs, c.attrs as never, c.types);
      const group = lowerCase(def, c);
      const got = runKernel(group.kernel, operandData(group, c), { checked: true });
      want.forEach((t, i) => {
        const differs = difference(t, got[`y${i}`]);
        expect(differs && `${name}, seed ${seed}, result ${i}: ${differs}; attrs ${JSON.stringify(c.attrs)}`).toBeNull();
      });
    }
  });
});
