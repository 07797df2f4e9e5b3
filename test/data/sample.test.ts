import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { choosePreprocessor, loadSample, streamSamples } from "../../src/data/sample.js";
import { readSampleList, requireLabels } from "../../src/data/sample-list.js";
import { roundHalfEven } from "../../src/data/tensor.js";
import { QcError } from "../../src/support/diag.js";
import { type NdArray, writeNpy } from "../../src/support/npy.js";
import { writeNpz } from "../../src/support/npz.js";
import { errorOf, jpg, png, spec, wav } from "./helpers.js";

const root = mkdtempSync(join(tmpdir(), "qc-data-"));
afterAll(() => rmSync(root, { recursive: true }));
const put = (name: string, data: Uint8Array | string) => {
  const path = join(root, name);
  writeFileSync(path, data);
  return path;
};
const f32 = (shape: number[], values: number[]): NdArray => ({ dtype: "f32", shape, data: Float32Array.from(values) });
const load = async (path: string, input: ReturnType<typeof spec>, name = "") => {
  const { x } = await loadSample(path, [input], await choosePreprocessor(name));
  return x;
};
async function failure(run: Promise<unknown>): Promise<QcError> {
  const error = await run.then(
    () => new Error("no error"),
    (e: unknown) => e,
  );
  if (error instanceof QcError) return error;
  throw error;
}

const colours = put("two.png", png(2, 1, [255, 0, 51, 0, 102, 255]));

describe("images", () => {
  it("become values of the input's size, layout and type", async () => {
    expect(await load(colours, spec([1, 1, 2, 3], { layout: "NHWC" }))).toEqual(Float32Array.of(255, 0, 51, 0, 102, 255));
    expect(await load(colours, spec([1, 3, 1, 2]))).toEqual(Float32Array.of(255, 0, 0, 102, 51, 255));
    expect(await load(colours, spec([1, 1, 2, 3], { dtype: "u8", layout: "NHWC" }), "uint8")).toEqual(
      Uint8Array.of(255, 0, 51, 0, 102, 255),
    );
    expect(await load(colours, spec([1, 6]), "unit")).toEqual(Float32Array.from([255, 0, 51, 0, 102, 255], (x) => x / 255));
    expect(await load(put("g.png", png(1, 1, [9], 0)), spec([1, 1, 1, 3], { layout: "NHWC" }))).toEqual(Float32Array.of(9, 9, 9));
    expect(await load(put("c.jpg", jpg(40, 20, [255, 255, 255])), spec([1, 4, 4, 3]), "crop+unit")).toEqual(
      new Float32Array(48).fill(1),
    );
  });
  it.each([
    ["none", [255, 0, 51, 0, 102, 255]],
    ["identity", [255, 0, 51, 0, 102, 255]],
    ["imagenet", [1, -1, -0.6, -1, -0.2, 1]],
    ["tf", [1, -1, -0.6, -1, -0.2, 1]],
    ["imagenet_caffe", [51 - 103.939, -116.779, 255 - 123.68, 255 - 103.939, 102 - 116.779, -123.68]],
    [
      "torch",
      [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225, -0.485 / 0.229, (0.4 - 0.456) / 0.224, (1 - 0.406) / 0.225],
    ],
    ["bgr+unit", [0.2, 0, 1, 1, 0.4, 0]],
  ])("preprocessor %s", async (name, want) => {
    const got = [...((await load(colours, spec([1, 1, 2, 3], { layout: "NHWC" }), name)) as Float32Array)];
    got.forEach((x, i) => void expect(x).toBeCloseTo(want[i], 4));
  });
  it("become gray where asked", async () => {
    const gray = [0.2989 * 255 + 0.114 * 51, 0.587 * 102 + 0.114 * 255];
    expect(await load(colours, spec([1, 1, 2, 1], { layout: "NHWC", dtype: "u8" }), "rgbtogray_int8")).toEqual(
      Uint8Array.from(gray, Math.trunc),
    );
    const unit = (await load(colours, spec([1, 1, 1, 2], { layout: "NCHW" }), "rgbtogray+unit")) as Float32Array;
    expect(unit[1]).toBeCloseTo(gray[1] / 255, 5);
    expect((await failure(load(colours, spec([1, 2]), "unit"))).code).toBe("QC-DATA-003");
  });
  it("are quantized with the input's scale, ties to even, clamped", async () => {
    const quant = { scale: 1 / 128, zero: -1 };
    expect(await load(colours, spec([1, 6], { dtype: "i8", quant }), "tf")).toEqual(Int8Array.of(127, -128, -78, -128, -27, 127));
    expect(await load(colours, spec([1, 6], { dtype: "i8" }), "symm")).toEqual(Int8Array.of(127, -128, -77, -128, -26, 127));
    expect([0.5, 1.5, -0.5, -1.5, 2.4999].map(roundHalfEven)).toEqual([0, 2, -0, -2, 2]);
    expect((await failure(load(colours, spec([1, 6], { dtype: "i8" }), "tf"))).code).toBe("QC-DATA-007");
    expect((await failure(load(colours, spec([1, 6], { dtype: "i8" }), "none"))).code).toBe("QC-DATA-006");
    expect(await load(colours, spec([1, 6], { dtype: "i64" }), "none")).toEqual(BigInt64Array.of(255n, 0n, 51n, 0n, 102n, 255n));
    expect(await load(colours, spec([1, 6], { dtype: "f16" }), "none")).toEqual(
      Uint16Array.of(0x5bf8, 0, 0x5260, 0, 0x5660, 0x5bf8),
    );
  });
  it("that do not fit are refused with advice", async () => {
    expect((await failure(load(colours, spec([1, 7])))).code).toBe("QC-DATA-001");
    expect((await failure(load(put("a.gif", "GIF89a"), spec([1, 7])))).code).toBe("QC-DATA-020");
    const unknown = await failure(choosePreprocessor("imagnet"));
    expect([unknown.code, unknown.diags[0].help]).toEqual(["QC-DATA-010", "did you mean 'imagenet'?"]);
    expect((await failure(choosePreprocessor("tf+unit"))).code).toBe("QC-DATA-010");
  });
});

