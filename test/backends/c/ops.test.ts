import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { difference, drawCase, lowerCase, operandData } from "../../ir/ops/lower-op.js";
import { COMPILERS } from "./compilers.js";
import { runKernels } from "./kernels.js";

/** Of each op; more where a change of the backend asks for it. */
const CASES = Number(process.env.QC_C_CASES ?? 1);
/** Kernels in one program. */
const BATCH = 120;

const drawn = builtinOps.flatMap((def) =>
  Array.from({ length: CASES }, (_, k) => {
    const c = drawCase(def, 3000 + k);
    const group = lowerCase(def, c, (i) => i % 2 === 1);
    const data = operandData(group, c);
    return { def, c, group, data, want: runKernel(group.kernel, data), seed: 3000 + k };
  }),
);
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
