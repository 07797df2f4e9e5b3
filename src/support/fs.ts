import { createHash } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep, win32 } from "node:path";
import { fail, QcError } from "./diag.js";

const ADVICE: Readonly<Record<string, readonly [code: string, why: string, help: string]>> = {
  ENOSPC: ["QC-IO-001", "the disk is full", "free some space, or choose an output folder on another disk"],
  EDQUOT: ["QC-IO-001", "the disk quota is used up", "free some space, or choose an output folder on another disk"],
  EFBIG: [
    "QC-IO-001",
    "the file is larger than the file system or the limit allows",
    "raise the limit (ulimit -f) or choose another disk",
  ],
  EACCES: ["QC-IO-002", "permission denied", "check the owner and the mode of the file and of its folder"],
  EPERM: ["QC-IO-002", "operation not permitted", "check the owner and the mode of the file and of its folder"],
  EROFS: ["QC-IO-002", "the file system is read-only", "choose an output folder elsewhere"],
  ENOENT: ["QC-IO-003", "no such file or folder", "check the spelling; relative paths start at the current folder"],
  EISDIR: ["QC-IO-004", "it is a folder, a file is needed", "name a file inside it"],
  ENOTDIR: ["QC-IO-004", "a part of the path is a file, not a folder", "check the path"],
  EEXIST: ["QC-IO-004", "a file of that name is in the way", "choose another name or remove the file"],
  ENAMETOOLONG: ["QC-IO-009", "the name is too long", "choose a shorter one"],
  ERR_INVALID_ARG_VALUE: ["QC-IO-009", "the name holds a NUL character", "is the file that names it damaged?"],
  EMFILE: ["QC-IO-005", "too many open files", "raise the limit (ulimit -n)"],
};

/** Rethrows a file-system error as a coded one that names the path; anything else as it is. */
export function failIo(error: unknown, action: string, path: string): never {
  if (error instanceof QcError || !(error instanceof Error)) throw error;
  const errno = (error as NodeJS.ErrnoException).code;
  if (errno === undefined || !/^(E[A-Z0-9]+|ERR_FS_FILE_TOO_LARGE|ERR_INVALID_ARG_VALUE)$/.test(errno)) throw error;
  const [code, why, help] = ADVICE[errno] ?? ["QC-IO-009", errno, undefined];
  return fail(code, `cannot ${action} '${path}': ${why}`, { help });
}

/** The bytes of a file; a coded error where it cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    return failIo(error, "read", path);
  }
}

/** The first `most` bytes of a file, or all of a shorter one; a coded error where it cannot be read. */
export function readHead(path: string, most: number): Uint8Array {
  const head = new Uint8Array(most);
  try {
    const fd = openSync(path, "r");
    try {
      let filled = 0;
      for (let got = 1; got > 0 && filled < most; filled += got) got = readSync(fd, head, filled, most - filled, filled);
      return head.subarray(0, filled);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return failIo(error, "read", path);
  }
}

/** SHA-256 of a file's content as 64 lowercase hex digits, read piece by piece. */
export function sha256OfFile(path: string): string {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafeSlow(1 << 20);
  try {
    const fd = openSync(path, "r");
    try {
      for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) hash.update(piece.subarray(0, got));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return failIo(error, "read", path);
  }
  return hash.digest("hex");
}

/** The text of a UTF-8 file; a coded error where it cannot be read or is not UTF-8 (QC-IO-006). */
export function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("QC-IO-006", `'${path}' is not a UTF-8 text file`, { help: "is it the right file?" });
  }
}

export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    failIo(error, "create the folder", path);
  }
}

/** Writes and syncs a new file; removes it again where that fails. `shown` is its name in errors. */
export function writeSynced(path: string, data: Uint8Array | string, mode = 0o666, shown = path): void {
  let fd: number | undefined;
  try {
    fd = openSync(path, "wx", mode);
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at, Math.min(bytes.byteLength - at, 1 << 30));
    fsyncSync(fd);
    closeSync(fd);
  } catch (error) {
    if (fd !== undefined) {
      try {
        closeSync(fd);
      } catch {
        // closed, or failing for the reason that is being reported
      }
      rmSync(path, { force: true });
    }
    failIo(error, "write", shown);
  }
}

