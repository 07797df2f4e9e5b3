/** The ONNX backend test cases. Exit code 1 where a case is wrong, or where a whole run of the Debian node set has fewer than 500 passes. */
import { existsSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeFileAtomic } from "../src/support/fs.js";
import { count, oneOf, option, runScript } from "./command-line.mjs";
import { type Case, caseId, debianCases, debianInstalled, FLAWED, newestCases, opOf, readModel } from "./conformance/cases.js";
import { ENGINES } from "./conformance/engines.js";
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

const command = {
  run: "npm run conformance --",
  about: "Runs every ONNX backend test case that is found, and writes docs/makers/conformance.md where all were run.",
  options: {
    engine: option("ENGINE", `what computes: ${ENGINES.join(", ")}`, ENGINES[0], oneOf(ENGINES)),
    filter: option("REGEX", "only cases whose name matches, like debian/node/test_conv", undefined),
    jobs: option("N", "processes", Math.min(2, availableParallelism()), count),
    newest: option(
      "DIR",
      "folder of the newest test data; without it only Debian's are run",
      path.join(project, "../shared/onnx-conformance"),
    ),
    json: option("FILE", "writes a row for every case", undefined),
    output: option("FILE", "the report", path.join(project, "docs/makers/conformance.md")),
  },
  examples: [["npm run conformance -- --filter resize --engine js", "what resize is tested by, on the JavaScript executor"]],
} as const;

await runScript(command, async (o) => {
  if (!debianInstalled()) console.log("the Debian set is missing: apt install libonnx-testdata");
  if (!existsSync(o.newest)) console.log(`the newest set is missing: no folder ${o.newest}`);
  const all = [...debianCases(), ...newestCases(o.newest)].filter((c) => !Object.hasOwn(FLAWED, caseId(c)));
  if (o.engine !== "native") console.log("whole networks (light) run with --engine native only: they take minutes elsewhere");
  const runnable = all.filter((c) => o.engine === "native" || c.group !== "light");
  const cases = o.filter ? runnable.filter((c) => new RegExp(o.filter ?? "").test(caseId(c))) : runnable;
  const ops = opsByCase(o.filter ? cases : all);
  const start = performance.now();
  const results = await runPool(cases, {
    engine: o.engine,
    jobs: o.jobs,
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
});
