/** What is counted in LLVM text, and where the package lies that reads it. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/**
 * Functions with a body, and instructions in them: one a line, indented; labels are not, and comments begin with `;`.
 * @param {string} text
 */
export function countText(text) {
  let functions = 0;
  let instructions = 0;
  let inside = false;
  for (const line of text.split("\n")) {
    if (line.startsWith("define ")) {
      functions++;
      inside = true;
    } else if (line.startsWith("}")) inside = false;
    else if (inside && /^ +[^ ;]/.test(line)) instructions++;
  }
  return { functions, instructions };
}

/**
 * The folder of the built package as `npm install llvm-bindings` in `folder` leaves it; null where there is none.
 * @param {string} folder
 */
export function packageOf(folder) {
  try {
    const found = dirname(createRequire(join(resolve(folder), "package.json")).resolve("llvm-bindings/package.json"));
    return existsSync(join(found, "build/Release/llvm-bindings.node")) ? found : null;
  } catch {
    return null;
  }
}
