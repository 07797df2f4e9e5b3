/**
 * Latency beside ONNX Runtime. Exit code 1 where a subject failed or disagreed with the peer; a model that qc refuses is reported, and is no
 * failure.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chartSection } from "../bench/chart-section.js";
import { compare, type Failure, type Row } from "../bench/compare.js";
import { measureMachine } from "../bench/machine.js";
import { cells, HEAD, machineLines, means, performanceDoc } from "../bench/report.js";
import { merge, readResults, resultsFile, writeResults } from "../bench/results.js";
import { GROUPS, type Group, subjects } from "../bench/subjects.js";
import { openToolchain } from "../src/build/toolchain.js";
import { writeFileAtomic } from "../src/support/fs.js";
import { formatTable } from "../src/support/table.js";
import { count, flag, listOf, oneOf, option, runScript } from "./command-line.mjs";

/** Messages of the importer: what the model asks for is not supported. */
const REFUSED = /^QC-ONNX-\d/;
const project = fileURLToPath(new URL("..", import.meta.url));

const command = {
  run: "npm run bench --",
  about: `Times networks beside ONNX Runtime, in turns in one process, and checks that both give the same results.
Writes bench/results/CPU.json, where rows of this run replace their predecessors, and docs/makers/performance.md.`,
  options: {
    group: option("GROUP,...", `what to time, all unless given: ${GROUPS.join(", ")}`, undefined, listOf(oneOf(GROUPS))),
    filter: option("TEXT", "only what has TEXT in its name", ""),
    threads: option("N,...", "numbers of threads", [1, 2] as readonly number[], listOf(count)),
    rounds: option("N", "runs of each, at least", 50, count),
    models: option("DIR", "folder of the trained models; without it they are skipped", path.join(project, "../shared/models")),
    quick: flag("a few runs on one thread, to see that all of it works; writes nothing"),
    dry: flag("prints only, writes nothing"),
  },
  examples: [
    ["npm run bench -- --group networks --threads 1", "eight published architectures, fp32"],
    ["npm run bench -- --filter mobilenet --dry", "all MobileNets; what is written stays as it is"],
  ],
} as const;

const lineOf = (r: Row): string =>
  `${r.group} ${r.name}, ${r.threads}: qc ${r.ms.toFixed(3)} ms; ${r.peers.map((p) => `${p.name} ${p.ms.toFixed(3)} ms, ratio ${p.ratio.toFixed(2)}`).join("; ")}`;

await runScript(command, async (o) => {
  const wants = (group: Group, name: string) => (o.group?.includes(group) ?? true) && name.includes(o.filter);
  const options = o.quick ? { least: 5, sampleMs: 1, threads: [1] } : { least: o.rounds, sampleMs: 2, threads: o.threads };
  const machine = measureMachine();
  console.log(machineLines(machine).join("\n"));
  if (!existsSync(o.models)) console.log(`skipped: the trained models, there is no folder ${o.models}`);
  const rows: Row[] = [];
  const failures: Failure[] = [];
  for (const subject of subjects(o.models, wants)) {
    const { group, name } = subject;
    try {
      const measured = await compare(subject, machine, options);
      rows.push(...measured);
      for (const r of measured) console.log(lineOf(r));
    } catch (error) {
      const failed = (error as Error).message.split("\n")[0];
      failures.push({ group, name, failed });
      console.log(`${group} ${name}: FAILED ${failed}`);
    }
  }
  printTables(rows);
  if (!o.dry && !o.quick && rows.length) {
    const file = resultsFile(path.join(project, "bench/results"), machine, openToolchain().target.mcpu);
    const results = merge(readResults(file), machine, rows, failures);
    writeResults(file, results);
    writeFileAtomic(path.join(project, "docs/makers/performance.md"), performanceDoc(results, chartSection(project)));
    console.log(`\nwritten: ${path.relative(project, file)}, docs/makers/performance.md`);
  }
  return failures.some((f) => !REFUSED.test(f.failed)) ? 1 : 0;
});

function printTables(rows: readonly Row[]): void {
  for (const group of new Set(rows.map((r) => r.group))) {
    const mine = rows.filter((r) => r.group === group);
    const peers = [...new Set(mine.flatMap((r) => r.peers.map((p) => p.name)))];
    const body = mine.map((r) => [r.name, ...cells(r, peers)]);
    const right = body[0].map((_, i) => i).slice(1);
    console.log(`\n${group}\n${formatTable(["", ...HEAD(peers)], body, { tty: process.stdout.isTTY === true, right })}`);
    for (const line of means(mine)) console.log(line.replaceAll("**", ""));
  }
}
