import type { InstrTable } from "../../../ir/instr/define.js";
import type { Kernel } from "../../../ir/loop/stmt.js";
import type { Target } from "../../../ir/target/target.js";
import { createModuleParts } from "./body.js";
import { attributesText, type KernelForm, parallelLoop, stageText } from "./stage.js";

/**
 * Kernels on their own, for tests and measurements: each is exported as `void kernel_<i>(void **buffers, int64_t repeats)`, the
 * pointers in the order of `buffers`, scratch included, aligned to `align` bytes and not overlapping.
 */
export function kernelsText(kernels: readonly Kernel[], target: Target, instrs: InstrTable, align: number): string {
  const module = createModuleParts(target.arch, target.features);
  const functions = kernels.flatMap((kernel, k) => {
    const form: KernelForm = {
      kernel,
      params: kernel.buffers.map((_, i) => i),
      aligns: kernel.buffers.map(() => align),
      overlaps: kernel.buffers.map(() => false),
    };
    const stages = kernel.stages.map((stage, j) => stageText(form, stage, `@k${k}_s${j}`, module, instrs));
    const args = [...kernel.buffers.map((_, i) => `ptr %b${i}`)].map((a) => `${a}, `).join("");
    const loads = kernel.buffers.flatMap((_, i) => [
      `  %p${i} = getelementptr inbounds ptr, ptr %buffers, i64 ${i}`,
      `  %b${i} = load ptr, ptr %p${i}, align 8`,
    ]);
    const calls = kernel.stages.map((s, j) => `  call void @k${k}_s${j}(${args}i64 0, i64 ${parallelLoop(s)?.extent ?? 1})`);
    const entry = [
      `define void @kernel_${k}(ptr %buffers, i64 %repeats) #0 {`,
      "entry:",
      ...loads,
      "  br label %again",
      "again:",
      "  %i = phi i64 [ 0, %entry ], [ %next, %again ]",
      ...calls,
      "  %next = add i64 %i, 1",
      "  %more = icmp slt i64 %next, %repeats",
      "  br i1 %more, label %again, label %end",
      "end:",
      "  ret void",
      "}",
    ].join("\n");
    return [...stages, entry];
  });
  return [...functions, module.text(), attributesText(target), ""].join("\n\n");
}
