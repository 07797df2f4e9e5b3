/** Child process of the conformance run: takes cases as JSON lines on stdin, answers with one line when it starts and ends each. */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { type Case, caseId } from "./cases.js";
import { createEngine, type EngineName } from "./engines.js";
import { runCase } from "./run-case.js";

const say = (message: object): void => void writeSync(1, `${JSON.stringify(message)}\n`);

const engine = createEngine(process.argv[2] as EngineName);
for await (const line of createInterface({ input: process.stdin })) {
  const c = JSON.parse(line) as Case;
  const start = performance.now();
  const verdict = runCase(c, engine);
  say({ id: caseId(c), ms: Math.round(performance.now() - start), ...verdict });
}
