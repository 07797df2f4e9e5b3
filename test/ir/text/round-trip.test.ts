import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomModule } from "../../../src/check/draw/random-module.js";
import { verifyModule } from "../../../src/ir/op/verify.js";
import { parseModule, parseText } from "../../../src/ir/text/parse-module.js";
import { printKernel } from "../../../src/ir/text/print-kernel.js";
import { printModule } from "../../../src/ir/text/print-module.js";
import { irContext } from "../../helpers/ir-context.js";
import { randomKernel } from "../../helpers/random-kernel.js";
import { randomLoops } from "../../helpers/random-loops.js";

const ctx = irContext();

describe("parse(print(m)) = m", () => {
  it("for random modules, locations and counters included", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 40 }), (seed, inlineElements) => {
        const { module } = randomModule(ctx, seed);
        expect(verifyModule(module, ctx.ops, ctx.blobs)).toEqual([]);
        const text = printModule(module, ctx, { locs: true, inlineElements });
        const back = parseModule(text, "t.qc", ctx);
        expect(back).toEqual(module);
        expect(printModule(back, ctx, { locs: true, inlineElements })).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it("but for locations and counters in the form for people", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { module } = randomModule(ctx, seed);
        const text = printModule(module, ctx);
        expect(printModule(parseModule(text, "t.qc", ctx), ctx)).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  it("for random kernels of every form", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const kernel = randomLoops(seed);
        const text = printKernel(kernel);
        const back = parseText(text, "k.qc", ctx).kernels;
        expect(back).toEqual([kernel]);
        expect(printKernel(back[0])).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  for (const def of ctx.ops.all()) {
    it(`for kernels of ${def.name}`, () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => {
          const { kernel } = randomKernel(def, seed);
          const text = printKernel(kernel);
          expect(parseText(text, "k.qc", ctx)).toEqual({ module: null, kernels: [kernel] });
        }),
        { numRuns: 8 },
      );
    });
  }
});
