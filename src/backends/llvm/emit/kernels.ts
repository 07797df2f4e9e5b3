import type { Kernel } from "../../../ir/loop/stmt.js";
import type { Target } from "../../../ir/target/target.js";
import type { KernelForm } from "../../forms.js";
import { createModuleParts } from "./body.js";
import { attributesText, parallelLoop, stageFunctions } from "./stage.js";

/**
 * Kernels on their own, for tests and measurements: each is exported as `void kernel_<i>(void **buffers, int64_t repeats)`, the
 * pointers in the order of `buffers`, scratch included, aligned to `align` bytes and not overlapping.
 */
export function kernelsText(kernels: readonly Kernel[], target: Target, align: number): string {
  const module = createModuleParts(target.arch, target.features);
  const functions = kernels.flatMap((kernel, k) => {
    const stages = stageFunctions(formAlone(kernel, align), (j) => `@k${k}_s${j}`, module);
    const calls = kernel.stages.map((s, j) => {
      const args = pointerArgs(stages[j].params);
      return `  call void @k${k}_s${j}(${args}i64 0, i64 ${parallelLoop(s)?.extent ?? 1})`;
    });
    const used = [...new Set(stages.flatMap((s) => s.params))].sort((a, b) => a - b);
    const entry = pointerLoads("%buffers", used);
    const signature = `@kernel_${k}(ptr %buffers, i64 %repeats)`;
    return [...stages.map((s) => s.text), repeating(signature, { entry, body: calls, latch: [] })];
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

/** Loads pointers %b0, %b1, ... of a kernel's buffers, those of the numbers given, from a table. */
export const pointerLoads = (table: string, params: readonly number[]): readonly string[] =>
  params.flatMap((i) => [
    `  %p${i} = getelementptr inbounds ptr, ptr ${table}, i64 ${i}`,
    `  %b${i} = load ptr, ptr %p${i}, align 8`,
  ]);

/** The same pointers as arguments, with a comma behind each. */
export const pointerArgs = (params: readonly number[]): string => params.map((i) => `ptr %b${i}, `).join("");

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
