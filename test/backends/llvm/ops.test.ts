import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { drawNonFinite } from "../../../src/check/draw/non-finite.js";
import { difference, drawCase, lowerCase, operandData } from "../../../src/check/draw/op-case.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { dtypeInfo } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { buildNative, openNative } from "./native.js";

const CASES = Number(process.env.QC_NATIVE_CASES ?? 4);
/** Kernels in one shared object. */
const BATCH = 120;

const native = openNative();
/** Every second case holds NaN and infinities, where the op takes floats. */
const drawn = builtinOps.flatMap((def) =>
  Array.from({ length: CASES }, (_, k) => {
    const seed = 1000 + k;
    const c = (k % 2 ? drawNonFinite(def, seed) : null) ?? drawCase(def, seed);
    return { def, c, group: lowerCase(def, c, (i) => i % 2 === 1), seed };
  }),
);

/** native(lower(op)) = js(lower(op)) on drawn cases: exact for integers and bools, within rounding for floats. */
for (const name of ["llvm", "llvm -mcpu=haswell", "llvm -mcpu=x86-64"]) {
  const target = native.target(name);
  describe.skipIf(!native.runsHere(target))(`every op, native = js, ${name}`, () => {
    const batches = Array.from({ length: Math.ceil(drawn.length / BATCH) }, (_, b) => drawn.slice(b * BATCH, (b + 1) * BATCH));
    it.each(batches.map((cases, b) => ({ b, cases })))("cases $b", ({ cases }) => {
      const built = buildNative(native, cases.map((x) => x.group.kernel), target); // biome-ignore format: one call
      const failures = cases.flatMap(({ def, c, group, seed }, i) => {
        const data = operandData(group, c);
        const want = runKernel(group.kernel, data);
        const got = built.run(i, data);
        return group.kernel.buffers.flatMap((b) => {
          if (b.role !== "out" && b.role !== "inout") return [];
          const tensor: Tensor = { type: tensorType(b.dtype, b.shape), data: want[b.name] };
          const differs = difference(tensor, got[b.name]);
          return differs === null
            ? []
            : [`${def.name}, seed ${seed}, ${b.name} ${dtypeInfo(b.dtype).bits} bits: ${differs}; ${JSON.stringify(c.attrs)}`];
        });
      });
      expect(failures).toEqual([]);
    });
  });
}
