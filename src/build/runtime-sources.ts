/** What a C compiler needs to build the runtime and its main program around a network. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ExecutableOptions } from "../backends/native/link.js";
import { fail } from "../support/diag.js";

const SOURCES = ["bundle_main", "context", "cpu", "error", "model", "pool"];

/** Errors: QC-COMPILE-005 a source is missing. */
export function runtimeSources(): Required<Pick<ExecutableOptions, "files" | "includeDirs" | "flags" | "libraries">> {
  const folder = fileURLToPath(new URL("../../runtime-c/", import.meta.url));
  const files = SOURCES.map((f) => `${folder}${f}.c`);
  const missing = files.find((f) => !existsSync(f));
  if (missing) fail("QC-COMPILE-005", `the runtime's source '${missing}' is missing`, { help: "install qc again" });
  return { files, includeDirs: [folder], flags: ["-O2", "-std=gnu11"], libraries: ["pthread", "dl"] };
}
