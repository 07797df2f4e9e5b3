import { it } from "vitest";
import type { Target } from "../../../src/ir/target/target.js";
import { type Native, openNative } from "./native.js";

/** A test for each of these targets, skipped where this machine lacks its instructions. */
export function itOnTargets(texts: readonly string[], test: (target: Target, native: Native) => void): void {
  const native = openNative();
  for (const text of texts) {
    const target = native.target(text);
    it.skipIf(!native.runsHere(target))(text, () => test(target, native), 120_000);
  }
}
