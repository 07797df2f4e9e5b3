/** What holds of every pass, built in or of a plugin: it keeps the meaning, its result is well formed, reads back from text, and has what it claims. */
import { describe, it } from "vitest";
import { randomModule } from "../../src/check/draw/random-module.js";
import { ofModules, passProperties, pipelineKeepsMeaning } from "../../src/check/passes.js";
import { difference } from "../../src/check/same-values.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../src/passes/presets.js";
import { expectHeld } from "../helpers/held.js";
import { irContext } from "../helpers/ir-context.js";

const ctx = irContext();

describe("every pass keeps the meaning of random modules, and what it claims", () => {
  for (const pass of ctx.passes.values())
    it(pass.name, async () => {
      for (const p of passProperties(ctx, pass)) await expectHeld(p, { seed: 1, cases: 150 });
    });
});

it("widen-half rounds a single op once, in the type of its result", async () => {
  for (const def of ctx.ops.all()) {
    const property = ofModules(ctx, {
      name: `${def.name} is rounded once`,
      draw: (seed) => randomModule(ctx, seed, { nodes: 1, ops: (d) => d.name === def.name }),
      differs({ module, inputs }) {
        const result = runPipeline(module, parsePipeline("widen-half", ctx.passes), ctx);
        const isWide = result === module;
        return difference(evaluateModule(module, ctx, inputs), evaluateModule(result, ctx, inputs), isWide ? 0 : 2 ** -7);
      },
    });
    await expectHeld(property, { seed: 1, cases: 12 });
  }
});

describe("presets keep the meaning of random modules", () => {
  for (const level of [0, 1, 2, 3] as OptLevel[]) {
    const pipeline = `${canonicalPipeline(level)},${loweredPipeline(level)}`;
    it(`-O${level}`, () => expectHeld(pipelineKeepsMeaning(ctx, pipeline, 1e-4), { seed: 1, cases: 60 }));
  }
});
