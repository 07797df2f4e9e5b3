/** Which frontend reads a file: by its content, then by its ending. */
import path from "node:path";
import { fail } from "../support/diag.js";
import { readHead, statOf } from "../support/fs.js";
import { FOREIGN, type ForeignFormat } from "./foreign.js";
import { type Frontend, HEAD_BYTES } from "./frontend.js";

export const hasEnding = (file: string, { endings }: { readonly endings: readonly string[] }): boolean =>
  endings.some((e) => file.toLowerCase().endsWith(e));

/** "ONNX models (.onnx), IR text (.qc)" */
export const readableFormats = (frontends: readonly Frontend[]): string =>
  frontends.map((f) => `${f.doc} (${f.endings.join(", ")})`).join(", ");

/**
 * The frontend of a file. What the content says comes first; where several recognise it, the ending decides between them, then their
 * order. A content that nobody recognises, such as that of a damaged file, leaves it to the ending.
 * Errors: QC-IO-* it cannot be read, QC-FORMAT-001 a known format that qc does not read, QC-FORMAT-002 no format that qc knows.
 */
export function frontendOf(file: string, frontends: readonly Frontend[]): Frontend {
  const stat = statOf(file);
  if (stat && !stat.isFile()) {
    const what = stat.isDirectory() ? "a folder" : "no regular file, but a pipe or a device";
    fail("QC-IO-004", `'${file}' is ${what}: a model file is needed`, { help: "name a file" });
  }
  const head = readHead(file, HEAD_BYTES);
  const recognised = frontends.filter((f) => f.detects(head));
  if (recognised.length) return recognised.find((f) => hasEnding(file, f)) ?? recognised[0];
  const foreign = FOREIGN.find((f) => f.detects(head));
  if (foreign) return refuseForeign(file, foreign, frontends);
  return (
    frontends.find((f) => hasEnding(file, f)) ??
    refuseForeign(
      file,
      FOREIGN.find((f) => hasEnding(file, f)),
      frontends,
    )
  );
}

function refuseForeign(file: string, foreign: ForeignFormat | undefined, frontends: readonly Frontend[]): never {
  const name = path.basename(file);
  const known = readableFormats(frontends);
  if (foreign)
    return fail("QC-FORMAT-001", `'${name}' is ${foreign.what}, which qc does not read; it reads ${known}`, {
      help: foreign.help,
    });
  return fail("QC-FORMAT-002", `'${name}' is of no format that qc knows; it reads ${known}`, {
    help: "export the model to ONNX, or load a plugin with a frontend for it (docs/plugins.md)",
  });
}

/** The model in a folder: the one file whose ending a frontend knows. Errors: QC-COMPILE-002. */
export function modelInFolder(folder: string, files: readonly string[], frontends: readonly Frontend[]): string {
  const models = files.filter((f) => frontends.some((frontend) => hasEnding(f, frontend))).sort();
  if (models.length === 1) return path.join(folder, models[0]);
  if (models.length === 0) {
    const foreign = files.find((f) => FOREIGN.some((x) => hasEnding(f, x)));
    if (foreign !== undefined)
      refuseForeign(
        foreign,
        FOREIGN.find((x) => hasEnding(foreign, x)),
        frontends,
      );
  }
  return fail("QC-COMPILE-002", `the folder '${folder}' holds ${models.length || "no"} models: ${readableFormats(frontends)}`, {
    help: models.length
      ? `name one: --input_path ${path.join(folder, models[0])}`
      : "give --input_path a model file, or a folder with one",
  });
}