/**
 * Replaces a file at once: readers see the old content or the new one. The folder is made where it is missing. A symbolic link is followed;
 * what is no regular file, a device or a FIFO, is written to and stays what it is.
 */
export function writeFileAtomic(at: string, data: Uint8Array | string, mode = 0o666): void {
  if (isDevice(at)) return writeThrough(at, data);
  const path = linkTarget(at);
  const folder = dirname(path);
  makeFolder(folder);
  const temp = join(folder, `.${basename(path)}.qc-${process.pid}-${process.hrtime.bigint().toString(36)}`);
  writeSynced(temp, data, mode, path);
  try {
    renameSync(temp, path);
  } catch (error) {
    rmSync(temp, { force: true });
    failIo(error, "write", path);
  }
  syncFolder(folder);
}

/** Does something stand at the path, links followed, that is neither a file nor a folder? */
export function isDevice(path: string): boolean {
  const stat = statOf(path);
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

function writeThrough(path: string, data: Uint8Array | string): void {
  try {
    const fd = openSync(path, "w");
    try {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    failIo(error, "write", path);
  }
}

/** As many as Linux follows. */
const MOST_LINKS = 40;

/** The path that symbolic links at `path` lead to, whether or not something is there. */
function linkTarget(path: string): string {
  let at = path;
  for (let links = 0; links < MOST_LINKS && isSymlink(at, path); links++) at = resolve(dirname(at), readlinkSync(at));
  return at;
}

/** Makes a rename in this folder durable. Some file systems cannot sync a folder: the rename itself has happened all the same. */
export function syncFolder(folder: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(folder, "r");
    fsyncSync(fd);
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code ?? "";
    if (!["EINVAL", "EISDIR", "EPERM", "EACCES", "EBADF", "ENOTSUP"].includes(errno)) failIo(error, "sync the folder", folder);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * The real path of `name` under `root`, for names that come from a model or another untrusted file.
 * Refused with QC-IO-010: absolute names, `..` that leaves root, symlinks that lead out of it, unless into `linked`, a folder that the
 * caller trusts as much. The file itself need not exist.
 */
export function resolveInside(root: string, name: string, linked: string | null = null): string {
  const refuse = (why: string): never =>
    fail("QC-IO-010", `the path '${name}' ${why}`, {
      help: `only files inside '${root}' are read: put the file there and name it relative to it`,
    });
  if (name === "" || name.includes("\0")) return refuse("is not a file name");
  if (isAbsolute(name) || win32.isAbsolute(name) || /^[A-Za-z]:/.test(name)) return refuse("is absolute");
  let realRoot: string;
  try {
    realRoot = realpathSync(root);
  } catch (error) {
    return failIo(error, "open the folder", root);
  }
  const lexical = resolve(realRoot, name);
  if (!contains(realRoot, lexical)) return refuse("leaves its folder");
  const real = realpathOfExisting(lexical, name);
  if (!contains(realRoot, real) && !(linked !== null && contains(linked, real))) {
    return fail("QC-IO-010", `the path '${name}' leads out of its folder through a symbolic link`, {
      help: `copy the folder with what its links lead to, and name the copy: cp -rL '${root}' COPY`,
    });
  }
  return real;
}

function contains(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** realpath of the longest existing prefix, the rest appended; a dangling symlink is refused, since its target may appear later. */
function realpathOfExisting(path: string, name: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return failIo(error, "open", path);
  }
  if (isSymlink(path, name))
    return fail("QC-IO-010", `the path '${name}' is a symbolic link to nothing`, { help: "put the file itself there" });
  const parent = dirname(path);
  return parent === path ? path : join(realpathOfExisting(parent, name), basename(path));
}

/** `name` is the path as the untrusted file spells it. */
function isSymlink(path: string, name: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch (error) {
    return failIo(error, "open", name);
  }
}

/** What is at a path, symlinks followed; undefined where nothing is. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    return failIo(error, "open", path);
  }
}

export function isFile(path: string): boolean {
  return statOf(path)?.isFile() ?? false;
}

export function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}
