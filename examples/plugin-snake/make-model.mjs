#!/usr/bin/env node
// Writes a model with one Snake node of the domain com.example and one Snake spelled out in ONNX's own ops.
//   node examples/plugin-snake/make-model.mjs snake.onnx [COLUMNS]
import { writeFileSync } from "node:fs";
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const { FLOAT } = onnx.TensorProto.DataType;
const columns = Number(process.argv[3] ?? 16);

const node = (opType, input, output, extra = {}) =>
  onnx.NodeProto.create({ opType, name: output, input, output: [output], ...extra });
const value = (name) =>
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
const alpha = onnx.AttributeProto.create({ name: "alpha", type: onnx.AttributeProto.AttributeType.FLOAT, f: 0.5 });

const graph = onnx.GraphProto.create({
  name: "snakes",
  input: [value("x")],
  output: [value("y")],
  node: [
    node("Snake", ["x"], "first", { domain: "com.example", attribute: [alpha] }),
    node("Sin", ["first"], "sine"),
    node("Mul", ["sine", "sine"], "square"),
    node("Add", ["first", "square"], "y"),
  ],
});
const model = onnx.ModelProto.create({
  irVersion: 7,
  producerName: "qc-examples-snake",
  opsetImport: [
    onnx.OperatorSetIdProto.create({ domain: "", version: 13 }),
    onnx.OperatorSetIdProto.create({ domain: "com.example", version: 1 }),
  ],
  graph,
});
writeFileSync(process.argv[2] ?? "snake.onnx", onnx.ModelProto.encode(model).finish());
