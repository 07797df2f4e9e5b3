import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { conv } from "../../../bench/networks/layers.js";
import { createModel } from "../../../bench/networks/model-builder.js";
import { fuseModel } from "../../../src/compile.js";
import { createContext } from "../../../src/context.js";

const work = mkdtempSync(join(tmpdir(), "qc-layout-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Layout of a 1x1 convolution between NCHW and NCHW. */
async function layoutOf(size: number, from: number, to: number, cpu: string): Promise<unknown> {
  const b = createModel("one", 3);
  const x = b.input("x", "f32", [1, from, size, size]);
  const inputPath = join(work, `${size}-${from}.onnx`);
  writeFileSync(inputPath, b.finish([conv(b, x, to, 1)]).bytes);
  const { module } = await fuseModel(
    { inputPath, outputPath: "", target: `llvm -mtriple=x86_64-linux-gnu -mcpu=${cpu}` },
    createContext(),
  );
  return module.funcs.flatMap((f) => f.body).find((n) => n.op === "conv")?.attrs.layout;
}

describe("a 1x1 convolution between NCHW tensors", () => {
  it.each(["skylake", "cascadelake"])("stays along rows of pixels where these fill vectors: %s", async (cpu) => {
    expect(await layoutOf(56, 64, 256, cpu)).toBe("channels_first");
  });
  it.each(["skylake", "cascadelake"])("is worth transposes where a few pixels have many channels: %s", async (cpu) => {
    expect(await layoutOf(7, 960, 320, cpu)).toBe("channels_last");
  });
});
