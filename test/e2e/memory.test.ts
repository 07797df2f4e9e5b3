/** Peak memory of a build against the bytes of its weights: they are never all in memory. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { heavyModel } from "../../bench/compiler/growth.js";
import { MAIN } from "../cli/qc.js";
import { run } from "../runtime/support/toolbox.js";

const MIB = 1 << 20;
const work = mkdtempSync(join(tmpdir(), "qc-memory-"));
const at = (name: string) => join(work, name);
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Peak resident set of compiling layers with `mib` MiB of weights, in MiB. */
function peakMiB(mib: number): number {
  writeFileSync(at("model.onnx"), heavyModel(mib * MIB).bytes);
  const report = 'process.on("exit", () => console.error("peak=" + process.resourceUsage().maxRSS / 1024));';
  writeFileSync(at("usage.cjs"), report);
  const args = ["--require", at("usage.cjs"), MAIN, "compile", "--input_path", "model.onnx", "--output_path", "out"];
  const r = run(process.execPath, args, { cwd: work, env: { ...process.env, TMPDIR: work } });
  expect(r.status, r.stderr).toBe(0);
  return Number(/peak=([\d.]+)/.exec(r.stderr)?.[1]);
}

describe("a build's memory", () => {
  it("grows by less than one copy of the weights, and leaves no temporary file", { timeout: 180_000 }, () => {
    // a copy shows in every build, what the collector has not come to in some
    const grows = () => {
      const [few, many] = [64, 192].map(peakMiB);
      return many - few >= 0.75 * (192 - 64);
    };
    expect(grows() && grows() && grows()).toBe(false);
    expect(readdirSync(work).sort()).toEqual(["model.onnx", "out", "usage.cjs"]);
  });
});
