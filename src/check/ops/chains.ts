/** Where passes meet ops: an op in front of affine chains, BatchNorm, pads, transposes and residuals, through every preset. */
import { runProgram } from "../../backends/js/run-program.js";
import { planModule } from "../../build/plan.js";
import type { Context } from "../../context.js";
import type { Module } from "../../ir/graph/module.js";
import type { OpDef } from "../../ir/op/define.js";
import { evaluateModule } from "../../ir/op/evaluate.js";
import { verifyModule } from "../../ir/op/verify.js";
import type { Machine } from "../../ir/target/machine.js";
import { runPipeline } from "../../passes/manager.js";
import { parsePipeline } from "../../passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../passes/presets.js";
import { extendPipeline } from "../../plugin.js";
import { scheduleKernel } from "../../schedules/cpu/schedule.js";
import { opChain } from "../draw/op-chain.js";
import type { RandomModule } from "../draw/random-module.js";
import type { NativeRunner } from "../native.js";
import { ofModules } from "../passes.js";
import type { Property } from "../property.js";
import { apart } from "../same-values.js";

/** Of the greatest result: what passes may change by doing float arithmetic in another order. */
const SHARE = 1e-4;
const LEVELS: readonly OptLevel[] = [0, 1, 2, 3];
export const PRESETS: readonly string[] = LEVELS.flatMap((level) =>
  (["NCHW", "NHWC"] as const).map((layout) => `${canonicalPipeline(level)},${loweredPipeline(level, layout)}`),
);
const MACHINE: Machine = { vectorBits: 256, vectorRegisters: 16, features: ["avx", "avx2", "fma"] };
/** A chain goes through eight pipelines. */
const MOST_CHAINS = 12;

interface ChainHow {
  /** Also as machine code, where this says so. */
  readonly native?: { readonly run: NativeRunner; readonly of: (seed: number) => boolean };
}

/** eval(m) = eval(passes(m)) = js(scheduled), native too where it is asked for. */
export function chainKeepsMeaning(def: OpDef, ctx: Context, { native }: ChainHow = {}): Property<RandomModule> {
  const seeds = new WeakMap<RandomModule, number>();
  return ofModules(ctx, {
    name: "eval(chain) = eval(passes(chain)) = scheduled",
    most: MOST_CHAINS,
    draw(seed) {
      const chain = opChain(ctx, def, seed);
      if (chain) seeds.set(chain, seed);
      return chain;
    },
    async differs(chain) {
      const want = evaluateModule(chain.module, ctx, chain.inputs);
      let last: Module = chain.module;
      for (const preset of PRESETS) {
        last = runPipeline(chain.module, parsePipeline(extendPipeline(preset, ctx.plugins), ctx.passes), ctx);
        const [wrong] = verifyModule(last, ctx.ops, ctx.blobs);
        const differs = wrong ? wrong.message : apart(want, evaluateModule(last, ctx, chain.inputs), SHARE);
        if (differs) return `after ${preset}: ${differs}`;
      }
      const { program } = planModule(last, ctx, (k) => scheduleKernel(k, MACHINE).kernel);
      const scheduled = apart(want, runProgram(program, ctx.blobs, chain.inputs), SHARE);
      if (scheduled) return `scheduled: ${scheduled}`;
      const seed = seeds.get(chain);
      if (!native || seed === undefined || !native.of(seed)) return null;
      const built = apart(want, await native.run(last, chain.inputs), SHARE);
      return built && `native: ${built}`;
    },
  });
}
