import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";
import { openTempFolder } from "../../../support/temp-folder.js";

/**
 * Runs `body` with file descriptor 2 redirected into a file, and returns what native code printed there. LLVM reports an unknown
 * processor or feature on stderr only, and goes on with the generic one. Synchronous and short: nothing else of this thread can
 * print meanwhile.
 */
export function captureStderr<T>(body: () => T): { readonly result: T; readonly printed: string } {
  const libc = koffi.load(null);
  const dup = libc.func("dup", "int", ["int"]);
  const dup2 = libc.func("dup2", "int", ["int", "int"]);
  const close = libc.func("close", "int", ["int"]);
  const folder = openTempFolder("stderr");
  const file = join(folder.path, "stderr");
  const target = openSync(file, "w");
  const saved = dup(2) as number;
  try {
    dup2(target, 2);
    let result: T;
    try {
      result = body();
    } finally {
      if (saved >= 0) {
        dup2(saved, 2);
        close(saved);
      }
    }
    return { result, printed: readFileSync(file, "utf8") };
  } finally {
    closeSync(target);
    folder.remove();
  }
}
