/** Modules as machine code of this machine, where libLLVM and a linker are found. */
import { join } from "node:path";
import { planModule } from "../build/plan.js";
import { openToolchain, type Toolchain } from "../build/toolchain.js";
import { buildShared } from "../build/write.js";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import type { Tensor, TypedArray } from "../ir/op/tensor.js";
import { schedulerFor } from "../ir/schedule/scheduler.js";
import { requireFacts } from "../passes/facts.js";
import { runPipeline } from "../passes/manager.js";
import { parsePipeline } from "../passes/pipeline.js";
import { load } from "../runtime/index.js";
import { byDefault } from "../support/choose.js";
import { withTempFolder } from "../support/temp-folder.js";

/** Builds a module, fused already or not, with the default schedules, runs it on the inputs and returns its results. */
export type NativeRunner = (m: Module, inputs: readonly Tensor[]) => Promise<Tensor[]>;

/** Errors: those of the toolchain, where libLLVM or the linker is missing or this machine lacks what the target needs. */
export function openNative(ctx: Context, target: string | readonly string[] = "llvm"): NativeRunner {
  const tools = openToolchain(target, { backends: ctx.backends.values() });
  return (m, inputs) => runNative(m, inputs, tools, ctx);
}

async function runNative(m: Module, inputs: readonly Tensor[], tools: Toolchain, ctx: Context): Promise<Tensor[]> {
  const isFused = m.funcs[0].body.some((n) => n.op === "call");
  const fused = isFused ? m : runPipeline(m, parsePipeline("materialize-results,fuse", ctx.passes), ctx);
  requireFacts(fused, ctx, ["materialized", "fused"]);
  const scheduler = schedulerFor(ctx.schedulers, tools.target);
  const { program } = planModule(fused, ctx, (k) => scheduler.schedule(k, tools.target, byDefault).kernel);
  return withTempFolder("check", async (folder) => {
    const file = join(folder, "model.so");
    buildShared(program, ctx.blobs, tools, file);
    const net = await load(file, { threads: 1 });
    try {
      const { paramNames, resultNames } = fused.funcs[0];
      const given = Object.fromEntries(paramNames.map((n, i) => [n, inputs[i].data]));
      const out = net.run(given as never) as Record<string, TypedArray>;
      return program.outputs.map(({ type }, i) => ({ type, data: out[resultNames[i]] }));
    } finally {
      net.close();
    }
  });
}
