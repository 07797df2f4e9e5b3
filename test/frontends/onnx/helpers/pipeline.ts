/** Everything between a model file and code generation. */
import { planModule } from "../../../../src/build/plan.js";
import { createContext } from "../../../../src/context.js";
import { importOnnx } from "../../../../src/frontends/onnx/import.js";
import { runPipeline } from "../../../../src/passes/manager.js";
import { parsePipeline } from "../../../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline } from "../../../../src/passes/presets.js";
import { scheduleKernel } from "../../../../src/schedules/cpu/schedule.js";

const AVX2 = { vectorBits: 256, vectorRegisters: 16, features: ["avx2", "fma"] };

/** Imports, runs every pass of a default build, lowers, schedules and places. */
export function compileToProgram(bytes: Uint8Array, file: string): void {
  const ctx = createContext();
  const m = importOnnx(bytes, file, ctx.onnxRules, ctx);
  const steps = parsePipeline(`${canonicalPipeline()},${loweredPipeline()}`, ctx.passes);
  planModule(runPipeline(m, steps, ctx), ctx, (k) => scheduleKernel(k, AVX2).kernel);
}
