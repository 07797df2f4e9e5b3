import { runKernel } from "../backends/js/run-kernel.js";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import { flopsOf } from "../ir/loop/cost.js";
import type { Program } from "../ir/loop/program.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { dataFromBytes } from "../ir/op/tensor.js";
import { codeKey, lowerFunc } from "../passes/memory/lower-func.js";
import { type PlannedProgram, planProgram } from "../passes/memory/program.js";
import { fail } from "../support/diag.js";
import { knob } from "../support/env.js";

/** A fused module as a placed program of scheduled kernels; constants that kernels want packed are packed by the JS backend. */
export function planModule(m: Module, ctx: Context, schedule: (k: Kernel) => Kernel): PlannedProgram {
  const planned = planProgram(m, ctx, {
    lower: (f, module) => lowerFunc(f, module, ctx, schedule),
    keyOf: codeKey,
    prepare: runPrepare,
  });
  checkRun(planned.program);
  return planned;
}

/** What a run of a network may ask for: memory, and arithmetic of its loops. QC-COMPILE-017, 018 beyond it. */
function checkRun({ arenaBytes, launches, kernels }: Program): void {
  const most = { gib: knob("QC_MAX_ARENA_GIB"), operations: knob("QC_MAX_GIGAOPERATIONS") };
  if (arenaBytes > most.gib * 2 ** 30)
    fail(
      "QC-COMPILE-017",
      `a run would need ${(arenaBytes / 2 ** 30).toFixed(0)} GiB of scratch memory, ${most.gib} are allowed`,
      {
        help: "the model is damaged, or its shapes are not what its author meant; else raise QC_MAX_ARENA_GIB",
      },
    );
  const work = kernels.map((k) => k.stages.reduce((sum, stage) => sum + flopsOf(stage.body), 0) / 1e9);
  const total = launches.reduce((sum, l) => sum + work[l.kernel], 0);
  if (total <= most.operations) return;
  const worst = launches.reduce((a, b) => (work[b.kernel] > work[a.kernel] ? b : a));
  fail("QC-COMPILE-018", `a run would take ${total.toExponential(1)} billion operations, ${most.operations} are allowed`, {
    loc: worst.loc,
    help: "the model is damaged, or its shapes are not what its author meant; else raise QC_MAX_GIGAOPERATIONS",
  });
}

function runPrepare(kernel: Kernel, inputs: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const typed = Object.fromEntries(
    kernel.buffers.flatMap((b) => (inputs[b.name] ? [[b.name, dataFromBytes(b.dtype, inputs[b.name])]] : [])),
  );
  const out = kernel.buffers.find((b) => b.role === "out");
  const data = runKernel(kernel, typed)[out?.name ?? ""];
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
