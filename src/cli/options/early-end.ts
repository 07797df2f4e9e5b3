import { writeSync } from "node:fs";
import { formatDiag } from "../../support/diag.js";
import { foreignCode } from "../../support/foreign.js";

/** Node's exit code where the event loop has nothing left and the main module still waits. */
const UNSETTLED = 13;

/**
 * Says so, and gives exit code 1, where the program ends as if it were done before it is: by a `process.exit` of a plugin, or because it waits
 * for what never comes. Returns what to call when it is done, or ends on purpose.
 */
export function tellEarlyEnd(proc: NodeJS.Process = process): () => void {
  const told = (code: number): void => {
    if (code !== 0 && code !== UNSETTLED) return;
    const whose = foreignCode() ?? "code that is no part of qc";
    const message = `${whose} ended the program before qc was done`;
    const help = "take the process.exit out of it, or what it waits for";
    writeSync(2, `${formatDiag({ severity: "error", code: "QC-PLUGIN-012", message, help })}\n`);
    proc.exitCode = 1;
  };
  proc.once("exit", told);
  return () => void proc.removeListener("exit", told);
}
