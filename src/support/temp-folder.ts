/**
 * Temporary folders, removed by whoever made them, and before that when the process is interrupted or exits. The one list of them is the
 * process's, as its signals are.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failIo } from "./fs.js";
import { onInterrupt } from "./interrupt.js";

export interface TempFolder {
  readonly path: string;
  /** Removes the folder with what is in it; a second call does nothing. */
  remove(): void;
}

const folders = new Set<string>();
let release: (() => void) | null = null;

/** `qc-WHAT-XXXXXX` in the system's folder for temporary files. Errors: QC-IO-*. */
export function openTempFolder(what: string): TempFolder {
  let path = join(tmpdir(), `qc-${what}-`);
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
