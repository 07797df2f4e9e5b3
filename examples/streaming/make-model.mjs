#!/usr/bin/env node
// Writes a recurrent network that is fed step by step, and sequences for it: h' = tanh(x Wx + h Wh), y = h' Wy.
//   node examples/streaming/make-model.mjs FOLDER      echo.onnx, sequences.txt, sequence0.npy [12, 8] and so on
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const { FLOAT } = onnx.TensorProto.DataType;
const folder = process.argv[2] ?? ".";
const [INPUTS, UNITS, OUTPUTS, STEPS] = [8, 16, 3, 12];

let seed = 7;
/** Numbers in [-1, 1), the same ones every time. */
const draw = (count) =>
  Float32Array.from({ length: count }, () => {
    seed = (seed * 48271) % 2147483647;
    return (2 * seed) / 2147483647 - 1;
  });
const weight = (name, dims) =>
  onnx.TensorProto.create({
    name,
    dataType: FLOAT,
    dims,
    rawData: new Uint8Array(draw(dims[0] * dims[1]).map((v) => v / Math.sqrt(dims[0])).buffer),
  });
const node = (opType, input, output) => onnx.NodeProto.create({ opType, name: output, input, output: [output] });
const value = (name, columns) =>
  onnx.ValueInfoProto.create({
    name,
    type: onnx.TypeProto.create({
      tensorType: onnx.TypeProto.Tensor.create({
        elemType: FLOAT,
        shape: onnx.TensorShapeProto.create({
          dim: [1, columns].map((d) => onnx.TensorShapeProto.Dimension.create({ dimValue: d })),
        }),
      }),
    }),
  });

const graph = onnx.GraphProto.create({
  name: "echo",
  input: [value("x", INPUTS), value("h", UNITS)],
  output: [value("y", OUTPUTS), value("hN", UNITS)],
  initializer: [weight("Wx", [INPUTS, UNITS]), weight("Wh", [UNITS, UNITS]), weight("Wy", [UNITS, OUTPUTS])],
  node: [
    node("MatMul", ["x", "Wx"], "fresh"),
    node("MatMul", ["h", "Wh"], "kept"),
    node("Add", ["fresh", "kept"], "sum"),
    node("Tanh", ["sum"], "hN"),
    node("MatMul", ["hN", "Wy"], "y"),
  ],
});
const model = onnx.ModelProto.create({
  irVersion: 7,
  producerName: "qc-examples-streaming",
  opsetImport: [onnx.OperatorSetIdProto.create({ domain: "", version: 13 })],
  graph,
});

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function npy(shape, data) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const header = `${text}${" ".repeat(63 - ((10 + text.length) % 64))}\n`;
  const head = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`, "latin1");
  return Buffer.concat([head, Buffer.from(data.buffer)]);
}

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "echo.onnx"), onnx.ModelProto.encode(model).finish());
const names = Array.from({ length: 4 }, (_, i) => `sequence${i}.npy`);
for (const name of names) writeFileSync(join(folder, name), npy([STEPS, INPUTS], draw(STEPS * INPUTS)));
writeFileSync(join(folder, "sequences.txt"), `${names.join("\n")}\n`);
