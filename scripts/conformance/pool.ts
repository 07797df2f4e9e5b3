/** Runs cases in child processes, so that a crash or a hang of native code costs one case and not the run. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Case, caseId } from "./cases.js";
import type { EngineName } from "./engines.js";
import type { Verdict } from "./run-case.js";

export interface Result extends Verdict {
  readonly id: string;
  readonly ms: number;
}

export interface PoolOptions {
  readonly engine: EngineName;
  readonly jobs: number;
  /** A case that takes longer is killed and counts as wrong. */
  readonly limitMs: number;
  readonly onResult: (r: Result, done: number) => void;
}

const JITI = fileURLToPath(new URL("../../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));
const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));

/** The results of all cases by id. */
export async function runPool(cases: readonly Case[], options: PoolOptions): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>();
  const queue = [...cases];
  const record = (r: Result) => {
    results.set(r.id, r);
    options.onResult(r, results.size);
  };
  await Promise.all(
    Array.from({ length: options.jobs }, async () => {
      while (queue.length) await runWorker(queue, options, record);
    }),
  );
  return results;
}

/** Feeds one child until the queue is empty or the child dies. */
function runWorker(queue: Case[], { engine, limitMs }: PoolOptions, record: (r: Result) => void): Promise<void> {
  const child = spawn(process.execPath, ["--max-old-space-size=6000", JITI, WORKER, engine], { stdio: ["pipe", "pipe", "pipe"] });
  return new Promise((resolve) => {
    let current: Case | undefined;
    let timer: NodeJS.Timeout | undefined;
    let said = "";
    const next = () => {
      clearTimeout(timer);
      current = queue.shift();
      if (!current) return child.stdin?.end();
      child.stdin?.write(`${JSON.stringify(current)}\n`);
      timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    };
    child.stderr?.on("data", (d: Buffer) => {
      said = (said + d.toString()).slice(-2000);
    });
    child.stdin?.on("error", () => {}); // the exit handler reports it
    createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> }).on("line", (line) => {
      current = undefined;
      record(JSON.parse(line) as Result);
      next();
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (current) {
        const how =
          signal === "SIGKILL" ? `took longer than ${limitMs / 1000} s` : `ended the process: ${signal ?? `exit code ${code}`}`;
        record({
          id: caseId(current),
          ms: 0,
          outcome: "wrong",
          reason: `${how} ${said.trim().split("\n").slice(-3).join(" ")}`.trim(),
        });
      }
      resolve();
    });
    next();
  });
}
