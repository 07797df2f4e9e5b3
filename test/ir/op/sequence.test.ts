import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadProgram } from "../../../src/backends/js/run-program.js";
import { planModule } from "../../../src/build/plan.js";
import { fedByHand, statefulModule, withoutPositions } from "../../../src/check/draw/stateful-module.js";
import { difference } from "../../../src/check/same-values.js";
import { createContext } from "../../../src/context.js";
import { openSequence } from "../../../src/ir/op/sequence.js";
import { verifyModule } from "../../../src/ir/op/verify.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { printModule } from "../../../src/ir/text/print-module.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../../src/passes/presets.js";

const ctx = createContext();
const OPTIONS = { chains: true, ops: withoutPositions(ctx) };
const LEVELS: readonly OptLevel[] = [0, 1, 2, 3];

describe("T steps of a network with state are T runs of it with the state fed by hand", () => {
  it("in the reference, the text and the verifier", () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { module, steps } = statefulModule(ctx, seed);
        expect(verifyModule(module, ctx.ops, ctx.blobs)).toEqual([]);
        expect(parseModule(printModule(module, ctx, { locs: true }), "t.qc", ctx)).toEqual(module);
        const wanted = fedByHand(module, ctx, steps);
        const sequence = openSequence(module, ctx);
        for (let again = 0; again < 2; again++) {
          steps.forEach((inputs, t) => expect(difference(wanted[t], sequence.step(inputs))).toBeNull());
          sequence.reset();
        }
      }),
      { numRuns: 200 },
    );
  });

  it.each(LEVELS)("as a program, -O%i", (level) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { module, steps } = statefulModule(ctx, seed, OPTIONS);
        const fused = runPipeline(
          module,
          parsePipeline(`${canonicalPipeline(level)},${loweredPipeline(level)}`, ctx.passes),
          ctx,
        );
        expect(verifyModule(fused, ctx.ops, ctx.blobs)).toEqual([]);
        const { program } = planModule(fused, ctx, (k) => k);
        const sequence = openSequence(fused, ctx); // what the passes change is theirs to show
        const js = loadProgram(program, ctx.blobs, { checked: true });
        for (let again = 0; again < 2; again++) {
          steps.forEach((inputs, t) => expect(difference(sequence.step(inputs), js.run(inputs), 1e-4), `step ${t}`).toBeNull());
          sequence.reset();
          js.reset();
        }
      }),
      { numRuns: 60 },
    );
  });
});
