import { type Best, bestSchedules } from "../../autotune/records/best.js";
import { readLog } from "../../autotune/records/log.js";
import type { TuningRecord } from "../../autotune/records/record.js";
import { mergeRecords, writeLog } from "../../search/log.js";
import { failUsage } from "../../support/diag.js";
import { writeFileAtomic } from "../../support/fs.js";
import { median } from "../../support/statistics.js";
import { didYouMean } from "../../support/suggest.js";
import { formatTable } from "../../support/table.js";
import { defineCommand, type Io } from "../options/command.js";
import { text } from "../options/option.js";
import { refuseInputs } from "../options/output.js";

const ACTIONS = ["list", "show", "best", "merge", "export"] as const;
type Action = (typeof ACTIONS)[number];

interface Request {
  readonly logs: readonly string[];
  readonly output: string | undefined;
  readonly workload: string | undefined;
}

export const records = defineCommand({
  name: "records",
  summary: "lists, merges and exports the logs of schedule searches",
  description:
    "Reads the logs of schedule searches. list prints a line for each workload, show every record, best the schedules that a build would use. " +
    "merge writes several logs into one (-o FILE). export writes the best schedules as one JSON document (-o FILE).",
  examples: [
    ["qc records list out/optimization_artifacts/model.tuning.json", "what was tried"],
    ["qc records best model.tuning.json", "what was found"],
    ["qc records merge a.json b.json -o both.json", "two machines of one kind searched"],
    ["qc records export model.tuning.json -o schedules.json", "for other programs"],
  ],
  operands: [
    { name: "ACTION", doc: ACTIONS.join(", "), required: true },
    { name: "LOG", doc: "a log that qc tune or category:graph wrote", required: true, many: true },
  ],
  options: {
    output: text("file for the result of merge and export", { aliases: ["-o"], value: "FILE" }),
    workload: text("only workloads whose key starts so, or whose kernel is named so", { value: "KEY|NAME" }),
  },
  run(args, io) {
    const [name, ...logs] = args.operands;
    const action = ACTIONS.find((a) => a === name);
    if (!action)
      failUsage("QC-CLI-050", `qc records cannot '${name}'`, didYouMean(name, ACTIONS) ?? `it can ${ACTIONS.join(", ")}`);
    if (logs.length === 0) failUsage("QC-CLI-051", `qc records ${action} needs a log`, `qc records ${action} model.tuning.json`);
    RUNS[action]({ logs, output: args.output, workload: args.workload }, io);
  },
});

const RUNS: Readonly<Record<Action, (r: Request, io: Io) => void>> = { list, show, best, merge, export: exportBest };

/** The records of all logs together. */
function load({ logs, workload }: Request, io: Io): readonly TuningRecord[] {
  const contents = logs.map((log) => ({ log, ...readLog(log) }));
  for (const { log, unreadable } of contents)
    if (unreadable)
      io.note(`warning QC-TUNE-007: ${unreadable} line${unreadable === 1 ? "" : "s"} of '${log}' cannot be read and left out`);
  const all = mergeRecords(contents.map((c) => c.records));
  return workload === undefined ? all : all.filter((r) => r.workload.startsWith(workload) || r.kernel === workload);
}

function groups<T>(of: readonly T[], key: (x: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const x of of) found.set(key(x), [...(found.get(key(x)) ?? []), x]);
  return found;
}

const environmentText = (r: TuningRecord): string =>
  `${r.target} | ${Object.entries(r.toolchain)
    .map(([k, v]) => `${k} ${v}`)
    .join(", ")}`;
const isTimed = (r: TuningRecord): boolean => r.error === null && r.ms.length > 0;

