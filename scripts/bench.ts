/**
 * Latency beside ONNX Runtime: single convolutions, the bench networks, the models of ../shared/models.
 *   npm run bench [-- --filter TEXT] [--group kernels,networks,...] [--threads 1,2] [--rounds N] [--quick] [--models DIR] [--dry]
 * Writes bench/results/CPU.json (rows of this run replace their predecessors) and docs/performance.md; --dry writes nothing.
 * Exit code 1 where a subject failed or disagreed with the peer; a model that qc refuses is reported, and is no failure.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chartSection } from "../bench/chart-section.js";
import { compare, type Failure, type Row } from "../bench/compare.js";
import { measureMachine } from "../bench/machine.js";
import { cells, HEAD, machineLines, means, performanceDoc } from "../bench/report.js";
import { merge, readResults, resultsFile, writeResults } from "../bench/results.js";
import { type Group, subjects } from "../bench/subjects.js";
import { openToolchain } from "../src/compile/toolchain.js";
import { writeFileAtomic } from "../src/support/fs.js";
import { formatTable } from "../src/support/table.js";

const ROUNDS = 50;
/** Messages of the importer: what the model asks for is not supported. */
const REFUSED = /^QC-ONNX-\d/;
const project = fileURLToPath(new URL("..", import.meta.url));

async function main(): Promise<number> {
  const { values: o } = parseArgs({
    options: {
      filter: { type: "string", default: "" },
      group: { type: "string" },
      threads: { type: "string", default: "1,2" },
      rounds: { type: "string", default: String(ROUNDS) },
      quick: { type: "boolean", default: false },
      models: { type: "string", default: path.join(project, "../shared/models") },
      dry: { type: "boolean", default: false },
    },
  });
  const groups = o.group?.split(",");
  const wants = (group: Group, name: string) => (!groups || groups.includes(group)) && name.includes(o.filter);
  const options = o.quick
    ? { least: 5, sampleMs: 1, threads: [1] }
    : { least: Number(o.rounds), sampleMs: 2, threads: o.threads.split(",").map(Number) };
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
    writeFileAtomic(path.join(project, "docs/performance.md"), performanceDoc(results, chartSection(project)));
    console.log(`\nwritten: ${path.relative(project, file)}, docs/performance.md`);
  }
  return failures.some((f) => !REFUSED.test(f.failed)) ? 1 : 0;
}

const lineOf = (r: Row): string =>
  `${r.group} ${r.name}, ${r.threads}: qc ${r.ms.toFixed(3)} ms; ${r.peers.map((p) => `${p.name} ${p.ms.toFixed(3)} ms, ratio ${p.ratio.toFixed(2)}`).join("; ")}`;

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

process.exitCode = await main();
