/** The glyph network in int8 for 64-bit Arm, as an executable under qemu: the bytes of the host's own build. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { load } from "../../../src/runtime/index.js";
import { readNpy, writeNpy } from "../../../src/support/npy.js";
import { GLYPHS_ONNX, glyphImage, unusualImages } from "../../e2e/glyphs.js";
import { build, native } from "../../e2e/quantized.js";
import { has, run } from "../../runtime/support/toolbox.js";

const needed = ["qemu-aarch64", "aarch64-linux-gnu-gcc"];
const missing = needed.filter((program) => !has(program));
const inputs = [glyphImage("test", 0), glyphImage("test", 1), ...unusualImages()];
const samples = Array.from({ length: 8 }, (_, i) => glyphImage("train", i));

const work = mkdtempSync(join(tmpdir(), "qc-aarch64-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const make = (name: string, target?: string) =>
  build({ inputPath: GLYPHS_ONNX, folder: join(work, name), quantizer: "symmetricpc", target, bundle: !!target }, samples);

describe.skipIf(missing.length > 0)("aarch64 through qemu", () => {
  let want: readonly Buffer[];
  beforeAll(async () => {
    const net = await load((await make("host")).folder, { threads: 1 });
    want = inputs.map((x) => native(net, x)[0]);
    net.close();
  });
  it.each(["cortex-a72", "neoverse-n1"])("%s: the bytes of the host's own build", async (cpu) => {
    const { folder } = await make(cpu, `llvm -mtriple=aarch64-linux-gnu -mcpu=${cpu}`);
    const [x, y] = [join(work, "x.npy"), join(work, "y.npy")];
    inputs.forEach(([image], i) => {
      writeNpy(x, { dtype: "f32", shape: [1, 3, 32, 32], data: image });
      const threads = String(1 + (i % 2));
      const r = run("qemu-aarch64", ["-L", "/usr/aarch64-linux-gnu", join(folder, "model"), x, "-o", y, "--threads", threads]);
      expect(r).toEqual({ status: 0, stdout: "", stderr: "" });
      const { data } = readNpy(y);
      expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(want[i]), `input ${i}`).toBe(true);
    });
  });
});

if (missing.length > 0) it.skip(`aarch64: ${missing.join(" and ")} missing (apt: qemu-user, gcc-aarch64-linux-gnu)`, () => {});
