/** A model file read without its weights means what the whole file means. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import onnxProto from "onnx-proto";
import { afterAll, describe, expect, it } from "vitest";
import { createContext } from "../../../src/context.js";
import { importOnnx, importOnnxFile } from "../../../src/frontends/onnx/import.js";
import { withModelFile } from "../../../src/frontends/onnx/model-file.js";
import { QcError } from "../../../src/support/diag.js";
import { floats, model, node, type Tensor, value } from "./helpers/build.js";

const { onnx } = onnxProto;
const work = mkdtempSync(join(tmpdir(), "qc-model-file-"));
const file = join(work, "test.onnx");
afterAll(() => rmSync(work, { recursive: true, force: true }));

const N = 5000;
const raw = (name: string, seed: number, length = N): Tensor => {
  const values = Float32Array.from({ length }, (_, i) => Math.sin(i * seed));
  return { name, dataType: 1, dims: [length], rawData: new Uint8Array(values.buffer) };
};

/** Weights everywhere a tensor may be: initializers, a constant, a function's body and its attribute. */
const everywhere = (): Uint8Array =>
  model({
    functions: [
      {
        name: "shift",
        domain: "local",
        input: ["a"],
        output: ["b"],
        opsetImport: [{ domain: "", version: 17 }],
        node: [node("Constant", [], ["k"], [{ name: "value", type: 4, t: raw("k", 4) }]), node("Add", ["a", "k"], ["b"])],
      },
    ],
    opsets: [
      { domain: "", version: 17 },
      { domain: "local", version: 1 },
    ],
    node: [
      node("Add", ["x", "w1"], ["a"]),
      node("Constant", [], ["c"], [{ name: "value", type: 4, t: raw("c", 3) }]),
      node("Mul", ["a", "c"], ["b"]),
      { ...node("shift", ["b"], ["d"]), domain: "local" },
      node("Add", ["d", "w2"], ["e"]),
      node("Mul", ["e", "s"], ["y"]),
    ],
    initializer: [
      raw("w1", 1),
      floats(
        "w2",
        Array.from({ length: N }, (_, i) => i / 8),
      ),
      raw("s", 2, 1),
    ],
    input: [value("x", [N])],
    output: [value("y", [N])],
  });

/** Constants by name: type and content. */
const constants = (m: ReturnType<typeof importOnnx>) => Object.entries(m.consts).map(([id, c]) => [id, c.type, c.blob]);

describe("a model file", () => {
  it("gives the same module as its bytes, whose weights were not read to decode it", () => {
    const bytes = everywhere();
    writeFileSync(file, bytes);
    const ctx = createContext();
    const fromFile = importOnnxFile(file, ctx.onnxRules, ctx);
    const fromBytes = importOnnx(bytes, file, ctx.onnxRules, ctx);
    expect(fromFile).toEqual(fromBytes);
    expect(constants(fromFile)).toHaveLength(5);
    const read = withModelFile(file, (f) => f.bytes.length);
    expect(bytes.length - read).toBeGreaterThan(3 * 4 * N - 100);
  });

  it("that is cut off anywhere is refused like its bytes", () => {
    const bytes = everywhere();
    const verdict = (body: () => unknown): string => {
      try {
        body();
        return "read";
      } catch (e) {
        if (e instanceof QcError) return `${e.code} ${e.message}`;
        throw e;
      }
    };
    for (const end of [0, 1, 17, 4000, 4100, 25_000, 60_000, bytes.length - 30, bytes.length - 1]) {
      const part = bytes.slice(0, end);
      writeFileSync(file, part);
      const ctx = createContext();
      expect(verdict(() => importOnnxFile(file, ctx.onnxRules, ctx))).toBe(
        verdict(() => importOnnx(part, file, ctx.onnxRules, ctx)),
      );
    }
  });

  it("may repeat a field: the last one counts", () => {
    const twice = Buffer.concat([
      onnx.TensorProto.encode(onnx.TensorProto.create({ ...raw("w", 1), name: "w" })).finish(),
      onnx.TensorProto.encode(onnx.TensorProto.create({ rawData: raw("w", 2).rawData ?? null })).finish(),
    ]);
    const graph = onnx.GraphProto.create({
      node: [node("Add", ["x", "w"], ["y"])],
      input: [value("x", [N])],
      output: [value("y", [N])],
    });
    const head = onnx.ModelProto.encode(
      onnx.ModelProto.create({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }] }),
    ).finish();
    const inner = Buffer.concat([onnx.GraphProto.encode(graph).finish(), varint((5 << 3) | 2), varint(twice.length), twice]);
    writeFileSync(file, Buffer.concat([head, varint((7 << 3) | 2), varint(inner.length), inner]));
    const ctx = createContext();
    const m = importOnnxFile(file, ctx.onnxRules, ctx);
    const wanted = Buffer.from(raw("w", 2).rawData as Uint8Array);
    expect(Buffer.from(ctx.blobs.get(m.consts["#w"].blob)).equals(wanted)).toBe(true);
  });
});

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    bytes.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) return Buffer.from(bytes);
  }
}
