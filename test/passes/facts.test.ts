/** What passes say they require, establish and keep, held against the checks of those facts. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomModule } from "../../src/check/draw/random-module.js";
import type { Module } from "../../src/ir/graph/module.js";
import type { Prop } from "../../src/ir/pass/pass.js";
import { FACTS, factsAfter } from "../../src/passes/facts.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../src/passes/presets.js";
import { withObservers } from "../../src/passes/quant/observers.js";
import { quantPoints } from "../../src/passes/quant/points.js";
import { QcError } from "../../src/support/diag.js";
import { irContext } from "../helpers/ir-context.js";

const ctx = irContext();
const names = Object.keys(FACTS) as Prop[];
const factsOf = (m: Module): Set<Prop> => new Set(names.filter((p) => FACTS[p].violation(m, ctx) === null));

const SEEN = { min: -4, max: 4, power: 1, samples: 1, calibrator: "min-max", data: [] };
/** Every quantization point observed, as calibration leaves it. */
const observed = (m: Module): Module =>
  withObservers(m, new Map([...quantPoints(m.funcs[0], ctx.ops).points].map((v) => [v, SEEN])));

/** Runs the steps one at a time; after each, what the passes claim must be found in the module. The refused step's code, or null. */
function follow(m: Module, pipeline: string): string | null {
  let current = m;
  let claimed: ReadonlySet<Prop> = factsOf(m);
  for (const step of parsePipeline(pipeline, ctx.passes)) {
    const missing = step.pass.requires.filter((p) => !claimed.has(p));
    if (missing.length > 0) {
      try {
        runPipeline(current, [step], ctx);
        // a fact that no pass claimed may hold all the same
        claimed = new Set([...claimed, ...missing]);
      } catch (error) {
        expect(error).toBeInstanceOf(QcError);
        expect(missing.filter((p) => FACTS[p].violation(current, ctx))).not.toEqual([]);
        return (error as QcError).code;
      }
    }
    current = step.pass.run(current, ctx, step.options as never);
    claimed = factsAfter(step.pass, claimed);
    for (const p of claimed) expect(FACTS[p].violation(current, ctx), `after ${step.pass.name}: ${p}`).toBeNull();
  }
  return null;
}

describe("the facts that passes claim hold", () => {
  for (const level of [0, 1, 2, 3] as OptLevel[]) {
    it(`after every pass of -O${level}, float and quantized`, () =>
      fc.assert(
        fc.property(fc.integer(), fc.boolean(), (seed, quantized) => {
          const { module } = randomModule(ctx, seed);
          const m = runPipeline(module, parsePipeline(canonicalPipeline(level), ctx.passes), ctx);
          const hasPoints = quantized && quantPoints(m.funcs[0], ctx.ops).points.size > 0;
          expect(follow(module, canonicalPipeline(level))).toBeNull();
          expect(follow(observed(m), `${hasPoints ? "fake-quant," : ""}${loweredPipeline(level)}`)).toBeNull();
        }),
        { numRuns: 25 },
      ));
  }

  it("after every pass of a drawn order, which is refused as soon as a pass lacks what it requires", () => {
    const orders = fc.array(fc.constantFrom(...ctx.passes.keys()), { minLength: 1, maxLength: 12 });
    const refused = { count: 0 };
    fc.assert(
      fc.property(fc.integer(), orders, fc.boolean(), (seed, order, isObserved) => {
        const { module } = randomModule(ctx, seed);
        const code = follow(isObserved ? observed(module) : module, order.join(","));
        if (code !== null) {
          expect(code).toBe("QC-PASS-004");
          refused.count++;
        }
      }),
      { numRuns: 200 },
    );
    expect(refused.count).toBeGreaterThan(20);
  });

  it("every fact has a pass that establishes it, or comes with an import or a calibration", () => {
    const made = new Set([...ctx.passes.values()].flatMap((p) => p.establishes));
    expect(names.filter((p) => !made.has(p))).toEqual(["flat", "observed"]);
  });
});

it("each check finds a module that violates it", () => {
  const found = new Set<Prop>();
  for (let seed = 1; seed <= 200 && found.size < names.length; seed++) {
    const { module } = randomModule(ctx, seed);
    for (const p of names) if (FACTS[p].violation(module, ctx)) found.add(p);
    const fused = runPipeline(module, parsePipeline("materialize-results,fuse", ctx.passes), ctx);
    if (FACTS.flat.violation(fused, ctx)) found.add("flat");
  }
  expect(names.filter((p) => !found.has(p))).toEqual([]);
});
