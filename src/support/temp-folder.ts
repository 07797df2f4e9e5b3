/**
 * Temporary folders, removed by whoever made them, and before that when the process is interrupted or exits. Those of processes that were killed are removed
 * by the next one that makes a folder. The one list of them is the process's, as its signals are.
 */
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failIo } from "./fs.js";
import { onInterrupt } from "./interrupt.js";
import { isAlive } from "./processes.js";

export interface TempFolder {
  readonly path: string;
  /** Removes the folder with what is in it; a second call does nothing. */
  remove(): void;
}

const folders = new Set<string>();
let release: (() => void) | null = null;
let isSwept = false;

/** Whose process ids a folder's name speaks of: containers may share a folder for temporary files. */
function processNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

/** Removes folders of processes that were killed, this user's only. */
function sweep(folder: string, namespace: string): void {
  const made = new RegExp(`^qc-[a-z-]+-(\\d+)\\.${namespace}-[A-Za-z0-9]{6}$`);
  for (const name of readdirSync(folder)) {
    const pid = Number(made.exec(name)?.[1]);
    if (!pid || pid === process.pid || isAlive(pid)) continue;
    const path = join(folder, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
  }
}

/** `qc-WHAT-PID.NAMESPACE-XXXXXX` in the system's folder for temporary files. Errors: QC-IO-*. */
export function openTempFolder(what: string): TempFolder {
  const namespace = processNamespace();
  let path = join(tmpdir(), `qc-${what}-${process.pid}.${namespace}-`);
  if (!isSwept) {
    isSwept = true;
    try {
      sweep(tmpdir(), namespace);
    } catch {
      // what cannot be listed or removed stays
    }
  }
  try {
    path = mkdtempSync(path);
  } catch (error) {
    failIo(error, "create a folder", path);
  }
  folders.add(path);
  release ??= watch();
  return {
    path,
    remove() {
      if (!folders.delete(path)) return;
      rmSync(path, { recursive: true, force: true });
      // a signal that came while synchronous code ran is delivered within the next turn: it must still find its handler
      if (folders.size === 0) setImmediate(() => setImmediate(releaseIfDone));
    },
  };
}

/** Runs `body` with a temporary folder and removes it; where `body` returns a promise, when that is settled. */
export function withTempFolder<T>(what: string, body: (path: string) => T): T {
  const folder = openTempFolder(what);
  let result: T;
  try {
    result = body(folder.path);
  } catch (error) {
    folder.remove();
    throw error;
  }
  if (result instanceof Promise) return result.finally(folder.remove) as T;
  folder.remove();
  return result;
}

function removeAll(): void {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
  folders.clear();
}

/** Removes every folder at an interrupt or at the end of the process. Returns what takes that back. */
function watch(): () => void {
  const interrupt = onInterrupt(removeAll);
  process.once("exit", removeAll);
  return () => {
    interrupt();
    process.removeListener("exit", removeAll);
  };
}

function releaseIfDone(): void {
  if (folders.size > 0 || !release) return;
  release();
  release = null;
}