function list(request: Request, io: Io): void {
  const all = load(request, io);
  const summaries = [...groups(all, (r) => `${r.workload}\n${environmentText(r)}`)].map(([, of]) => {
    const found = bestSchedules(of).get(of[0].workload);
    const { workload, kernel, target, toolchain } = of[0];
    return {
      workload,
      kernel,
      target,
      toolchain,
      records: of.length,
      failed: of.filter((r) => r.error !== null).length,
      sessions: new Set(of.map((r) => r.session)).size,
      standardMs: medianOf(of.filter((r) => r.source === "default" && isTimed(r))),
      ratio: found?.ratio ?? null,
    };
  });
  io.result(summaries, () =>
    formatTable(
      ["workload", "kernel", "records", "failed", "sessions", "default ms", "best is faster"],
      summaries.map((s) => [
        s.workload.slice(0, 8),
        s.kernel,
        s.records,
        s.failed,
        s.sessions,
        s.standardMs?.toFixed(4) ?? "",
        s.ratio === null ? "" : `${(1 / s.ratio).toFixed(2)} x`,
      ]),
      { tty: io.stdout.isTTY === true },
    ),
  );
}

const medianOf = (of: readonly TuningRecord[]): number | null => (of.length ? median(of.flatMap((r) => r.ms)) : null);

function show(request: Request, io: Io): void {
  const all = load(request, io);
  io.result(all, () =>
    all
      .map((r) => {
        const result = r.error
          ? `${r.error.kind}: ${r.error.message.split("\n")[0]}`
          : r.ms.length === 0
            ? "the default schedule is used"
            : `${Math.min(...r.ms).toFixed(4)} ms, default ${Math.min(...r.baselineMs).toFixed(4)} ms`;
        const decided = Object.entries(r.decisions).map(([k, v]) => `${k}=${v}`);
        return [
          `${r.time} ${r.workload.slice(0, 8)} ${r.kernel} ${r.source}: ${result}`,
          `  ${decided.join(" ") || "the one schedule"}`,
        ].join("\n");
      })
      .join("\n"),
  );
}

/** The best of every environment in the logs. */
function found(request: Request, io: Io): readonly (Best & Pick<TuningRecord, "target" | "toolchain" | "cpu">)[] {
  return [...groups(load(request, io), environmentText)].flatMap(([, of]) => {
    const { target, toolchain, cpu } = of[0];
    return [...bestSchedules(of).values()].map((b) => ({ ...b, target, toolchain, cpu }));
  });
}

function best(request: Request, io: Io): void {
  const all = found(request, io);
  io.result(all, () =>
    all.length === 0
      ? "no schedule was measured to be faster than the default one"
      : all
          .map((b) => {
            const head = `${b.workload.slice(0, 8)} ${b.kernel}: ${b.ms.toFixed(4)} ms, default ${b.baselineMs.toFixed(4)} ms, ${(1 / b.ratio).toFixed(2)} x`;
            return [head, ...b.steps.map((s) => `  ${JSON.stringify(s)}`)].join("\n");
          })
          .join("\n"),
  );
}

const outputOf = ({ output }: Request, action: Action): string =>
  output ?? failUsage("QC-CLI-052", `qc records ${action} needs a file for its result`, `add -o FILE.json`);

function merge(request: Request, io: Io): void {
  const output = outputOf(request, "merge");
  if (request.workload !== undefined) refuseInputs(output, request.logs);
  const all = load(request, io);
  if (all.length === 0)
    failUsage(
      "QC-CLI-055",
      `the logs hold no record${request.workload === undefined ? "" : ` of workload '${request.workload}'`}`,
      "qc records list LOG shows the workloads",
    );
  writeLog(output, all);
  io.result(
    { output, records: all.length, logs: request.logs },
    () => `${output}: ${all.length} records of ${request.logs.length} logs`,
  );
}

function exportBest(request: Request, io: Io): void {
  const output = outputOf(request, "export");
  refuseInputs(output, request.logs);
  const schedules = found(request, io);
  writeFileAtomic(output, `${JSON.stringify({ format: "qc-schedules", version: 1, schedules }, null, 2)}\n`);
  io.result({ output, schedules: schedules.length }, () => `${output}: ${schedules.length} schedules`);
}