describe("sound", () => {
  const tone = Float32Array.from({ length: 16000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 16000));
  it("becomes MFCC bytes, whose frames are alike for a steady tone", async () => {
    const path = put("tone.wav", wav(16000, tone));
    const got = (await load(path, spec([1, 3920], { dtype: "u8" }), "speechcommand_uint8")) as Uint8Array;
    expect([...got.subarray(40, 80)]).toEqual([...got.subarray(0, 40)]);
    expect(new Set(got.subarray(0, 40)).size).toBeGreaterThan(3);
    const silence = (await load(
      put("s.wav", wav(16000, [0])),
      spec([1, 49, 10], { dtype: "u8" }),
      "speechcommand_uint8",
    )) as Uint8Array;
    // every band is log(1e-12): coefficient 0 is -27.6 * sqrt(2 * 40) = -247.1, the others are 0
    expect([...silence.subarray(0, 3)]).toEqual([0, Math.round((255 * 247) / 277), Math.round((255 * 247) / 277)]);
  });
  it("can be fed as samples, and is refused where it does not fit", async () => {
    const path = put("short.wav", wav(16000, [1, 0, -1]));
    const got = (await load(path, spec([1, 16000], { dtype: "u8" }), "speechcommand_uint8")) as Uint8Array;
    expect([...got.subarray(0, 4)]).toEqual([255, 128, 0, 128]);
    expect((await failure(load(path, spec([1, 77]), "speechcommand_uint8"))).code).toBe("QC-DATA-012");
    expect((await failure(load(path, spec([1, 77]), "unit"))).code).toBe("QC-DATA-011");
    expect((await failure(load(put("r.wav", wav(8000, [0])), spec([1, 16000]), "speechcommand_uint8"))).code).toBe("QC-DATA-012");
    expect((await failure(load(put("b.wav", "RIFF"), spec([1]), "speechcommand_uint8"))).code).toBe("QC-DATA-030");
  });
});

describe("arrays", () => {
  it("are fed as they are", async () => {
    writeNpy(join(root, "a.npy.gz"), f32([3, 2], [1, 2, 3, 4, 5, 6]));
    expect(await load(join(root, "a.npy.gz"), spec([1, 3, 2]), "imagenet")).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    writeNpy(join(root, "bf.npy"), { dtype: "u16", shape: [1], data: Uint16Array.of(0x3f80) });
    expect(await load(join(root, "bf.npy"), spec([1], { dtype: "bf16" }))).toEqual(Uint16Array.of(0x3f80));
  });
  it("must have the input's type and shape", async () => {
    writeNpy(join(root, "b.npy"), f32([2, 3], [1, 2, 3, 4, 5, 6]));
    const shape = await failure(load(join(root, "b.npy"), spec([1, 3, 2])));
    expect(shape.message).toContain("has the shape [2, 3], input 'x' (f32[1, 3, 2]) takes [1, 3, 2]");
    const type = await failure(load(join(root, "b.npy"), spec([2, 3], { dtype: "u8" })));
    expect([type.code, type.diags[0].help]).toEqual(["QC-DATA-009", "convert it: array.astype(numpy.uint8)"]);
  });
  it("come by name from a .npz", async () => {
    const inputs = [spec([2], { name: "a" }), spec([1], { name: "state/h:0", dtype: "i64" })];
    const state: NdArray = { dtype: "i64", shape: [1], data: BigInt64Array.of(7n) };
    const none = await choosePreprocessor("");
    const file = join(root, "in.npz");
    writeNpz(file, [
      ["state/h:0", state],
      ["a", f32([2], [1, 2])],
    ]);
    expect(await loadSample(file, inputs, none)).toEqual({ a: Float32Array.of(1, 2), "state/h:0": BigInt64Array.of(7n) });
    expect((await failure(loadSample(file, [inputs[0]], none))).code).toBe("QC-DATA-008");
    expect((await failure(loadSample(file, [...inputs, spec([1], { name: "b" })], none))).code).toBe("QC-DATA-008");
    expect((await failure(loadSample(join(root, "b.npy"), inputs, none))).code).toBe("QC-DATA-004");
    writeNpz(join(root, "one.npz"), [["arr_0", f32([2], [1, 2])]]);
    expect(await loadSample(join(root, "one.npz"), [inputs[0]], none)).toEqual({ a: Float32Array.of(1, 2) });
  });
  it("come from raw bytes", async () => {
    expect(await load(put("x.bin", Buffer.from(Float32Array.of(1.5, -2).buffer)), spec([2]))).toEqual(Float32Array.of(1.5, -2));
    expect(await load(put("x.raw.gz", gzipSync(Buffer.of(255, 1))), spec([2], { dtype: "i8" }))).toEqual(Int8Array.of(-1, 1));
    expect((await failure(load(put("y.bin", Buffer.alloc(7)), spec([2])))).code).toBe("QC-DATA-001");
    expect((await failure(load(put("y.raw.gz", Buffer.alloc(7)), spec([2])))).code).toBe("QC-DATA-005");
  });
});

