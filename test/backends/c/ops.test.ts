import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { drawNonFinite } from "../../../src/check/draw/non-finite.js";
import { type Drawn, difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import { walkStmt } from "../../../src/ir/loop/visit.js";
import type { OpDef } from "../../../src/ir/op/define.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { isFloat } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { COMPILERS } from "./compilers.js";
import { runKernels } from "./kernels.js";

/** Of each op; more where a change of the backend asks for it. */
const CASES = Number(process.env.QC_C_CASES ?? 1);
/** Kernels in one program. */
const BATCH = 120;

const caseOf = (def: OpDef, c: Drawn, seed: number) => {
  const group = lowerCase(def, c, (i) => i % 2 === 1);
  const data = operandData(group, c);
  return { def, c, group, data, want: runKernel(group.kernel, data), seed };
};
type Case = ReturnType<typeof caseOf>;
const seeds = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => 3000 + k);

/** Of ops that keep the least or greatest of floats, where a NaN must stay whatever stands behind it. */
const NON_FINITE = 8;
function hasFloatExtreme({ group: { kernel } }: Case): boolean {
  const buffers = [...kernel.buffers];
  const extremes = new Set<string>();
  for (const stage of kernel.stages) {
    walkStmt(stage.body, (s) => {
      if (s.k === "alloc") buffers.push(s.buffer);
      if (s.k === "reduce" && (s.op === "min" || s.op === "max")) extremes.add(s.buffer);
    });
  }
  return buffers.some((b) => extremes.has(b.name) && isFloat(b.dtype));
}

const drawn = builtinOps.flatMap((def) => {
  const ordinary = seeds(CASES).map((seed) => caseOf(def, drawCase(def, seed), seed));
  const nonFinite = ordinary.some(hasFloatExtreme) ? seeds(NON_FINITE) : [];
  const special = nonFinite.flatMap((seed) => {
    const c = drawNonFinite(def, seed);
    return c === null ? [] : [caseOf(def, c, seed)];
  });
  return [...ordinary, ...special];
});
const batches = Array.from({ length: Math.ceil(drawn.length / BATCH) }, (_, b) => drawn.slice(b * BATCH, (b + 1) * BATCH));

/** c(lower(op)) = js(lower(op)) on drawn cases: exact for integers and bools, within rounding for floats; without a warning, or a word of a sanitizer. */
for (const compiler of COMPILERS) {
  describe.skipIf(!compiler.path)(`every op, c = js, ${compiler.name}`, () => {
    it.each(batches.map((cases, b) => ({ b, cases })))(
      "cases $b",
      ({ cases }) => {
        const got = runKernels(
          compiler,
          cases.map((x) => x.group.kernel),
          cases.map((x) => x.data),
        );
        const failures = cases.flatMap(({ def, c, group, want, seed }, i) =>
          group.kernel.buffers.flatMap((b) => {
            if (b.role !== "out" && b.role !== "inout") return [];
            const tensor: Tensor = { type: tensorType(b.dtype, b.shape), data: want[b.name] };
            const differs = difference(tensor, got[i][b.name]);
            return differs === null ? [] : [`${def.name}, seed ${seed}, ${b.name}: ${differs}; ${JSON.stringify(c.attrs)}`];
          }),
        );
        expect(failures).toEqual([]);
      },
      600_000,
    );
  });
}
