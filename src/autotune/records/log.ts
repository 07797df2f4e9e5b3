/** The tuning log of a model: a search's log of tuning records. */
import { type LogContent, readLines } from "../../search/log.js";
import { fail } from "../../support/diag.js";
import { isFile } from "../../support/fs.js";
import { asRecord, type TuningRecord } from "./record.js";

/** The records of a log. QC-TUNE-003 where the file exists and holds something else altogether. */
export function readLog(path: string): LogContent<TuningRecord> {
  const content = readLines(path, asRecord);
  const lines = content.records.length + content.unreadable;
  if (content.records.length === 0 && lines > 1) {
    fail("QC-TUNE-003", `'${path}' is not a tuning log: none of its ${lines} lines is a record`, {
      help: "name a log that --optimization category:graph,iterations:N or `qc tune` wrote",
    });
  }
  return content;
}

/** The records of a log, none where there is no file yet. */
export const readLogIfAny = (path: string): LogContent<TuningRecord> =>
  isFile(path) ? readLog(path) : { records: [], unreadable: 0 };
