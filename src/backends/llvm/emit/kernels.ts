import type { InstrTable } from "../../../ir/instr/define.js";
import type { Kernel } from "../../../ir/loop/stmt.js";
import type { Target } from "../../../ir/target/target.js";
import type { KernelForm } from "../../forms.js";
import { createModuleParts } from "./body.js";
import { attributesText, parallelLoop, stageText } from "./stage.js";

/**
 * Kernels on their own, for tests and measurements: each is exported as `void kernel_<i>(void **buffers, int64_t repeats)`, the
 * pointers in the order of `buffers`, scratch included, aligned to `align` bytes and not overlapping.
 */
export function kernelsText(kernels: readonly Kernel[], target: Target, instrs: InstrTable, align: number): string {
  const module = createModuleParts(target.arch, target.features);
  const functions = kernels.flatMap((kernel, k) => {
    const form = formAlone(kernel, align);
    const stages = kernel.stages.map((stage, j) => stageText(form, stage, `@k${k}_s${j}`, module, instrs));
    const { loads, args } = pointersIn("%buffers", kernel);
    const calls = kernel.stages.map((s, j) => `  call void @k${k}_s${j}(${args}i64 0, i64 ${parallelLoop(s)?.extent ?? 1})`);
    return [...stages, repeating(`@kernel_${k}(ptr %buffers, i64 %repeats)`, { entry: loads, body: calls, latch: [] })];
  });
  return [...functions, module.text(), attributesText(target), ""].join("\n\n");
}

/** A kernel with a parameter for every buffer, none of which overlap. */
export const formAlone = (kernel: Kernel, align: number): KernelForm => ({
  kernel,
  params: kernel.buffers.map((_, i) => i),
  aligns: kernel.buffers.map(() => align),
  overlaps: kernel.buffers.map(() => false),
});

/** Loads the pointers %b0, %b1, ... of a kernel's buffers from a table; `args` passes them on, with a comma behind each. */
export const pointersIn = (table: string, kernel: Kernel) => ({
  loads: kernel.buffers.flatMap((_, i) => [
    `  %p${i} = getelementptr inbounds ptr, ptr ${table}, i64 ${i}`,
    `  %b${i} = load ptr, ptr %p${i}, align 8`,
  ]),
  args: kernel.buffers.map((_, i) => `ptr %b${i}, `).join(""),
});

/** A function that runs `body` with %i from 0 to %repeats - 1, once at least; phis of `body` come from %entry and %latch. */
export const repeating = (signature: string, parts: Readonly<Record<"entry" | "body" | "latch", readonly string[]>>): string =>
  [
    `define void ${signature} #0 {`,
    "entry:",
    ...parts.entry,
    "  br label %again",
    "again:",
    "  %i = phi i64 [ 0, %entry ], [ %next, %latch ]",
    ...parts.body,
    "  br label %latch",
    "latch:",
    ...parts.latch,
    "  %next = add i64 %i, 1",
    "  %more = icmp slt i64 %next, %repeats",
    "  br i1 %more, label %again, label %end",
    "end:",
    "  ret void",
    "}",
  ].join("\n");
