/** What holds of every pass, built in or of a plugin: it keeps the meaning, its result is well formed, and reads back from text. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomModule } from "../../src/check/draw/random-module.js";
import { statefulModule } from "../../src/check/draw/stateful-module.js";
import { difference } from "../../src/check/same-values.js";
import type { Module } from "../../src/ir/graph/module.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { verifyModule } from "../../src/ir/op/verify.js";
import { parseModule } from "../../src/ir/text/parse-module.js";
import { printModule } from "../../src/ir/text/print-module.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../src/passes/presets.js";
import { irContext } from "../helpers/ir-context.js";

const ctx = irContext();

/** Passes that change the order or the precision of float arithmetic, with what they may change relative to 1 + |y|; others are exact. */
const TOLERANCE: Readonly<Record<string, number>> = {
  "channels-last": 1e-5,
  "fold-bn": 1e-4,
  "matmul-to-dense": 1e-5,
  // replaces values by their grid's: the accuracy tests judge it, here only the types count
  "fake-quant": Number.POSITIVE_INFINITY,
};

/** Whether the module shows the last bits of its floats, in half precision or as integers: then a change of order leaves only the types to compare. */
const showsBits = (m: Module): boolean => hasHalves(m) || m.funcs.some((f) => f.body.some((n) => n.op === "bitcast"));
const hasHalves = (m: Module): boolean =>
  [...Object.values(m.consts), ...m.funcs.flatMap((f) => [...f.params, ...f.body.flatMap((n) => n.outputs)])].some(
    (v) => v.type.dtype === "f16" || v.type.dtype === "bf16",
  );

function holds(pipeline: string, seed: number, tolerance: number): void {
  const { module, inputs } = seed % 4 === 0 ? statefulModule(ctx, seed) : randomModule(ctx, seed);
  const rounds = (/widen-half/.test(pipeline) && hasHalves(module)) || (tolerance > 0 && showsBits(module));
  const steps = parsePipeline(pipeline, ctx.passes);
  const text = printModule(module, ctx, { locs: true });
  const result = runPipeline(
    module,
    steps,
    ctx,
    [],
    steps.flatMap((s) => s.pass.requires),
  );
  expect(printModule(module, ctx, { locs: true }), "the argument is not changed").toBe(text);
  expect(verifyModule(result, ctx.ops, ctx.blobs)).toEqual([]);
  expect(parseModule(printModule(result, ctx, { locs: true }), "t.qc", ctx)).toEqual(result);
  const near = rounds ? Number.POSITIVE_INFINITY : tolerance;
  expect(difference(evaluateModule(module, ctx, inputs), evaluateModule(result, ctx, inputs), near)).toBeNull();
}

describe("every pass keeps the meaning of random modules", () => {
  for (const name of ctx.passes.keys()) {
    it(name, () =>
      fc.assert(
        fc.property(fc.integer(), (seed) => holds(name, seed, TOLERANCE[name] ?? 0)),
        { numRuns: 150 },
      ),
    );
  }
});

it("widen-half rounds a single op once, in the type of its result", () => {
  for (const def of ctx.ops.all()) {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { module, inputs } = randomModule(ctx, seed, { nodes: 1, ops: (d) => d.name === def.name });
        const result = runPipeline(module, parsePipeline("widen-half", ctx.passes), ctx);
        const tolerance = hasHalves(module) ? 2 ** -7 : 0;
        expect(difference(evaluateModule(module, ctx, inputs), evaluateModule(result, ctx, inputs), tolerance)).toBeNull();
      }),
      { numRuns: 12 },
    );
  }
});

describe("presets keep the meaning of random modules", () => {
  for (const level of [0, 1, 2, 3] as OptLevel[]) {
    const pipeline = `${canonicalPipeline(level)},${loweredPipeline(level)}`;
    it(`-O${level}`, () =>
      fc.assert(
        fc.property(fc.integer(), (seed) => holds(pipeline, seed, 1e-4)),
        { numRuns: 60 },
      ));
  }
});
