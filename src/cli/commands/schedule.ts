import type { Kernel } from "../../ir/loop/stmt.js";
import type { Step } from "../../ir/schedule/step.js";
import type { ParsedText } from "../../ir/text/parse-module.js";
import { failUsage } from "../../support/diag.js";
import { defineCommand } from "../options/command.js";
import { plugins as pluginOption, target } from "../options/leip.js";
import { flag, text } from "../options/option.js";
import { contextWith } from "./context-with.js";
import { modelShapes, readIr } from "./ir-file.js";

export const schedule = defineCommand({
  name: "schedule",
  summary: "prints a kernel before and after every step of its schedule",
  description:
    "Shows how a kernel gets its loops: the unscheduled kernel, then each step of its schedule, as it stands in tuning logs, and the kernel after it. " +
    "It shows the default schedule, or with --records the best one of a log. Without --kernel it lists the kernels of the file.",
  examples: [
    ["qc schedule model.onnx", "the kernels of a model"],
    ["qc schedule model.onnx --kernel f32_conv_relu", "the first kernel of that name, step by step"],
    ["qc schedule model.onnx --kernel f32_conv_relu --records out/optimization_artifacts/model.tuning.json", "as it was tuned"],
    ["qc schedule kernels.qc --kernel f32_add", "of IR text"],
  ],
  operands: [{ name: "FILE", doc: "a model, or a .qc text with kernels or a function", required: true }],
  options: {
    kernel: text("name of the kernel, or the start of its workload's key", { value: "NAME|KEY" }),
    records: text("log to take the best schedule from", { value: "LOG" }),
    target: target(),
    inputShapes: modelShapes(),
    strictFloat: flag("sum float convolutions directly, never by Winograd's algorithm"),
    plugin: pluginOption(),
  },
  async run(args, io) {
    const [file] = args.operands;
    const ctx = await contextWith(args.plugin, io);
    const [{ openToolchain }, { environmentOf }, { workloadKey }, { printKernel }, { namedTarget }] = await Promise.all([
      import("../../build/toolchain.js"),
      import("../../autotune/site.js"),
      import("../../autotune/workload.js"),
      import("../../ir/text/print-kernel.js"),
      import("../../plugin.js"),
    ]);
    const tools = openToolchain(namedTarget(args.target, ctx.targets), {
      strictFloat: args.strictFloat,
      backends: ctx.backends.values(),
    });
    const here = environmentOf(tools);
    const text = await readText(file);
    const kernels = text?.kernels.length ? text.kernels : await modelKernels();
    const named = kernels.map((kernel) => ({ kernel, key: workloadKey(kernel, here.target) }));
    const wanted = args.kernel;
    if (wanted === undefined)
      return io.result(
        named.map(({ kernel, key }) => ({ kernel: kernel.name, workload: key })),
        () =>
          named.length === 0
            ? "no kernels"
            : ["workload  kernel", ...named.map(({ kernel, key }) => `${key.slice(0, 8)}  ${kernel.name}`)].join("\n"),
      );
    const { kernel, key } =
      named.find((n) => n.kernel.name === wanted || n.key.startsWith(wanted)) ??
      failUsage("QC-CLI-053", `'${file}' holds no kernel '${wanted}'`, `qc schedule ${file} lists its kernels`);
    const steps = args.records === undefined ? await defaultSteps(kernel) : await recordedSteps(args.records, key, kernel);
    const stages = await traced(kernel, steps);
    io.result(
      {
        kernel: kernel.name,
        workload: key,
        before: printKernel(kernel),
        steps: stages.map(({ step, after }) => ({ step, after: printKernel(after) })),
      },
      () =>
        [
          `// unscheduled, workload ${key}`,
          printKernel(kernel),
          ...stages.flatMap(({ step, after }, i) => [
            `// step ${i + 1} of ${stages.length}: ${JSON.stringify(step)}`,
            printKernel(after),
          ]),
          ...(stages.length === 0 ? ["// its schedule has no steps"] : []),
        ].join("\n"),
    );

    /** The text of a file; null for a model of another format. */
    async function readText(path: string): Promise<ParsedText | null> {
      const { frontendOf } = await import("../../frontends/detect.js");
      const { irText } = await import("../../frontends/ir-text/frontend.js");
      return frontendOf(path, ctx.frontends) === irText ? readIr(path, ctx, args.inputShapes) : null;
    }

    async function modelKernels(): Promise<readonly Kernel[]> {
      const [{ fuseModel }, { placedWorkloads }, { requestShapes }] = await Promise.all([
        import("../../compile.js"),
        import("../../autotune/launches.js"),
        import("./build-options.js"),
      ]);
      const shapes = requestShapes(args.inputShapes, []);
      const { module } = await fuseModel(
        { inputPath: file, outputPath: "", target: args.target, strictFloat: args.strictFloat, shapes },
        ctx,
      );
      return placedWorkloads(module, ctx, here.target).map((p) => p.workload.kernel);
    }

    async function defaultSteps(k: Kernel): Promise<readonly Step[]> {
      const [{ schedulerFor }, { byDefault }] = await Promise.all([
        import("../../ir/schedule/scheduler.js"),
        import("../../support/choose.js"),
      ]);
      return schedulerFor(ctx.schedulers, tools.target).schedule(k, tools.target, byDefault).steps;
    }

    async function recordedSteps(log: string, workload: string, k: Kernel): Promise<readonly Step[]> {
      const [{ readLog }, { bestSchedules, isStale, usableRecords }, { stepsKey }] = await Promise.all([
        import("../../autotune/records/log.js"),
        import("../../autotune/records/best.js"),
        import("../../autotune/records/steps-key.js"),
      ]);
      const { records, refused } = usableRecords(readLog(log).records, here);
      for (const { why, count } of refused) io.note(`warning QC-TUNE-005: ${count} records of '${log}' are not used: ${why}`);
      const baselines = new Map([[workload, stepsKey(await defaultSteps(k))]]);
      const stale = records.filter((r) => isStale(r, baselines)).length;
      if (stale > 0)
        io.note(`warning QC-TUNE-011: ${stale} records of '${k.name}' are not used: measured against another default schedule`);
      const best = bestSchedules(records, { baselines }).get(workload);
      if (!best)
        io.note(`remark QC-TUNE-010: '${log}' holds nothing faster than the default schedule of '${k.name}': that is shown`);
      return best?.steps ?? defaultSteps(k);
    }
  },
});

/** The kernel after each step. Errors: QC-SCHED-001. */
async function traced(
  kernel: Kernel,
  steps: readonly Step[],
): Promise<readonly { readonly step: Step; readonly after: Kernel }[]> {
  const { applyStep } = await import("../../ir/schedule/apply.js");
  let at = kernel;
  return steps.map((step) => {
    at = applyStep(at, step);
    return { step, after: at };
  });
}
