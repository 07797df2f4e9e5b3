import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { builtinOps } from "../../../src/ir/ops/index.js";

const CASES = Number(process.env.QC_ORACLE_CASES ?? 40);

/** eval(op) = js(lower(op)) on drawn cases: exact for integers and bools, within rounding for floats. */
describe("every op means the same evaluated and lowered", () => {
  for (const def of builtinOps) {
    it(def.name, () => {
      for (let seed = 1; seed <= CASES; seed++) {
        const c = drawCase(def, seed);
        const want = def.eval(c.inputs, c.attrs as never, c.types);
        expect(
          want.map((t) => t.type),
          `${def.name}, seed ${seed}: types of eval`,
        ).toEqual(c.types);
        const group = lowerCase(def, c, (i) => i % 2 === 1);
        verifyKernel(group.kernel);
        const got = runKernel(group.kernel, operandData(group, c), { checked: true });
        want.forEach((t, i) => {
          const differs = difference(t, got[`y${i}`]);
          expect(differs && `${def.name}, seed ${seed}, result ${i}: ${differs}; attrs ${JSON.stringify(c.attrs)}`).toBeNull();
        });
      }
    });
  }
});
