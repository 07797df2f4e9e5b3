import fc from "fast-check";
import { expect, it } from "vitest";
import { randomModule } from "../../../src/check/draw/random-module.js";
import { difference } from "../../../src/check/same-values.js";
import { typesOf } from "../../../src/ir/graph/module.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { verifyModule } from "../../../src/ir/op/verify.js";
import { parseModule } from "../../../src/ir/text/parse-module.js";
import { printModule } from "../../../src/ir/text/print-module.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline } from "../../../src/passes/presets.js";
import { takeObservers, withObservers } from "../../../src/passes/quant/observers.js";
import { irContext } from "../../helpers/ir-context.js";

const ctx = irContext();

/** A drawn module without observers of its own, and one that observes each of its float values. */
function drawn(seed: number) {
  const { module, inputs } = randomModule(ctx, seed, { ops: (d) => d.name !== "observe" });
  const f = module.funcs[0];
  const types = typesOf(module, f);
  const values = [...f.params, ...f.body.flatMap((n) => n.outputs)].filter((v) => types.get(v.id)?.dtype === "f32");
  const statistics = new Map(
    values.map((v, i) => [v.id, { min: -i, max: i + 1, power: 0.5 * i, samples: 3, calibrator: "min-max", data: [i, 0.25] }]),
  );
  return { module, inputs, statistics, observed: withObservers(module, statistics) };
}

it("observers change no value, print and parse, and are taken out without a trace", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { module, inputs, statistics, observed } = drawn(seed);
      expect(verifyModule(observed, ctx.ops, ctx.blobs)).toEqual([]);
      expect(difference(evaluateModule(module, ctx, inputs), evaluateModule(observed, ctx, inputs), 0)).toBeNull();
      const read = parseModule(printModule(observed, ctx, { locs: true }), "t.qc", ctx);
      const taken = takeObservers(read);
      expect(taken.module).toEqual(module);
      expect(taken.statistics).toEqual(statistics);
    }),
    { numRuns: 150 },
  );
});

it("rewrites between calibration and quantization keep what was seen of every value that is still used", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { observed, inputs, module } = drawn(seed);
      const rewritten = runPipeline(observed, parsePipeline("dce,cse,simplify-movement,channels-last,dce", ctx.passes), ctx);
      expect(difference(evaluateModule(module, ctx, inputs), evaluateModule(rewritten, ctx, inputs), 1e-4)).toBeNull();
      const live = runPipeline(observed, parsePipeline("dce", ctx.passes), ctx).funcs[0].body.filter((n) => n.op === "observe");
      const kept = new Set(rewritten.funcs[0].body.filter((n) => n.op === "observe").map((n) => JSON.stringify(n.attrs)));
      // cse may merge a value with another of the same history; no other pass may lose one
      for (const n of live) {
        const isMerged = !rewritten.funcs[0].body.some((o) => o.outputs.some((v) => v.id === n.inputs[0]));
        if (!isMerged && !n.inputs[0].startsWith("#")) expect(kept, n.inputs[0]).toContain(JSON.stringify(n.attrs));
      }
    }),
    { numRuns: 100 },
  );
});

it("dce keeps an observer as far as its value is used", () => {
  const { observed } = drawn(3);
  const f = observed.funcs[0];
  const unused = { ...observed, funcs: [{ ...f, results: [] }] };
  expect(runPipeline({ ...unused, states: [] }, parsePipeline("dce", ctx.passes), ctx).funcs[0].body).toEqual([]);
});

it.each([0, 1, 2, 3] as const)("nothing is left of them behind the lowering passes, -O%i", (level) => {
  const text = `${canonicalPipeline(level)},${loweredPipeline(level)}`;
  for (let seed = 0; seed < 20; seed++) {
    const m = runPipeline(drawn(seed).observed, parsePipeline(text, ctx.passes), ctx);
    expect(m.funcs.flatMap((f) => f.body).filter((n) => n.op === "observe")).toEqual([]);
  }
});
