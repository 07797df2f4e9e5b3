/**
 * A folder of results that appears whole or not at all. Files are built in a hidden staging folder (a sibling of the target, or inside it
 * where it exists already, so that every move is a rename on one disk) and moved into place by commit().
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fail } from "./diag.js";
import { failIo, isFolder, makeFolder, resolveInside, statOf, syncFolder, writeSynced } from "./fs.js";
import { breathe, onInterrupt } from "./interrupt.js";
import { isAlive } from "./processes.js";

export interface OutputFolder {
  /** Where the results will be. */
  readonly target: string;
  /** Where they are built: tools such as a linker write here. */
  readonly staging: string;
  /** Absolute path of a file in staging; its folder is made. Names that leave the folder are refused (QC-IO-010). */
  path(name: string): string;
  write(name: string, data: Uint8Array | string, mode?: number): void;
  /** Moves every file into place, replacing files of the same name and leaving others alone; `last` is moved last. */
  commit(last?: string): void;
  /** Removes staging, and the folders made for it; nothing after a commit. */
  abort(): void;
}

const STAGING = /^\.qc-staging-(\d+)-/;

/** Opens an output folder. Removed by abort(), or when the process is interrupted. */
export function openOutputFolder(target: string): OutputFolder {
  const to = resolve(target);
  const found = statOf(to);
  if (found && !found.isDirectory()) {
    fail("QC-IO-004", `the output path '${target}' is a file, not a folder`, {
      help: "name a folder: its files are written there",
    });
  }
  const parent = found ? to : dirname(to);
  let made: string | undefined;
  let staging = "";
  let open = true;
  const abort = () => {
    if (!open) return;
    open = false;
    release();
    if (staging) rmSync(staging, { recursive: true, force: true });
    removeEmpty(parent, made);
  };
  // before the first folder is made: an interrupt between the two would leave it
  const release = onInterrupt(abort);
  try {
    made = makeParents(parent);
    removeStale(parent);
    staging = makeStaging(parent);
  } catch (error) {
    abort();
    throw error;
  }
  const path = (name: string) => {
    const inside = resolveInside(staging, name);
    makeFolder(dirname(inside));
    return inside;
  };
  return {
    target: to,
    staging,
    path,
    write: (name, data, mode) => {
      const file = path(name);
      rmSync(file, { force: true });
      writeSynced(file, data, mode, join(to, name));
    },
    commit(last) {
      const files = listFiles(staging);
      checkNothingInTheWay(files, to);
      try {
        if (isFolder(to))
          moveFiles(last ? [...files.filter((f) => f !== last), ...files.filter((f) => f === last)] : files, staging, to);
        else moveWhole(staging, to);
      } catch (error) {
        failIo(error, "write to the folder", to);
      }
      syncFolder(dirname(to));
      open = false;
      release();
    },
    abort,
  };
}

/**
 * Runs `build` with an output folder and commits it; on an error nothing is left behind. An interrupt that came meanwhile, perhaps to
 * the linker too, ends the process before either.
 */
export async function withOutputFolder<T>(
  target: string,
  build: (out: OutputFolder) => T | Promise<T>,
  last?: string,
): Promise<T> {
  const out = openOutputFolder(target);
  try {
    const result = await build(out);
    await breathe();
    out.commit(last);
    return result;
  } catch (error) {
    await breathe();
    out.abort();
    throw error;
  }
}

/** The first folder that had to be made, or undefined. */
function makeParents(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    return failIo(error, "create the folder", folder);
  }
}

function makeStaging(parent: string): string {
  try {
    return mkdtempSync(join(parent, `.qc-staging-${process.pid}-`));
  } catch (error) {
    return failIo(error, "write to the folder", parent);
  }
}

/** Removes the empty folders from `folder` up to `top`, which this process made. */
function removeEmpty(folder: string, top: string | undefined): void {
  if (top === undefined) return;
  for (let at = folder; at.length >= top.length; at = dirname(at)) {
    try {
      rmdirSync(at);
    } catch {
      return;
    }
  }
}

/** Removes staging folders of processes that were killed before they could: the process id is in the name. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(STAGING.exec(name)?.[1]);
    if (pid && pid !== process.pid && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Paths of all files below `root`, relative to it. */
function listFiles(root: string, under = ""): string[] {
  return readdirSync(join(root, under), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(root, join(under, entry.name)) : [join(under, entry.name)]));
}

function checkNothingInTheWay(files: readonly string[], to: string): void {
  for (const file of files) {
    if (lstatSync(join(to, file), { throwIfNoEntry: false })?.isDirectory()) {
      fail("QC-IO-004", `cannot write '${join(to, file)}': a folder of that name is in the way`, {
        help: "remove it or choose another output folder",
      });
    }
  }
}

function moveFiles(files: readonly string[], from: string, to: string): void {
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    renameSync(join(from, file), join(to, file));
  }
  rmSync(from, { recursive: true, force: true });
  syncFolder(to);
}

/** mkdtemp makes folders for their owner alone; a result is as readable as the umask allows. */
function moveWhole(staging: string, to: string): void {
  const fresh = join(dirname(to), `.qc-staging-${process.pid}-${basename(to)}`);
  mkdirSync(fresh);
  try {
    for (const name of readdirSync(staging)) renameSync(join(staging, name), join(fresh, name));
    renameSync(fresh, to);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  rmSync(staging, { recursive: true, force: true });
}
