/** A measurer that builds and runs candidates in a process of their own. */
import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Step } from "../../ir/schedule/step.js";
import { fail } from "../../support/diag.js";
import type { Measurement, Measurer } from "../measure.js";
import type { Failure } from "../records/record.js";
import type { MeasureMessage, OpenMessage, PhaseMessage, Reply, Request } from "./protocol.js";

/** Milliseconds that a phase may take before the worker is killed. Builds take some 50 ms, on a busy machine ten times as much. */
export interface Limits {
  readonly open: number;
  readonly build: number;
  readonly run: number;
  readonly time: number;
}
const LIMITS: Limits = { open: 120_000, build: 30_000, run: 15_000, time: 60_000 };

export interface ProcessOptions {
  readonly limits?: Partial<Limits>;
  /** The worker's script; another one for tests. */
  readonly script?: string;
}

/** How a request ended that did not end well. */
interface Broken {
  readonly kind: Failure;
  readonly message: string;
  /** Who was building or running; -1: nobody in particular. */
  readonly candidate: number;
}

type Ending = { readonly ok: true; readonly results: readonly Measurement[] } | { readonly ok: false; readonly why: Broken };

interface Worker {
  readonly child: ChildProcess;
  readonly opened: Set<string>;
  stderr: string;
}

const failure = ({ kind, message }: Broken): Measurement => ({
  code: null,
  isDuplicate: false,
  ms: [],
  baselineMs: [],
  error: { kind, message },
});

// src/autotune/worker and dist/autotune/worker both lie three folders below the package; plain node can only run what is built
const workerScript = (): string => fileURLToPath(new URL("../../../dist/autotune/worker/worker.js", import.meta.url));

/**
 * Measures in a child process. `describe` gives what the worker must know of a workload. A candidate that crashes, hangs or ends the process is recorded as
 * such; the worker is started again and the others go on. QC-TUNE-004 where the worker cannot be started at all.
 */
export function createProcessMeasurer(
  describe: (key: string, standard: readonly Step[]) => OpenMessage,
  { limits, script = workerScript() }: ProcessOptions = {},
): Measurer {
  const limit: Limits = { ...LIMITS, ...limits };
  const opened = new Map<string, OpenMessage>();
  let worker: Worker | null = null;

  const start = (): Worker => {
    if (!existsSync(script)) fail("QC-TUNE-004", `the tuner's worker '${script}' is missing`, { help: "npm run build makes it" });
    const child = fork(script, [`${process.pid}`], {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const made: Worker = { child, opened: new Set(), stderr: "" };
    child.stderr?.on("data", (chunk: Buffer) => {
      made.stderr = (made.stderr + chunk.toString()).slice(-600);
    });
    return made;
  };
  const stop = (): void => {
    worker?.child.kill("SIGKILL");
    worker = null;
  };

  const ask = (request: Request): Promise<Ending> =>
    new Promise((resolve) => {
      worker ??= start();
      const current = worker;
      const { child } = current;
      let at: Pick<PhaseMessage, "candidate" | "phase"> = { candidate: -1, phase: "build" };
      let timer: NodeJS.Timeout | undefined;
      const finish = (ending: Ending): void => {
        clearTimeout(timer);
        child.removeAllListeners("message").removeAllListeners("close").removeAllListeners("error");
        if (!ending.ok && worker === current) stop();
        resolve(ending);
      };
      const broken = (kind: Failure, message: string) => finish({ ok: false, why: { kind, message, candidate: at.candidate } });
      const restart = (): void => {
        clearTimeout(timer);
        const ms = request.k === "open" ? limit.open : limit[at.phase];
        timer = setTimeout(() => broken("timeout", `no end of '${at.phase}' within ${ms / 1000} s`), ms);
      };
      child.on("message", (reply: Reply) => {
        if (reply.k === "done") return finish({ ok: true, results: reply.results });
        at = reply;
        restart();
      });
      child.on("error", (e) => broken("crash", e.message));
      child.on("close", (code, signal) => {
        const said = current.stderr.trim();
        broken("crash", `the worker ended with ${signal ?? `exit code ${code}`}${said ? `: ${said.slice(-300)}` : ""}`);
      });
      restart();
      child.send(request, (e) => e && broken("crash", e.message));
    });

  const openIn = async (message: OpenMessage): Promise<Measurement> => {
    const ending = await ask(message);
    if (!ending.ok) return failure(ending.why);
    worker?.opened.add(message.key);
    return ending.results[0];
  };

  const measure = async (message: MeasureMessage): Promise<readonly Measurement[]> => {
    if (message.candidates.length === 0) return [];
    const workload = opened.get(message.key) as OpenMessage;
    if (!worker?.opened.has(message.key)) {
      const again = await openIn(workload);
      if (again.error) return message.candidates.map(() => again);
    }
    const ending = await ask(message);
    if (ending.ok && ending.results.length === message.candidates.length) return ending.results;
    if (ending.ok) {
      worker?.opened.delete(message.key);
      return measure(message);
    }
    const { why } = ending;
    const without = (at: number): MeasureMessage => ({ ...message, candidates: message.candidates.filter((_, i) => i !== at) });
    const culprit = message.candidates.length === 1 ? 0 : why.candidate;
    if (culprit >= 0) {
      const rest = await measure(without(culprit));
      return [...rest.slice(0, culprit), failure(why), ...rest.slice(culprit)];
    }
    // it happened to all of them together: one at a time tells whose it is
    const results: Measurement[] = [];
    for (const c of message.candidates) results.push(...(await measure({ ...message, candidates: [c] })));
    return results;
  };

  return {
    async open(workload, standard) {
      const message = describe(workload.key, standard.steps);
      opened.set(workload.key, message);
      return openIn(message);
    },
    measure: (workload, candidates, o) =>
      measure({
        k: "measure",
        key: workload.key,
        candidates: candidates.map((c) => c.steps),
        rounds: o.rounds,
        thorough: o.thorough,
        known: [...o.known],
      }),
    close: stop,
  };
}
