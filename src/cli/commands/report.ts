import { relative, resolve } from "node:path";
import type { CompileReport } from "../../compile.js";
import { isScores } from "../../evaluate/scores.js";
import { tuningLines } from "./tune-display.js";
import { byteText } from "./values.js";

const MOST_ISLANDS = 8;

/** A folder as seen from the current one. */
export const folderText = (path: string): string => relative(process.cwd(), resolve(path)) || ".";

/** What was built, for people: times, files, memory, what stays in float and why, and what to type next. */
export function reportText(report: CompileReport, next: string): string {
  const { outputPath, files, target, seconds, arenaBytes, arenaLowerBound, weightBytes, kernels, launches } = report;
  const folder = folderText(outputPath);
  const total = Object.values(seconds).reduce((a, b) => a + b, 0);
  const stages = Object.entries(seconds).map(([stage, s]) => `${stage} ${s.toFixed(2)}`);
  const over =
    arenaLowerBound === 0
      ? ""
      : arenaBytes > arenaLowerBound
        ? ` (at least ${byteText(arenaLowerBound)} are alive at once)`
        : " (no arena can be smaller)";
  const { tolerance, winograd } = report.floatError;
  const worst = Math.max(0, ...winograd.map((l) => l.bound));
  const shared = launches > kernels ? ` in ${launches} launches` : "";
  return [
    `${folder}/  built for ${target} in ${total.toFixed(2)} s`,
    `  files     ${files.join(", ")}`,
    `  memory    weights ${byteText(weightBytes)}, arena ${byteText(arenaBytes)}${over}`,
    `  kernels   ${kernels}${shared}`,
    ...(winograd.length > 0
      ? [
          `  winograd  ${winograd.length} layer${winograd.length === 1 ? "" : "s"}, each within ${worst.toExponential(1)} of its range (limit ${tolerance.toExponential(1)})`,
        ]
      : []),
    `  seconds   ${stages.join(", ")}`,
    ...(report.tuning ? tuningLines(report.tuning) : []),
    ...(report.calibration ? calibrationLines(report.calibration) : []),
    ...islandLines(report.floatIslands),
    `  next      ${next}`,
  ].join("\n");
}

function calibrationLines({ samples, measured, outputs, points }: NonNullable<CompileReport["calibration"]>): string[] {
  const worstOf = (values: typeof outputs) =>
    values.reduce<(typeof outputs)[0] | null>((a, v) => ((v.db ?? Infinity) < (a?.db ?? Infinity) ? v : a), null);
  const text = (worst: (typeof outputs)[0] | null) => (worst?.db == null ? "all" : `${worst.db.toFixed(1)} dB`);
  const worst = worstOf(points);
  const where = worst ? ` of ${points.length} values ('${worst.node}')` : ` of ${points.length} values`;
  const on = measured < samples ? `, on the first ${measured}` : "";
  return [
    `  ranges    from ${samples} sample${samples === 1 ? "" : "s"}`,
    `  signal    ${text(worstOf(outputs))} kept at the results, ${text(worst)} at the worst${where}${on}`,
  ];
}

/** What to type after a build: a command that can work for this model, on this machine. */
export function nextStep(report: CompileReport, isQuantized: boolean): string {
  const folder = folderText(report.outputPath);
  if (!report.runsHere) return `copy ${folder}/ to a machine that it was built for, and load it there (docs/runtime-abi.md)`;
  if (isQuantized && isScores(report.outputs[0])) return `qc evaluate ${folder} --test_path index.txt`;
  const inputs = report.inputs.map(({ name }) => name);
  const each = inputs.map((name) => (/^[\w.-]+$/.test(name) ? `--input ${name}=${name}.npy` : `--input '${name}=x.npy'`));
  const given = inputs.length === 1 ? "--input x.npy" : inputs.length <= 3 ? each.join(" ") : "--input inputs.npz";
  return `qc run ${folder} ${given}`;
}

function islandLines(islands: CompileReport["floatIslands"]): string[] {
  if (islands.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { op, node, reason } of islands) byReason.set(reason, [...(byReason.get(reason) ?? []), `${node} (${op})`]);
  return [
    `  float     ${islands.length} ${islands.length === 1 ? "node stays" : "nodes stay"} in floating point:`,
    ...[...byReason].map(([reason, nodes]) => {
      const more = nodes.length > MOST_ISLANDS ? `, ${nodes.length - MOST_ISLANDS} more` : "";
      return `            ${nodes.slice(0, MOST_ISLANDS).join(", ")}${more}: ${reason}`;
    }),
  ];
}
