/** `kill -9` of a search by the built command line, at drawn moments: what is left, and that a further search goes on from there. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLog, readLogIfAny } from "../../src/autotune/records/log.js";
import type { TuningRecord } from "../../src/autotune/records/record.js";
import { stepsKey } from "../../src/autotune/records/steps-key.js";
import type { LogContent } from "../../src/search/log.js";
import { createRandom } from "../../src/search/random.js";
import { isAlive } from "../../src/support/processes.js";
import { glyphFolder, MAIN, ROOT } from "../cli/qc.js";

const cwd = mkdtempSync(join(tmpdir(), "qc-kill-"));
const temporary = join(cwd, "tmp");
beforeAll(() => {
  glyphFolder(cwd);
  mkdirSync(temporary);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Beside other work a search of these few trials takes ten times as long as alone. */
const MINUTES = 60_000;

const MEASURED_AGAIN = new Set(["default", "final", "context", "slower", "whole"]);
const trials = ({ records }: LogContent<TuningRecord>) => records.filter((r) => !MEASURED_AGAIN.has(r.source));
const keyOf = (r: TuningRecord) => `${r.workload} ${stepsKey(r.steps)}`;
const logOf = (out: string) => join(cwd, out, "optimization_artifacts/model.tuning.json");

interface Search {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<unknown>;
  readonly said: { text: string };
}

function start(args: readonly string[]): Search {
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  const said = { text: "" };
  child.stderr.on("data", (chunk) => {
    said.text += chunk;
  });
  return { child, pid: child.pid ?? 0, ended: once(child, "close"), said };
}

const tuneArgs = (out: string, iterations: number, seed = 0) => [
  ...["tune", "--input_path", "model.onnx", "--output_path", out],
  ...["--iterations", `${iterations}`, "--seed", `${seed}`],
];
const compileArgs = (out: string, iterations: number) => [
  ...["compile", "--input_path", "model.onnx", "--output_path", out],
  ...["--optimization", `category:graph,iterations:${iterations}`],
];

/** Waits for the moment; false where the search is through before it. */
async function reaches(holds: () => boolean, { child, said }: Search): Promise<boolean> {
  while (!holds()) {
    if (child.exitCode === 0) return false;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${said.text}`);
    await new Promise((r) => setTimeout(r, 10));
  }
  return true;
}

async function until(holds: () => boolean, search: Search): Promise<void> {
  if (!(await reaches(holds, search))) throw new Error(`it was through too early: ${search.said.text}`);
}

/** Process ids of children, their children included. */
function descendants(pid: number): readonly number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const own = readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number);
  return [...own, ...own.flatMap(descendants)];
}

/** Kills a search; resolves when nothing that it started runs any more. */
async function kill(search: Search): Promise<readonly number[]> {
  const workers = descendants(search.pid);
  search.child.kill("SIGKILL");
  await search.ended;
  while (workers.some(isRunning)) await new Promise((r) => setTimeout(r, 10));
  return workers;
}

/** Not one that ended and waits for its status to be read. */
function isRunning(pid: number): boolean {
  try {
    return isAlive(pid) && !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const stagingIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith(".qc-staging"));

describe.skipIf(process.platform !== "linux")("a search that is killed", () => {
  const random = createRandom(Date.now());
  it("loses the candidates in flight, leaves no process behind, and goes on the next time", {
    timeout: 5 * MINUTES,
  }, async () => {
    const seen = { records: 0, unreadable: 0 };
    const hasGrown = () => readLogIfAny(logOf("out")).records.length > seen.records;
    const grown = (search: Search, moment: () => boolean) => until(() => moment() && hasGrown(), search);
    const look = () => {
      const { records, unreadable } = readLog(logOf("out"));
      expect(records.length).toBeGreaterThan(seen.records);
      expect(unreadable - seen.unreadable).toBeLessThanOrEqual(1);
      Object.assign(seen, { records: records.length, unreadable });
    };
    // anywhere in the search, then where the best are measured in the whole model
    const searching = start(tuneArgs("out", 20_000));
    const least = 1 + random.below(20);
    await grown(searching, () => readLogIfAny(logOf("out")).records.length >= least);
    await new Promise((r) => setTimeout(r, random.below(200)));
    expect((await kill(searching)).length).toBeGreaterThan(0);
    look();
    const before = new Set(trials(readLog(logOf("out"))).map(keyOf));

    // a search that finds nothing better has nothing to confirm: then another one is killed
    const isConfirming = (search: Search) => () =>
      /building \d+ models|measuring the best again/.test(search.said.text) && hasGrown();
    let confirming = start(compileArgs("out", 4));
    while (!(await reaches(isConfirming(confirming), confirming))) {
      rmSync(join(cwd, "out/model.so"));
      confirming = start(compileArgs("out", 4));
    }
    await new Promise((r) => setTimeout(r, random.below(600)));
    await kill(confirming);
    look();
    expect(existsSync(join(cwd, "out/model.so"))).toBe(false);

    const last = start(compileArgs("out", 3));
    expect(await last.ended).toEqual([0, null]);
    look();
    expect(existsSync(join(cwd, "out/model.so"))).toBe(true);
    const all = trials(readLog(logOf("out")));
    const session = all[all.length - 1].session;
    const fresh = all.filter((r) => r.session === session);
    expect(fresh.length).toBe(3);
    expect(fresh.filter((r) => before.has(keyOf(r)))).toEqual([]);
    // what the killed ones left is gone: each start clears up after the dead
    expect(readdirSync(temporary)).toEqual([]);
    expect([...stagingIn(cwd), ...stagingIn(join(cwd, "out"))]).toEqual([]);
  });

  it("does not disturb another one that shares its log", { timeout: 5 * MINUTES }, async () => {
    const [first, second] = [start(tuneArgs("shared", 20_000, 1)), start(tuneArgs("shared", 6, 2))];
    const least = 1 + random.below(5);
    await until(() => readLogIfAny(logOf("shared")).records.filter((r) => r.seed === 1).length >= least, first);
    await kill(first);
    expect(await second.ended).toEqual([0, null]);
    const { records, unreadable } = readLog(logOf("shared"));
    expect(unreadable).toBeLessThanOrEqual(1);
    expect(trials({ records, unreadable }).filter((r) => r.seed === 2).length).toBe(6);
    expect(records.filter((r) => r.seed === 1).length).toBeGreaterThanOrEqual(least);
  });

  it("ends its worker even where that is in an endless loop", { timeout: MINUTES }, async () => {
    const module = pathToFileURL(join(ROOT, "dist/runtime/parent-death.js")).href;
    const worker = join(cwd, "worker.mjs");
    writeFileSync(
      worker,
      `import { endWithParent } from "${module}"; endWithParent(Number(process.argv[2])); console.log(process.pid); for (;;);`,
    );
    const text = `require("node:child_process").spawn(process.execPath, [${JSON.stringify(worker)}, String(process.pid)], { stdio: "inherit" });`;
    const parent = spawn(process.execPath, ["-e", text], { stdio: ["ignore", "pipe", "inherit"] });
    const [pid] = await once(parent.stdout, "data");
    expect(isRunning(Number(pid))).toBe(true);
    parent.kill("SIGKILL");
    while (isRunning(Number(pid))) await new Promise((r) => setTimeout(r, 10));
  });
});
