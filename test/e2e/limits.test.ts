/** What a build may cost: a MobileNet in under 20 s of processor time (wall time would measure the neighbours) and 2 GiB. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mobilenetV1 } from "../../bench/networks/convolutional.js";
import { load } from "../../src/runtime/index.js";
import { writeNpy } from "../../src/support/npy.js";
import { MAIN } from "../cli/qc.js";
import { run } from "../runtime/support/toolbox.js";

const SECONDS = 20;
const GIB = 2 ** 30;
const work = mkdtempSync(join(tmpdir(), "qc-limits-"));
const at = (name: string) => join(work, name);
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  writeFileSync(at("mobilenet.onnx"), mobilenetV1().bytes);
  const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i * i));
  writeNpy(at("x.npy"), { dtype: "f32", shape: [1, 3, 224, 224], data });
  writeFileSync(at("list.txt"), "x.npy\n");
  writeFileSync(
    at("usage.cjs"),
    'process.on("exit", () => require("fs").writeFileSync("usage", JSON.stringify(process.resourceUsage())));',
  );
});

interface Cost {
  readonly seconds: number;
  readonly peakBytes: number;
}

function cost(args: readonly string[]): Cost {
  const r = run(process.execPath, ["--require", at("usage.cjs"), MAIN, ...args, "--input_path", "mobilenet.onnx"], { cwd: work });
  expect(r.status, r.stderr).toBe(0);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(at("usage"), "utf8")) as NodeJS.ResourceUsage;
  return { seconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024 };
}

describe("a MobileNet v1", () => {
  it.each([
    ["compile", ["compile", "--output_path", "float"]],
    ["optimize", ["optimize", "--rep_dataset", "list.txt", "--no-float", "--output_path", "int8"]],
  ] as const)("%s", (_what, args) => {
    const { seconds, peakBytes } = cost(args);
    expect(seconds).toBeLessThan(SECONDS);
    expect(seconds).toBeGreaterThan(0.1);
    expect(peakBytes).toBeLessThan(2 * GIB);
  });
  it("runs, and int8 agrees with float", async () => {
    const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i * i));
    const [a, b] = await Promise.all(
      ["float", "int8"].map(async (folder) => {
        const net = await load(at(folder), { threads: 1 });
        const [y] = Object.values(net.run({ image: data })) as Float32Array[];
        net.close();
        return y;
      }),
    );
    const dot = (p: Float32Array, q: Float32Array) => p.reduce((sum, v, i) => sum + v * q[i], 0);
    expect(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))).toBeGreaterThan(0.97);
  });
});
