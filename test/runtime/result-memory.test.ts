/** Results reuse the memory of earlier ones: page faults are counted, not times, and beside those of glibc's defaults. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { conv } from "../../bench/networks/layers.js";
import { createModel } from "../../bench/networks/model-builder.js";
import { compileModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";
import { run } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-result-memory-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("large results", () => {
  it("are not mapped anew by every run", async () => {
    const b = createModel("wide", 3);
    const x = b.input("x", "f32", [1, 4, 128, 128]);
    writeFileSync(join(work, "model.onnx"), b.finish([conv(b, x, 64, 1)]).bytes);
    await compileModel({ inputPath: join(work, "model.onnx"), outputPath: join(work, "out") }, createContext());
    const runtime = new URL("../../src/runtime/index.ts", import.meta.url).href;
    const script = `
      import { load } from "${runtime}";
      const net = await load("${join(work, "out")}", { threads: 1 });
      const x = new Float32Array(4 * 128 * 128);
      let kept = []; // results of 24 runs are dropped at once, so that much memory becomes free at once
      const turns = async (n) => {
        for (let i = 0; i < n; i++) {
          kept.push(net.run({ x }));
          if (kept.length === 24) kept = [];
          await new Promise(setImmediate);
        }
      };
      await turns(100);
      const before = process.resourceUsage().minorPageFault;
      await turns(240);
      console.log((process.resourceUsage().minorPageFault - before) / 240);`;
    writeFileSync(join(work, "runs.mts"), script);
    const jiti = new URL("../../node_modules/jiti/lib/jiti-register.mjs", import.meta.url).href;
    const { MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_, GLIBC_TUNABLES, ...env } = process.env;
    const faults = (further: Readonly<Record<string, string>>): number => {
      const r = run(process.execPath, ["--import", jiti, join(work, "runs.mts")], { cwd: work, env: { ...env, ...further } });
      expect(r.status, r.stderr).toBe(0);
      return Number(r.stdout);
    };
    const pages = (64 * 128 * 128 * 4) / 4096;
    const mapped = faults({ MALLOC_MMAP_THRESHOLD_: "131072" });
    expect(mapped).toBeGreaterThan(0.9 * pages);
    expect(faults({})).toBeLessThan(mapped / 2); // what else faults is the collector's, and varies
  });
});
