/** Ways to execute an imported module, slowest and simplest first. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadProgram } from "../../src/backends/js/run-program.js";
import { planModule } from "../../src/build/plan.js";
import { openToolchain } from "../../src/build/toolchain.js";
import { buildShared } from "../../src/build/write.js";
import type { Context } from "../../src/context.js";
import type { Module } from "../../src/ir/graph/module.js";
import type { Program } from "../../src/ir/loop/program.js";
import type { Kernel } from "../../src/ir/loop/stmt.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { dataFromBytes, type Tensor } from "../../src/ir/op/tensor.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline } from "../../src/passes/presets.js";
import { loadSync } from "../../src/runtime/index.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";

export type Engine = (m: Module, ctx: Context, inputs: readonly Tensor[]) => readonly Tensor[];
export const ENGINES = ["native", "js", "eval"] as const;
export type EngineName = (typeof ENGINES)[number];

export function createEngine(name: EngineName): Engine {
  switch (name) {
    case "eval":
      return evaluateModule;
    case "js":
      return (m, ctx, inputs) =>
        loadProgram(
          programOf(m, ctx, (k) => k),
          ctx.blobs,
          { checked: true },
        ).run(inputs);
    case "native":
      return nativeEngine();
    default:
      return name satisfies never;
  }
}

/** Every pass of a default build, then loop nests in their places. */
function programOf(m: Module, ctx: Context, schedule: (k: Kernel) => Kernel): Program {
  const steps = parsePipeline(`${canonicalPipeline()},${loweredPipeline()}`, ctx.passes);
  return planModule(runPipeline(m, steps, ctx), ctx, schedule).program;
}

/** A shared object per case, as a default build makes it, loaded through the Node runtime into this process. */
function nativeEngine(): Engine {
  const tools = openToolchain();
  return (m, ctx, inputs) => {
    const program = programOf(m, ctx, (k) => scheduleKernel(k, tools.target).kernel);
    const folder = mkdtempSync(path.join(tmpdir(), "qc-conformance-"));
    try {
      const file = path.join(folder, "model.so");
      buildShared(program, ctx.blobs, tools, file);
      const net = loadSync(file, { threads: 1 });
      try {
        const results = net.run(Object.fromEntries(program.inputs.map((p, i) => [p.name, inputs[i].data])));
        return program.outputs.map((p): Tensor => ({ type: p.type, data: bytesAs(p.type.dtype, results[p.name]) }));
      } finally {
        net.close();
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

const bytesAs = (dtype: Tensor["type"]["dtype"], a: ArrayBufferView): Tensor["data"] =>
  dataFromBytes(dtype, new Uint8Array(a.buffer, a.byteOffset, a.byteLength));
