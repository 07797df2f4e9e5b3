/** What op records say of axes, held against what the ops mean: every op with a member of `layout`, on drawn cases. */
import { describe, expect, it } from "vitest";
import { drawCase } from "../../../src/check/draw/op-case.js";
import { layoutProperties } from "../../../src/check/ops/layout.js";
import { createContext } from "../../../src/context.js";
import { namesAxis, transposeRule } from "../../../src/ir/op/layout.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { expectHeld } from "../../helpers/held.js";

const ctx = createContext();
/** A rule may take few of the cases that its op draws. */
const MANY = { seed: 1, cases: 400 };
const FEWEST = 6;

for (const def of builtinOps) {
  const properties = layoutProperties(def, ctx);
  describe.skipIf(properties.length === 0)(def.name, () => {
    for (const p of properties)
      it(p.name, async () => {
        expect((await expectHeld(p, MANY)).cases).toBeGreaterThan(FEWEST);
      });
  });
}

it("an element-wise op names an axis only where its attributes do", () => {
  const typesOf = (inputs: readonly (Tensor | null)[]) => inputs.map((t) => t?.type ?? null);
  const named = builtinOps.filter((def) =>
    Array.from({ length: 80 }, (_, seed) => drawCase(def, seed + 1)).some(
      (c) => def.traits.includes("elementwise") && namesAxis(def, c.attrs, typesOf(c.inputs)),
    ),
  );
  expect(named.map((d) => d.name).sort()).toEqual(["quantize", "requantize"]);
});

/** Integers are interpolated from a sum in the order of the axes: a tie may round the other way where they change places. */
it("resize lets a transpose pass integers only where resampled axes keep their order", () => {
  const resize = builtinOps.find((d) => d.name === "resize")!;
  const attrs = { shape: [1, 2, 4, 6], scales: [1, 1, 2, 2], mode: "linear", coordinates: "half_pixel", roi: [] } as never;
  const behind = (dtype: "u8" | "f32", p: readonly number[]) =>
    transposeRule(resize)!.behind(attrs, p, [tensorType(dtype, [1, 2, 2, 3])])?.perm;
  expect(behind("u8", [0, 3, 1, 2])).toEqual([0, 3, 1, 2]);
  expect(behind("u8", [0, 1, 3, 2])).toBeUndefined();
  expect(behind("f32", [0, 1, 3, 2])).toEqual([0, 1, 3, 2]);
});
