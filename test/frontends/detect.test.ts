import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createContext } from "../../src/context.js";
import { frontendOf, modelInFolder } from "../../src/frontends/detect.js";
import { FOREIGN } from "../../src/frontends/foreign.js";
import type { Frontend } from "../../src/frontends/frontend.js";
import { looksLikeModel } from "../../src/frontends/onnx/frontend.js";
import { diagsOf, floats, model, node, value } from "./onnx/helpers/build.js";

const work = mkdtempSync(join(tmpdir(), "qc-detect-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const file = (name: string, data: Uint8Array | string): string => {
  writeFileSync(join(work, name), data);
  return join(work, name);
};
const { frontends } = createContext();
const nameOf = (path: string) => frontendOf(path, frontends).name;
const relu = model({ input: [value("x")], output: [value("y")], node: [node("Relu", ["x"], ["y"])] });
const TEXT = "// edited\nfunc @main(%x: f32[2]) -> f32[2] {\n  return %x\n}\n";

describe("a format", () => {
  it("is told by content, whatever the name says", () => {
    expect(nameOf(file("a.onnx", relu))).toBe("onnx");
    expect(nameOf(file("a.bin", relu))).toBe("onnx");
    expect(nameOf(file("b.txt", TEXT))).toBe("ir-text");
    expect(nameOf(file("b.onnx", 'module "m" version 1\n'))).toBe("ir-text");
  });
  it("is told by the ending where the content says nothing", () => {
    expect(nameOf(file("damaged.onnx", "no protobuf at all"))).toBe("onnx");
    expect(nameOf(file("damaged.QC", "fnuc @main"))).toBe("ir-text");
    expect(nameOf(file("empty.onnx", ""))).toBe("onnx");
  });
  it("that qc knows and does not read is refused by name, by content before the ending", () => {
    const refusal = (path: string) => diagsOf(() => nameOf(path))[0];
    const tflite = file("net.onnx", "\x1c\0\0\0TFL3\x14\0\x20\0");
    expect(refusal(tflite)).toMatchObject({ code: "QC-FORMAT-001", message: expect.stringContaining("TensorFlow Lite") });
    for (const f of FOREIGN)
      for (const ending of f.endings)
        expect(refusal(file(`x${ending}`, "?"))).toMatchObject({ code: "QC-FORMAT-001", help: f.help });
    expect(refusal(file("notes.txt", "a list"))).toMatchObject({
      code: "QC-FORMAT-002",
      message: expect.stringMatching(/ONNX models \(\.onnx\), IR text \(\.qc\)/),
    });
  });
  it("is not what stands in the place of a file: a link copied as text, a pointer of Git LFS", () => {
    for (const text of ["../../blobs/8f3a", "./weights/model.onnx\n"])
      expect(diagsOf(() => nameOf(file("model.onnx", text)))[0]).toMatchObject({
        code: "QC-FORMAT-001",
        help: expect.stringContaining("cp -rL"),
      });
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    expect(diagsOf(() => nameOf(file("model.onnx", pointer)))[0]).toMatchObject({
      help: expect.stringContaining("git lfs pull"),
    });
  });
  it("of a folder or of nothing is a coded error", () => {
    expect(diagsOf(() => nameOf(work))[0].code).toBe("QC-IO-004");
    expect(diagsOf(() => nameOf(join(work, "none.onnx")))[0].code).toBe("QC-IO-003");
  });
  it("of a plugin comes before those of qc, and the ending decides between several", () => {
    const reads = (name: string, ending: string): Frontend => ({
      name,
      doc: name,
      endings: [ending],
      detects: (head) => head[0] === 0xab,
      import: () => {
        throw new Error("not called");
      },
    });
    const all = createContext({ plugins: [{ name: "p", apiVersion: 1, frontends: [reads("one", ".1"), reads("two", ".2")] }] });
    expect(all.frontends.map((f) => f.name)).toEqual(["one", "two", "onnx", "ir-text"]);
    const bytes = Uint8Array.of(0xab, 1);
    expect(frontendOf(file("m.1", bytes), all.frontends).name).toBe("one");
    expect(frontendOf(file("m.2", bytes), all.frontends).name).toBe("two");
    expect(frontendOf(file("m.3", bytes), all.frontends).name).toBe("one");
    const twice = { name: "q", apiVersion: 1, frontends: [reads("onnx", ".onnx")] };
    expect(() => createContext({ plugins: [twice] })).toThrow(/plugin q.*qc|qc.*plugin q/);
  });
});

describe("the head of an ONNX model", () => {
  const heads = readdirSync("examples", { recursive: true, encoding: "utf8" })
    .filter((f) => f.endsWith(".onnx"))
    .map((f) => readFileSync(join("examples", f)));
  it("is recognised however long it is", () => {
    const large = model({
      input: [value("x", [5000])],
      output: [value("y", [5000])],
      initializer: [floats("w", new Array(5000).fill(1))],
      node: [node("Add", ["x", "w"], ["y"])],
    });
    for (const bytes of [...heads, relu, large])
      for (const length of [64, 512, 4096, bytes.length]) expect(looksLikeModel(bytes.subarray(0, length))).toBe(true);
  });
  it("is no text and no other protobuf", () => {
    const others = [
      TEXT,
      "",
      "(a list)",
      '"quoted"',
      "2 fields",
      "\x08\x01\x12\xff\xff\x03rest of a saved model",
      "\x0a\x05graph",
    ];
    for (const other of others) expect(looksLikeModel(Buffer.from(other, "latin1")), other).toBe(false);
  });
});

describe("a folder", () => {
  it("means the one model in it", () => {
    const folder = join(work, "folder");
    mkdirSync(folder);
    expect(modelInFolder(folder, ["a.qc", "a.qcw", "notes.txt"], frontends)).toBe(join(folder, "a.qc"));
    expect(diagsOf(() => modelInFolder(folder, ["a.qc", "b.onnx"], frontends))[0].code).toBe("QC-COMPILE-002");
    expect(diagsOf(() => modelInFolder(folder, ["notes.txt"], frontends))[0].code).toBe("QC-COMPILE-002");
    expect(diagsOf(() => modelInFolder(folder, ["saved_model.pb"], frontends))[0].code).toBe("QC-FORMAT-001");
  });
});
