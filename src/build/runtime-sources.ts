/** What a C compiler needs to build the runtime and its main program around a network. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ExecutableOptions } from "../backends/native/link.js";
import { fail } from "../support/diag.js";

/** Errors: QC-COMPILE-005 the sources are missing. */
export function runtimeSources(): Required<Pick<ExecutableOptions, "files" | "includeDirs" | "flags" | "libraries">> {
  const folder = fileURLToPath(new URL("../../runtime-c/", import.meta.url));
  if (!existsSync(`${folder}bundle_main.c`))
    fail("QC-COMPILE-005", `the runtime's source '${folder}bundle_main.c' is missing`, { help: "install qc again" });
  const files = readdirSync(folder).flatMap((name) => (name.endsWith(".c") ? [folder + name] : []));
  return { files, includeDirs: [folder], flags: ["-O2", "-std=gnu11"], libraries: ["pthread", "dl"] };
}
