/**
 * Runs every ONNX backend test case found and writes docs/conformance.md.
 *   npm run conformance [-- --engine native|js|eval] [--filter TEXT] [--jobs N] [--newest DIR] [--json FILE] [--output FILE]
 * Exit code 1 when a case is wrong, or when a whole run of the Debian node set has fewer than 500 passes.
 */
import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeFileAtomic } from "../src/support/fs.js";
import { type Case, caseId, debianCases, debianInstalled, FLAWED, newestCases, opOf, readModel } from "./conformance/cases.js";
import type { EngineName } from "./conformance/engines.js";
import { runPool } from "./conformance/pool.js";
import { passes, type Row, report, totalsTable } from "./conformance/report.js";

const LEAST_DEBIAN_PASSES = 500;
const LIMIT_MS = 60_000;
const project = fileURLToPath(new URL("..", import.meta.url));

/** Ops by case; expanded cases take that of the case they expand, so these come second. */
function opsByCase(cases: readonly Case[]): ReadonlyMap<string, string> {
  const ops = new Map<string, string>();
  const isExpanded = (c: Case) => c.name.includes("_expanded");
  for (const c of [...cases.filter((c) => !isExpanded(c)), ...cases.filter(isExpanded)])
    ops.set(caseId(c), opOf(c, readModel(c), ops));
  return ops;
}

async function main(): Promise<number> {
  const { values: o } = parseArgs({
    options: {
      engine: { type: "string", default: "native" },
      filter: { type: "string" },
      jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
      newest: { type: "string", default: path.join(project, "../shared/onnx-conformance") },
      json: { type: "string" },
      output: { type: "string", default: path.join(project, "docs/conformance.md") },
    },
  });
  if (!["eval", "js", "native"].includes(o.engine)) throw new Error(`--engine ${o.engine}: it is eval, js or native`);
  if (!debianInstalled()) console.log("the Debian set is missing: apt install libonnx-testdata");
  if (!existsSync(o.newest)) console.log(`the newest set is missing: no folder ${o.newest}`);
  const all = [...debianCases(), ...newestCases(o.newest)].filter((c) => !Object.hasOwn(FLAWED, caseId(c)));
  if (o.engine !== "native") console.log("whole networks (light) run with --engine native only: they take minutes elsewhere");
  const runnable = all.filter((c) => o.engine === "native" || c.group !== "light");
  const cases = o.filter ? runnable.filter((c) => new RegExp(o.filter as string).test(caseId(c))) : runnable;
  const ops = opsByCase(o.filter ? cases : all);
  const start = performance.now();
  const results = await runPool(cases, {
    engine: o.engine as EngineName,
    jobs: Number(o.jobs),
    limitMs: LIMIT_MS,
    onResult: (r, done) => {
      if (r.outcome === "wrong") console.log(`wrong  ${r.id}: ${r.reason}`);
      if (done % 250 === 0) console.log(`${done} of ${cases.length} cases, ${((performance.now() - start) / 1000).toFixed(0)} s`);
    },
  });
  const rows: Row[] = cases.map((c) => ({
    c,
    op: ops.get(caseId(c)) ?? "?",
    verdict: results.get(caseId(c)) ?? { outcome: "wrong", reason: "the run ended before it" },
  }));
  console.log(totalsTable(rows).join("\n"));
  if (o.json)
    writeFileSync(
      o.json,
      JSON.stringify(
        rows.map((r) => ({ id: caseId(r.c), op: r.op, ms: results.get(caseId(r.c))?.ms, ...r.verdict })),
        null,
        1,
      ),
    );
  const whole = !o.filter && rows.length > 0;
  if (whole) writeFileAtomic(o.output, report(rows, o.engine));
  if (rows.some((r) => r.verdict.outcome === "wrong")) return 1;
  const debian = rows.filter((r) => r.c.set === "debian" && r.c.group === "node");
  if (whole && debian.length && passes(debian) < LEAST_DEBIAN_PASSES) {
    console.log(`only ${passes(debian)} of the Debian node cases pass; at least ${LEAST_DEBIAN_PASSES} must`);
    return 1;
  }
  return 0;
}

process.exitCode = await main();
