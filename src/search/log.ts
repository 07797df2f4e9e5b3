/**
 * A log of a search: JSON lines, one record a line, only ever appended to. What a record says is its writer's.
 *   A record, or several that belong together, is one write() to a file opened with O_APPEND, so processes that share a log do not interleave. A process that dies in the middle of a
 *   write leaves a line without an end; the next record starts a line of its own, and readers count what they could not read.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { failIo, makeFolder, readText, writeFileAtomic } from "../support/fs.js";
import { canonicalJson } from "../support/hash.js";

export interface LogContent<R> {
  readonly records: readonly R[];
  /** Lines that are no records: cut short, or of another version. */
  readonly unreadable: number;
}

/** The records of a log; `asRecord` says what is one, or null. Errors: QC-IO-*. */
export function readLines<R>(path: string, asRecord: (x: unknown) => R | null): LogContent<R> {
  const lines = readText(path)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const records = lines.flatMap((line): R[] => {
    const record = asRecord(parsed(line));
    return record === null ? [] : [record];
  });
  return { records, unreadable: lines.length - records.length };
}

/** Undefined for a line that is no JSON: one that was cut short. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export interface Log<R> {
  readonly path: string;
  append(record: R): void;
  /** Appends records in one write: where the process is killed, all of them or none. */
  appendAll(records: readonly R[]): void;
  close(): void;
}

const NEWLINE = 0x0a;

function endsInLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size === 0 || readSync(fd, last, 0, 1, size - 1) === 0 || last[0] === NEWLINE;
}

/** Opens a log to append to; it and its folder are made where they are missing. Errors: QC-IO-*. */
export function openLog<R>(path: string): Log<R> {
  makeFolder(dirname(path));
  let fd = -1;
  try {
    fd = openSync(path, "a+");
  } catch (error) {
    failIo(error, "write", path);
  }
  const appendAll: Log<R>["appendAll"] = (records) => {
    if (records.length === 0) return;
    try {
      const text = records.map((r) => `${JSON.stringify(r)}\n`).join("");
      const lines = Buffer.from(`${endsInLine(fd) ? "" : "\n"}${text}`);
      const written = writeSync(fd, lines);
      if (written < lines.byteLength) writeSync(fd, lines, written);
    } catch (error) {
      failIo(error, "write", path);
    }
  };
  return {
    path,
    append: (record) => appendAll([record]),
    appendAll,
    close() {
      if (fd < 0) return;
      try {
        fsyncSync(fd);
        closeSync(fd);
      } catch (error) {
        failIo(error, "write", path);
      } finally {
        fd = -1;
      }
    },
  };
}

/** The records of several logs, equal ones once, in the order of their times. */
export function mergeRecords<R extends { readonly time: string }>(logs: readonly (readonly R[])[]): readonly R[] {
  const byText = new Map(logs.flat().map((r) => [canonicalJson(r), r]));
  return [...byText.values()].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** Replaces a log at once by these records. */
export function writeLog<R>(path: string, records: readonly R[]): void {
  writeFileAtomic(path, records.map((r) => `${JSON.stringify(r)}\n`).join(""));
}
