import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataFolderOf } from "../../../src/frontends/onnx/external-data.js";
import { tensorFromProto } from "../../../src/frontends/onnx/proto.js";
import { diagsOf, type Tensor } from "./helpers/build.js";

const read = (t: Tensor, path = ".") => [...tensorFromProto(t, { path, linked: null }, "t").data];
const codeOf = (t: Tensor, folder = ".") => diagsOf(() => read(t, folder))[0];

describe("stored tensors", () => {
  it.each<[string, Tensor, unknown[]]>([
    ["float32 in raw bytes", { dataType: 1, dims: [2], rawData: new Uint8Array(new Float32Array([1.5, -2]).buffer) }, [1.5, -2]],
    ["int64 in raw bytes", { dataType: 7, dims: [1], rawData: new Uint8Array(new BigInt64Array([-5n]).buffer) }, [-5n]],
    ["int4, low half first", { dataType: 22, dims: [3], rawData: new Uint8Array([0x8f, 0x07]) }, [-1, -8, 7]],
    ["uint4 in int32 fields", { dataType: 21, dims: [3], int32Data: [0x8f, 0x07] }, [15, 8, 7]],
    ["float16 in int32 fields, as bits", { dataType: 10, dims: [1], int32Data: [0x3c00] }, [0x3c00]],
    ["booleans become 0 and 1", { dataType: 9, dims: [3], rawData: new Uint8Array([0, 1, 200]) }, [0, 1, 1]],
    ["uint32 in uint64 fields", { dataType: 12, dims: [1], uint64Data: [4294967295] }, [4294967295]],
    ["no elements", { dataType: 1, dims: [0, 3] }, []],
    ["a scalar", { dataType: 1, dims: [], floatData: [3] }, [3]],
  ])("%s", (_, t, want) => expect(read({ name: "t", ...t })).toEqual(want));

  it.each<[string, Tensor, string]>([
    ["a type that qc lacks", { dataType: 8, dims: [1], stringData: [new Uint8Array()] }, "QC-ONNX-003"],
    ["no type", { dims: [1] }, "QC-ONNX-003"],
    ["a float8 type", { dataType: 17, dims: [1], rawData: new Uint8Array(1) }, "QC-ONNX-003"],
    ["too few bytes", { dataType: 1, dims: [2], rawData: new Uint8Array(7) }, "QC-ONNX-005"],
    ["too many bytes", { dataType: 22, dims: [2], rawData: new Uint8Array(2) }, "QC-ONNX-005"],
    ["too few values", { dataType: 1, dims: [2 ** 30], floatData: [1] }, "QC-ONNX-005"],
    ["a negative dimension", { dataType: 1, dims: [-1], floatData: [] }, "QC-ONNX-021"],
    ["more elements than fit", { dataType: 1, dims: [2 ** 20, 2 ** 20], floatData: [] }, "QC-ONNX-021"],
    ["too great a rank", { dataType: 1, dims: new Array(40).fill(1), floatData: [1] }, "QC-ONNX-021"],
  ])("with %s are refused by name", (_, t, code) => {
    expect(codeOf({ name: "w", ...t })).toMatchObject({
      code,
      message: expect.stringContaining("'w'"),
      help: expect.any(String),
    });
  });
});

describe("external data", () => {
  let root = "";
  let folder = "";
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), "qc-external-"));
    folder = path.join(root, "model");
    mkdirSync(path.join(folder, "sub"), { recursive: true });
    const bytes = new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer);
    writeFileSync(path.join(folder, "w.bin"), bytes);
    writeFileSync(path.join(folder, "sub", "w.bin"), bytes);
    writeFileSync(path.join(root, "outside.bin"), bytes);
    symlinkSync(path.join(root, "outside.bin"), path.join(folder, "link.bin"));
    symlinkSync("w.bin", path.join(folder, "inner.bin"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const external = (entries: Record<string, string>, n = 2): Tensor => ({
    name: "w",
    dataType: 1,
    dims: [n],
    dataLocation: 1,
    externalData: Object.entries(entries).map(([key, v]) => ({ key, value: v })),
  });

  it("is read from the model's folder, at its offset", () => {
    expect(read(external({ location: "w.bin", offset: "8", length: "8" }), folder)).toEqual([3, 4]);
    expect(read(external({ location: "sub/w.bin" }, 4), folder)).toEqual([1, 2, 3, 4]);
    expect(read(external({ location: "inner.bin", offset: "8" }), folder)).toEqual([3, 4]);
  });
  it("is as long as its shape says where no length is given, whatever follows in the file", () => {
    for (const n of [0, 1, 2, 3]) {
      expect(read(external({ location: "w.bin", offset: "4" }, n), folder)).toEqual([2, 3, 4].slice(0, n));
    }
    expect(codeOf(external({ location: "w.bin", offset: "8" }, 3), folder).code).toBe("QC-ONNX-008");
  });
  it("may be a link to where the model's own link leads, and nowhere else", () => {
    const [store, view] = [path.join(root, "store"), path.join(root, "view")];
    for (const f of [store, view]) mkdirSync(f);
    writeFileSync(path.join(store, "aa"), "");
    writeFileSync(path.join(store, "bb"), new Uint8Array(new Float32Array([7, 8]).buffer));
    symlinkSync("../store/aa", path.join(view, "model.onnx"));
    symlinkSync("../store/bb", path.join(view, "data.bin"));
    symlinkSync("../outside.bin", path.join(view, "away.bin"));
    writeFileSync(path.join(view, "plain.onnx"), "");
    const from = (model: string, location: string) => [
      ...tensorFromProto(external({ location }), dataFolderOf(path.join(view, model)), "t").data,
    ];
    expect(from("model.onnx", "data.bin")).toEqual([7, 8]);
    for (const [model, location] of [
      ["plain.onnx", "data.bin"],
      ["model.onnx", "away.bin"],
      ["model.onnx", "../store/bb"],
    ])
      expect(diagsOf(() => from(model, location))[0], `${model} ${location}`).toMatchObject({ code: "QC-IO-010" });
    expect(diagsOf(() => from("plain.onnx", "data.bin"))[0].help).toContain("cp -rL");
  });
  it.each<[string, Record<string, string>, string]>([
    ["without a location", { offset: "0" }, "QC-ONNX-006"],
    ["in a missing file", { location: "none.bin" }, "QC-ONNX-007"],
    ["in a folder", { location: "sub" }, "QC-ONNX-007"],
    ["above the folder", { location: "../outside.bin" }, "QC-IO-010"],
    ["above the folder by a detour", { location: "sub/../../outside.bin" }, "QC-IO-010"],
    ["at an absolute path", { location: "/etc/hostname" }, "QC-IO-010"],
    ["behind a link that leads out", { location: "link.bin" }, "QC-IO-010"],
    ["with a truncated file", { location: "w.bin", offset: "12" }, "QC-ONNX-008"],
    ["beyond the end", { location: "w.bin", offset: "16", length: "8" }, "QC-ONNX-008"],
    ["with a negative offset", { location: "w.bin", offset: "-8", length: "8" }, "QC-ONNX-008"],
    ["with an offset that is no number", { location: "w.bin", offset: "1e1", length: "8" }, "QC-ONNX-008"],
    ["with a huge length", { location: "w.bin", length: "99999999999999999999" }, "QC-ONNX-008"],
    ["with another length than its shape", { location: "w.bin", length: "4" }, "QC-ONNX-008"],
  ])("%s is refused", (_, entries, code) => {
    expect(codeOf(external(entries), folder)).toMatchObject({ code, help: expect.any(String) });
  });
});
