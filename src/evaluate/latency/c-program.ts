/** The latency of a built model as a C program sees it: the runtime's own bench program, linked with model.so. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { linkExecutable } from "../../backends/native/link.js";
import { runtimeSources } from "../../build/runtime-sources.js";
import { archHere } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";
import { failIo } from "../../support/fs.js";
import { withTempFolder } from "../../support/temp-folder.js";
import type { Latency } from "./latency.js";

export interface CRun {
  /** Raw bytes of every input, in order. */
  readonly inputs: readonly Uint8Array[];
  readonly threads: number;
  readonly rounds: number;
}

/** Runs the program. */
export type CProgram = (run: CRun) => Latency;

const LIMIT_MS = 300_000;
const RESULT = /: (\d+) runs, ms: min ([\d.]+) {2}median ([\d.]+) {2}p99 ([\d.]+)/;

/**
 * Builds the program for the model in `folder` and hands `body` what runs it. Errors: QC-LINK-002 no C compiler; QC-COMPILE-006 the
 * program failed.
 */
export function withCProgram<T>(folder: string, body: (measure: CProgram) => Promise<T>): Promise<T> {
  return withTempFolder("c-bench", async (work) => {
    const program = join(work, "bench");
    const { includeDirs, files, flags, libraries } = runtimeSources();
    const arch = archHere() ?? fail("QC-LINK-002", `there is no C compiler for ${process.arch}`);
    const model = resolve(folder, "model.so");
    linkExecutable({ arch, objects: [], files: [...files, model], includeDirs, flags, libraries, output: program });
    return body((run) => measure(program, work, run));
  });
}

function measure(program: string, work: string, { inputs, threads, rounds }: CRun): Latency {
  const files = inputs.map((bytes, i) => {
    const path = join(work, `${i}.raw`);
    try {
      writeFileSync(path, bytes);
    } catch (error) {
      failIo(error, "write", path);
    }
    return path;
  });
  const args = ["--bench", String(rounds), "--threads", String(threads), ...files];
  const done = spawnSync(program, args, { encoding: "utf8", timeout: LIMIT_MS });
  const found = RESULT.exec(done.stdout ?? "");
  if (!found) {
    const why = done.error?.message ?? (done.stderr.trim() || `exit code ${done.status}`);
    return fail("QC-COMPILE-006", `the C program that measures the model failed: ${why}`);
  }
  const [count, min, median, p99] = found.slice(1).map(Number);
  return { rounds: count, min, median, p99 };
}
