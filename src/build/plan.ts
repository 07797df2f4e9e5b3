import { runKernel } from "../backends/js/run-kernel.js";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { dataFromBytes } from "../ir/op/tensor.js";
import { codeKey, lowerFunc } from "../passes/memory/lower-func.js";
import { type PlannedProgram, planProgram } from "../passes/memory/program.js";

/** A fused module as a placed program of scheduled kernels; constants that kernels want packed are packed by the JS backend. */
export function planModule(m: Module, ctx: Context, schedule: (k: Kernel) => Kernel): PlannedProgram {
  return planProgram(m, ctx, { lower: (f, module) => lowerFunc(f, module, ctx, schedule), keyOf: codeKey, prepare: runPrepare });
}

function runPrepare(kernel: Kernel, inputs: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const typed = Object.fromEntries(
    kernel.buffers.flatMap((b) => (inputs[b.name] ? [[b.name, dataFromBytes(b.dtype, inputs[b.name])]] : [])),
  );
  const out = kernel.buffers.find((b) => b.role === "out");
  const data = runKernel(kernel, typed)[out?.name ?? ""];
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
