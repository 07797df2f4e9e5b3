/** MobileNet v1, width 1.0, 224 x 224 (Howard et al. 2017, table 1) with random weights, as an ONNX file of 17 MB. */
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;

/** Output channels and stride of the pointwise convolutions, each after a depthwise one. */
const BLOCKS = [
  ...[
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
  ],
  ...Array.from({ length: 5 }, () => [512, 1]),
  ...[
    [1024, 2],
    [1024, 1],
  ],
] as const;

export function mobilenetV1(): Uint8Array {
  const node: object[] = [];
  const initializer: object[] = [];
  let seed = 1;
  const weight = (name: string, dims: readonly number[], fanIn: number): string => {
    const values = Float32Array.from({ length: dims.reduce((p, d) => p * d, 1) }, () => {
      seed = (seed * 48271) % 2147483647;
      return (seed / 2147483647 - 0.5) * Math.sqrt(24 / fanIn); // variance 2 / fanIn: activations keep their size
    });
    initializer.push({ name, dataType: 1, dims: [...dims], rawData: new Uint8Array(values.buffer) });
    return name;
  };
  const ints = (name: string, values: readonly number[]) => ({ name, type: 7, ints: [...values] });
  const conv = (x: string, name: string, channels: readonly [number, number], kernel: number, stride: number, group: number) => {
    const [from, to] = channels;
    const w = weight(`${name}.w`, [to, from / group, kernel, kernel], (from / group) * kernel * kernel);
    const pad = (kernel - 1) / 2;
    const attribute = [
      ints("strides", [stride, stride]),
      ints("pads", [pad, pad, pad, pad]),
      { name: "group", type: 2, i: group },
    ];
    node.push({ opType: "Conv", name, input: [x, w, weight(`${name}.b`, [to], 1e4)], output: [`${name}.c`], attribute });
    node.push({ opType: "Relu", name: `${name}.relu`, input: [`${name}.c`], output: [name] });
    return name;
  };
  let x = conv("image", "stem", [3, 32], 3, 2, 1);
  let from = 32;
  for (const [i, [to, stride]] of BLOCKS.entries()) {
    x = conv(x, `depthwise${i}`, [from, from], 3, stride, from);
    x = conv(x, `pointwise${i}`, [from, to], 1, 1, 1);
    from = to;
  }
  node.push({ opType: "GlobalAveragePool", name: "pool", input: [x], output: ["pooled"] });
  node.push({ opType: "Flatten", name: "flatten", input: ["pooled"], output: ["features"] });
  const gemm = ["features", weight("fc.w", [1000, from], from), weight("fc.b", [1000], 1e4)];
  node.push({ opType: "Gemm", name: "fc", input: gemm, output: ["scores"], attribute: [{ name: "transB", type: 2, i: 1 }] });
  const dim = [1, 3, 224, 224].map((dimValue) => ({ dimValue }));
  const graph = {
    name: "mobilenet",
    node,
    initializer,
    input: [{ name: "image", type: { tensorType: { elemType: 1, shape: { dim } } } }],
    output: [{ name: "scores" }],
  };
  const model = onnx.ModelProto.fromObject({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph });
  return onnx.ModelProto.encode(model).finish();
}
