/**
 * The log of a model: JSON lines, one record a line, only ever appended to.
 *   A record, or several that belong together, is one write() to a file opened with O_APPEND, so processes that share a log do not interleave. A process that dies in the middle of a
 *   write leaves a line without an end; the next record starts a line of its own, and readers count what they could not read.
 */
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fail } from "../../support/diag.js";
import { failIo, isFile, makeFolder, readText, writeFileAtomic } from "../../support/fs.js";
import { canonicalJson } from "../../support/hash.js";
import { asRecord, type TuningRecord } from "./record.js";

export interface LogContent {
  readonly records: readonly TuningRecord[];
  /** Lines that are no records: cut short, or of another version. */
  readonly unreadable: number;
}

/** The records of a log. QC-TUNE-003 where the file exists and holds something else altogether. */
export function readLog(path: string): LogContent {
  const lines = readText(path)
    .split("\n")
    .filter((line) => line.trim() !== "");
  const records = lines.flatMap((line): TuningRecord[] => {
    try {
      const record = asRecord(JSON.parse(line));
      return record ? [record] : [];
    } catch {
      return [];
    }
  });
  if (records.length === 0 && lines.length > 1) {
    fail("QC-TUNE-003", `'${path}' is not a tuning log: none of its ${lines.length} lines is a record`, {
      help: "name a log that --optimization category:graph,iterations:N or `qc tune` wrote",
    });
  }
  return { records, unreadable: lines.length - records.length };
}

/** The records of a log, none where there is no file yet. */
export const readLogIfAny = (path: string): LogContent => (isFile(path) ? readLog(path) : { records: [], unreadable: 0 });

export interface Log {
  readonly path: string;
  append(record: TuningRecord): void;
  /** Appends records in one write: where the process is killed, all of them or none. */
  appendAll(records: readonly TuningRecord[]): void;
  close(): void;
}

const NEWLINE = 0x0a;

function endsInLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size === 0 || readSync(fd, last, 0, 1, size - 1) === 0 || last[0] === NEWLINE;
}

/** Opens a log to append to; it and its folder are made where they are missing. Errors: QC-IO-*. */
export function openLog(path: string): Log {
  makeFolder(dirname(path));
  let fd = -1;
  try {
    fd = openSync(path, "a+");
  } catch (error) {
    failIo(error, "write", path);
  }
  const appendAll: Log["appendAll"] = (records) => {
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
export function mergeRecords(logs: readonly (readonly TuningRecord[])[]): readonly TuningRecord[] {
  const byText = new Map(logs.flat().map((r) => [canonicalJson(r), r]));
  return [...byText.values()].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
}

/** Replaces a log at once by these records. */
export function writeLog(path: string, records: readonly TuningRecord[]): void {
  writeFileAtomic(path, records.map((r) => `${JSON.stringify(r)}\n`).join(""));
}