describe("a preprocessor of the user's", () => {
  it("gets the sample, the input and tools", async () => {
    const file = put(
      "mine.mjs",
      `export function preprocess(sample, spec, tools) {
         if (sample.kind === "array") return Array.from(sample.data, (x) => 2 * x);
         const small = tools.resizeBilinear(sample, 1, 1);
         return spec.dtype === "u8" ? Uint8Array.from(small.data) : tools.toGray(small).data;
       }`,
    );
    expect(await load(colours, spec([1, 3], { dtype: "u8" }), file)).toEqual(Uint8Array.of(127, 51, 153));
    expect(((await load(colours, spec([1]), file)) as Float32Array)[0]).toBeCloseTo(0.2989 * 127.5 + 0.587 * 51 + 0.114 * 153, 3);
    writeNpy(join(root, "d.npy"), f32([2], [1, 2]));
    expect(await load(join(root, "d.npy"), spec([2]), file)).toEqual(Float32Array.of(2, 4));
    expect(await load(colours, spec([2]), put("d.ts", "export default (s: unknown): number[] => [1, 2];"))).toEqual(
      Float32Array.of(1, 2),
    );
  });
  it("that is wrong is named", async () => {
    for (const [name, text, code] of [
      ["none.mjs", "export const a = 1;", "QC-DATA-013"],
      ["syntax.mjs", "export default (", "QC-DATA-013"],
      ["throws.mjs", "export default () => { throw new Error('no'); }", "QC-DATA-014"],
      ["text.mjs", "export default () => 'x'", "QC-DATA-014"],
      ["length.mjs", "export default () => new Float32Array(3)", "QC-DATA-001"],
    ]) {
      const file = put(name, text);
      const error = await failure(load(colours, spec([2]), file));
      expect([name, error.code]).toEqual([name, code]);
      expect(error.message).toContain(name);
    }
    expect((await failure(choosePreprocessor("./missing.mjs"))).code).toBe("QC-DATA-013");
  });
});

describe("lists", () => {
  mkdirSync(join(root, "sub dir"));
  put("sub dir/a 1.npy", "");
  put("odd 7", "");
  const list = put("index.txt", "\ufeff# title\nsub dir/a 1.npy 3\r\n\n  /abs/x.npy\nodd 7\nodd 7 12\nb.png\t0\n");
  it("hold paths with blanks, classes, comments", () => {
    expect(readSampleList(list).map(({ path, label }) => [path, label])).toEqual([
      [join(root, "sub dir/a 1.npy"), 3],
      ["/abs/x.npy", null],
      [join(root, "odd 7"), null],
      [join(root, "odd 7"), 12],
      [join(root, "b.png"), 0],
    ]);
    expect(readSampleList(colours)).toEqual([{ path: colours, label: null }]);
  });
  it("without what is needed are refused by line", () => {
    expect(errorOf(() => readSampleList(put("empty.txt", "\n# nothing\n"))).code).toBe("QC-DATA-015");
    expect(errorOf(() => readSampleList(join(root, "none.txt"))).code).toBe("QC-IO-003");
    const error = errorOf(() => requireLabels(readSampleList(list)));
    expect([error.code, error.diags[0].pos?.line]).toEqual(["QC-DATA-016", 4]);
  });
  it("are read one sample at a time", async () => {
    writeNpy(join(root, "s.npy"), f32([1], [5]));
    const entries = readSampleList(put("rep.txt", `${join(root, "s.npy")}\ns.npy 2\nmissing.npy\n`));
    const seen: number[] = [];
    const run = async () => {
      for await (const { values, entry } of streamSamples(entries, [spec([1])], await choosePreprocessor(""))) {
        seen.push((values.x as Float32Array)[0], entry.label ?? -1);
      }
    };
    const error = await failure(run());
    expect(seen).toEqual([5, -1, 5, 2]);
    expect([error.code, error.diags[0].pos?.line]).toEqual(["QC-IO-003", 3]);
  });
});
