/** Runs compiled models in Node: the package export `qc/runtime`. */
import { basename, dirname, join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { fail, failUsage } from "../support/diag.js";
import { knob } from "../support/env.js";
import { isFile, isFolder } from "../support/fs.js";
import { bindEarly, openLibrary } from "./library.js";
import { readModelRecord, verifyChecksum } from "./model-record.js";
import { type Net, openNet } from "./net.js";

export { QcError } from "../support/diag.js";
export type { TypedArray } from "../support/npy.js";
export type { Description, PhaseInfo, TensorInfo } from "./descriptor.js";
export type { ModelRecord } from "./model-record.js";
export type { Net, PhaseProfile, Profile, RunOptions } from "./net.js";
export type { TensorData } from "./tensors.js";

if (!isMainThread) bindEarly();

export interface LoadOptions {
  /** 1 to 256, the calling thread included. Default: QC_THREADS, or all processors. */
  readonly threads?: number;
  /** Compare the SHA-256 of model.so with that in model.json first. Default: true for a folder, false for a model.so. */
  readonly verify?: boolean;
  /** Microseconds that an idle worker spins before it sleeps. Default: 20000, none with more threads than processors; -1: none. */
  readonly spinUs?: number;
  /** Another libqcrt.so than that of this package. */
  readonly library?: string;
}

const MAX_THREADS = 256;

function checkNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  return failUsage("QC-RT-011", `${name} is ${value}`, `a whole number from ${least} to ${most}`);
}

/** The shared object that a path means; where it is a folder, its model.json is checked too. */
function resolveModel(path: string, verify: boolean | undefined): string {
  const help = "name a folder that `qc compile` or `qc optimize` wrote, or its model.so";
  const file = isFolder(path) ? join(path, "model.so") : path;
  if (!isFile(file)) fail("QC-RT-003", `there is no compiled model at '${path}'`, { help });
  const json = join(dirname(file), "model.json");
  const compares = verify ?? file !== path;
  if (file === path && !compares) return file;
  if (!isFile(json)) fail("QC-RT-003", `'${json}' is missing`, { help });
  const model = readModelRecord(json);
  if (compares) verifyChecksum(model, basename(file), file);
  return file;
}

/** load() without a promise. */
export function loadSync(path: string, options: LoadOptions = {}): Net {
  const threads = checkNumber("threads", options.threads ?? Math.min(knob("QC_THREADS"), MAX_THREADS), 1, MAX_THREADS);
  const spin_us = checkNumber("spinUs", options.spinUs ?? 0, -1, 1e9);
  const library = openLibrary(options.library);
  return openNet(library, resolveModel(path, options.verify), { threads, spin_us });
}

/**
 * Loads a compiled model, a folder of `qc compile` or a model.so, and allocates all that running it needs.
 * A network that is loaded twice has two contexts: state, arena and threads are not shared, code and weights are.
 * QC-RT-001 to -006, -011 and -013 for what is missing or does not fit, QC-RT-101 to -109 from the C library (status + 100).
 */
export async function load(path: string, options: LoadOptions = {}): Promise<Net> {
  return loadSync(path, options);
}
