import type { Kernel } from "../../../ir/loop/stmt.js";
import type { Target } from "../../../ir/target/target.js";
import { createModuleParts } from "./body.js";
import { formAlone, pointerArgs, pointerLoads, repeating } from "./kernels.js";
import { attributesText, parallelLoop, stageFunctions } from "./stage.js";

/**
 * A kernel as the tuner runs it, exported as `name`:
 *
 *   void name(void **tables, int64_t first, int64_t repeats, int64_t sets, void *parallel_for, void *pool)
 *
 * `tables` holds `sets` tables of pointers to the kernel's buffers, in their order, aligned to `align` bytes and not overlapping. Run i takes table
 * (first + i) mod sets, so that constants can be found where a network finds them, far from the caches. parallel_for null: one thread.
 */
export function measuredKernelText(kernel: Kernel, name: string, target: Target, align: number): string {
  const module = createModuleParts(target.arch, target.features);
  const stages = stageFunctions(formAlone(kernel, align), (j) => `@s${j}`, module);
  const thunks = stages.map(({ params }, j) => thunkText(params, j));
  return [...stages.map((s) => s.text), ...thunks, entryText(kernel, name), module.text(), attributesText(target), ""].join(
    "\n\n",
  );
}

function thunkText(params: readonly number[], j: number): string {
  return [
    `define internal void @t${j}(ptr %table, i64 %begin, i64 %end) #0 {`,
    ...pointerLoads("%table", params),
    `  call void @s${j}(${pointerArgs(params)}i64 %begin, i64 %end)`,
    "  ret void",
    "}",
  ].join("\n");
}

function entryText(kernel: Kernel, name: string): string {
  const calls = kernel.stages.flatMap((stage, j) => {
    const extent = parallelLoop(stage)?.extent ?? 1;
    if (extent <= 1) return [`  call void @t${j}(ptr %table, i64 0, i64 ${extent})`];
    return [
      `  br i1 %alone, label %here${j}, label %pool${j}`,
      `here${j}:`,
      `  call void @t${j}(ptr %table, i64 0, i64 ${extent})`,
      `  br label %after${j}`,
      `pool${j}:`,
      `  call void %for(ptr %pool, ptr @t${j}, ptr %table, i64 ${extent})`,
      `  br label %after${j}`,
      `after${j}:`,
    ];
  });
  return repeating(`@${name}(ptr %tables, i64 %first, i64 %repeats, i64 %sets, ptr %for, ptr %pool)`, {
    entry: ["  %alone = icmp eq ptr %for, null"],
    body: [
      "  %set = phi i64 [ %first, %entry ], [ %following, %latch ]",
      `  %offset = mul i64 %set, ${kernel.buffers.length}`,
      "  %table = getelementptr inbounds ptr, ptr %tables, i64 %offset",
      ...calls,
    ],
    latch: [
      "  %after = add i64 %set, 1",
      "  %wraps = icmp sge i64 %after, %sets",
      "  %following = select i1 %wraps, i64 0, i64 %after",
    ],
  });
}
