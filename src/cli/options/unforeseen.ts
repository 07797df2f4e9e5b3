import { fileURLToPath } from "node:url";
import { QcError } from "../../support/diag.js";
import { thrownText } from "../../support/foreign.js";

const OWN = fileURLToPath(new URL("../../", import.meta.url));

/** The file that an error was thrown in, and the line; null for qc's own files and where the stack does not say. Packages count as their caller's. */
function foreignPlace({ stack = "" }: Error): { readonly file: string; readonly line: number } | null {
  for (const [, file, line] of stack.matchAll(/(?:\(|at )(?:async )?(?:file:\/\/)?(\/[^():\n]+):(\d+):\d+\)?$/gm)) {
    if (file.startsWith(OWN)) return null;
    if (!file.includes("/node_modules/")) return { file, line: Number(line) };
  }
  return null;
}

/** An error that nobody gave a code: QC-PLUGIN-006 where code of the user's threw it, else QC-INTERNAL-000, a fault of qc. */
export function unforeseen(error: unknown): QcError {
  const message = thrownText(error);
  const place = error instanceof Error ? foreignPlace(error) : null;
  if (!place) {
    const help = "this is a bug in qc: run again with --debug and report what it prints";
    return new QcError([{ severity: "error", code: "QC-INTERNAL-000", message, help }]);
  }
  const name = error instanceof Error ? error.name : "error";
  return new QcError([
    {
      severity: "error",
      code: "QC-PLUGIN-006",
      message: `${name} in '${place.file}', line ${place.line}: ${message}`,
      help: "mend that file: it is no part of qc; --debug shows how it was reached",
    },
  ]);
}
