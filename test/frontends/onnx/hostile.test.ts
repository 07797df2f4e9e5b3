/** Models made to eat time or memory, or to be taken for another: refused with a code, for no more work than their size. */
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createContext } from "../../../src/context.js";
import { importOnnxFile } from "../../../src/frontends/onnx/import.js";
import { withModelFile } from "../../../src/frontends/onnx/model-file.js";
import { diagsOf, errorOf, importDraft, model, node, value } from "./helpers/build.js";

const work = mkdtempSync(join(tmpdir(), "qc-hostile-"));
const file = join(work, "m.onnx");
afterAll(() => rmSync(work, { recursive: true, force: true }));
const relu = model({ input: [value("x")], output: [value("y")], node: [node("Relu", ["x"], ["y"])] });
const read = (path: string) => {
  const ctx = createContext();
  return importOnnxFile(path, ctx.onnxRules, ctx);
};
const codeOf = (run: () => unknown): string => diagsOf(run)[0].code;
const GIB = 2 ** 30;

/** f0 calls f1 twice, f1 calls f2 twice, and so on. */
const doubling = (depth: number) => ({
  input: [value("x")],
  output: [value("y")],
  node: [{ ...node("f0", ["x"], ["y"]), domain: "mine" }],
  opsets: [
    { domain: "", version: 17 },
    { domain: "mine", version: 1 },
  ],
  functions: Array.from({ length: depth }, (_, i) => {
    const body = (a: string, b: string) =>
      i === depth - 1 ? node("Neg", [a], [b]) : { ...node(`f${i + 1}`, [a], [b]), domain: "mine" };
    return {
      ...{ name: `f${i}`, domain: "mine", input: ["a"], output: ["c"], opsetImport: [{ domain: "", version: 17 }] },
      node: [body("a", "b"), body("b", "c")],
    };
  }),
});

describe("a model file", () => {
  it("with zeros behind it, or of zeros alone, is refused whatever its length", () => {
    for (const head of [relu, new Uint8Array(0)]) {
      for (const bytes of [head.length + 1, 5000, 5 * GIB]) {
        writeFileSync(file, head);
        truncateSync(file, bytes);
        expect(codeOf(() => read(file))).toBe("QC-ONNX-001");
      }
    }
  });
  it("is read without the fields that are not read", () => {
    const large = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x0c);
    for (const tag of [[0xa2, 0x06], [0x32]]) {
      writeFileSync(file, Buffer.concat([relu, Uint8Array.from(tag), large]));
      truncateSync(file, relu.length + tag.length + large.length + 3 * GIB);
      expect(withModelFile(file, ({ bytes }) => bytes.length)).toBe(relu.length);
      expect(read(file).funcs).toHaveLength(1);
    }
  });
});

describe("a model", () => {
  it("whose functions call each other twice is refused in proportion to its size", () => {
    expect(importDraft(doubling(5)).run([1, -2])).toEqual([[1, -2]]);
    expect(errorOf(doubling(17))).toMatchObject({
      code: "QC-ONNX-021",
      message: expect.stringContaining("expand to more than"),
    });
  });
  it("has no NUL in the names of inputs and outputs", () => {
    const nodes = (a: string, b: string) => ({ input: [value(a)], output: [value(b)], node: [node("Relu", [a], [b])] });
    expect(errorOf(nodes("x", "a\0b"))).toMatchObject({ code: "QC-ONNX-016" });
    expect(errorOf(nodes("a\0b", "y"))).toMatchObject({ code: "QC-ONNX-016" });
  });
  it("names its data files by paths that the system can have", () => {
    for (const location of ["a".repeat(5000), "b/".repeat(3000), "c\0d"]) {
      const w = { name: "w", dataType: 1, dims: [4], dataLocation: 1, externalData: [{ key: "location", value: location }] };
      const draft = { input: [value("x")], output: [value("y")], node: [node("Add", ["x", "w"], ["y"])], initializer: [w] };
      expect(errorOf(draft)).toMatchObject({
        code: expect.stringMatching(/^QC-IO-0(09|10)$/),
        message: expect.stringContaining("tensor 'w'"),
      });
    }
  });
});
