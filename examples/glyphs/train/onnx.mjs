/**
 * Writes trained layers as an ONNX model (opset 13, float NCHW) through onnx-proto. BatchNormalization stays a node of its own.
 * @typedef {import("./layers.mjs").Layer} Layer
 */
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
const { FLOAT } = onnx.TensorProto.DataType;
const { FLOAT: ATTR_FLOAT, INT, INTS } = onnx.AttributeProto.AttributeType;

/**
 * @typedef {object} GraphBuilder
 * @property {(name: string, dims: readonly number[], data: ArrayLike<number>) => string} initializer adds a float tensor, returns its name
 * @property {(opType: string, name: string, inputs: readonly string[], attrs?: Attrs) => string} node returns the name of its output
 * @typedef {Readonly<Record<string, { int: number } | { ints: readonly number[] } | { float: number }>>} Attrs
 */

/**
 * @param {string} name of the graph
 * @param {{ readonly name: string, readonly dims: readonly number[] }} input
 * @param {{ readonly name: string, readonly dims: readonly number[] }} output
 * @param {(builder: GraphBuilder) => void} build adds nodes; the last one's output becomes `output`
 * @returns {Uint8Array} an encoded ModelProto
 */
export function encodeModel(name, input, output, build) {
  /** @type {InstanceType<typeof onnx.NodeProto>[]} */
  const node = [];
  /** @type {InstanceType<typeof onnx.TensorProto>[]} */
  const initializer = [];
  build({
    initializer(tensorName, dims, data) {
      const rawData = new Uint8Array(Float32Array.from(data).buffer); // raw_data is little-endian, as is every machine with node 20
      initializer.push(onnx.TensorProto.create({ name: tensorName, dims: [...dims], dataType: FLOAT, rawData }));
      return tensorName;
    },
    node(opType, nodeName, inputs, attrs = {}) {
      const attribute = Object.entries(attrs).map(([key, value]) =>
        onnx.AttributeProto.create({ name: key, ...encodeAttr(value) }),
      );
      node.push(onnx.NodeProto.create({ opType, name: nodeName, input: [...inputs], output: [`${nodeName}:0`], attribute }));
      return `${nodeName}:0`;
    },
  });
  node[node.length - 1].output = [output.name];
  const graph = onnx.GraphProto.create({ name, node, initializer, input: [valueInfo(input)], output: [valueInfo(output)] });
  const model = onnx.ModelProto.create({
    irVersion: 7,
    producerName: "qc-examples-glyphs",
    opsetImport: [onnx.OperatorSetIdProto.create({ domain: "", version: 13 })],
    graph,
  });
  return onnx.ModelProto.encode(model).finish();
}

/** @param {Attrs[string]} value */
function encodeAttr(value) {
  if ("int" in value) return { type: INT, i: value.int };
  if ("ints" in value) return { type: INTS, ints: [...value.ints] };
  return { type: ATTR_FLOAT, f: value.float };
}

/** @param {{ readonly name: string, readonly dims: readonly number[] }} value */
function valueInfo({ name, dims }) {
  const dim = dims.map((dimValue) => onnx.TensorShapeProto.Dimension.create({ dimValue }));
  const tensorType = onnx.TypeProto.Tensor.create({ elemType: FLOAT, shape: onnx.TensorShapeProto.create({ dim }) });
  return onnx.ValueInfoProto.create({ name, type: onnx.TypeProto.create({ tensorType }) });
}

/** What each kind of layer becomes: adds its nodes after value `x` and returns the name of the result. */
const exporters = /** @type {const} */ ({
  /** @type {Exporter} weight HWIO -> OIHW */
  conv(b, { name, attrs, params }, x) {
    const { inChannels, outChannels, kernel, stride } = attrs;
    const data = transpose(params.weight.value, [kernel, kernel, inChannels, outChannels], [3, 2, 0, 1]);
    const weight = b.initializer(`${name}.weight`, [outChannels, inChannels, kernel, kernel], data);
    return b.node("Conv", name, [x, weight], convAttrs(kernel, stride, 1));
  },
  /** @type {Exporter} weight HWC -> C1HW, one group a channel */
  depthwise(b, { name, attrs, params }, x) {
    const { channels, kernel, stride } = attrs;
    const data = transpose(params.weight.value, [kernel, kernel, channels, 1], [2, 3, 0, 1]);
    const weight = b.initializer(`${name}.weight`, [channels, 1, kernel, kernel], data);
    return b.node("Conv", name, [x, weight], convAttrs(kernel, stride, channels));
  },
  /** @type {Exporter} */
  batchNorm(b, { name, attrs, params, stats }, x) {
    const channel = (/** @type {string} */ what, /** @type {Float64Array} */ data) =>
      b.initializer(`${name}.${what}`, [attrs.channels], data);
    const inputs = [
      channel("gamma", params.gamma.value),
      channel("beta", params.beta.value),
      channel("mean", stats.mean),
      channel("variance", stats.variance),
    ];
    return b.node("BatchNormalization", name, [x, ...inputs], { epsilon: { float: attrs.epsilon } });
  },
  /** @type {Exporter} */
  relu: (b, { name }, x) => b.node("Relu", name, [x]),
  /** @type {Exporter} */
  residual: (b, { name, body }, x) => b.node("Add", name, [x, exportLayers(b, body, x)]),
  /** @type {Exporter} */
  averagePool: (b, { name }, x) =>
    b.node("Flatten", `${name}/flatten`, [b.node("GlobalAveragePool", name, [x])], { axis: { int: 1 } }),
  /** @type {Exporter} weight [inputs, outputs] -> [outputs, inputs] */
  dense(b, { name, attrs, params }, x) {
    const { inputs, outputs } = attrs;
    const weight = b.initializer(`${name}.weight`, [outputs, inputs], transpose(params.weight.value, [inputs, outputs], [1, 0]));
    const bias = b.initializer(`${name}.bias`, [outputs], params.bias.value);
    return b.node("Gemm", name, [x, weight, bias], { transB: { int: 1 } });
  },
});

/** @typedef {(b: GraphBuilder, layer: Layer, x: string) => string} Exporter */

/** @type {(b: GraphBuilder, layers: readonly Layer[], x: string) => string} */
const exportLayers = (b, layers, x) => layers.reduce((value, layer) => exporters[layer.kind](b, layer, value), x);

/** @type {(kernel: number, stride: number, group: number) => Attrs} */
function convAttrs(kernel, stride, group) {
  const pad = kernel >> 1;
  return {
    kernel_shape: { ints: [kernel, kernel] },
    strides: { ints: [stride, stride] },
    pads: { ints: [pad, pad, pad, pad] },
    group: { int: group },
  };
}

/**
 * Axis i of the result is axis order[i] of the argument.
 * @param {Float64Array} data
 * @param {readonly number[]} shape
 * @param {readonly number[]} order
 */
function transpose(data, shape, order) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const out = new Float64Array(data.length);
  for (let i = 0; i < out.length; i++) {
    let rest = i;
    let from = 0;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      const extent = shape[order[axis]];
      from += (rest % extent) * strides[order[axis]];
      rest = Math.floor(rest / extent);
    }
    out[i] = data[from];
  }
  return out;
}

/**
 * The network as a model: input "image" float [1, channels, height, width], output "scores" float [1, classes] (logits).
 * @param {string} name
 * @param {readonly Layer[]} layers
 * @param {readonly [channels: number, height: number, width: number]} imageShape
 * @param {number} classes
 * @returns {Uint8Array}
 */
export function exportNetwork(name, layers, imageShape, classes) {
  const input = { name: "image", dims: [1, ...imageShape] };
  return encodeModel(name, input, { name: "scores", dims: [1, classes] }, (b) => void exportLayers(b, layers, input.name));
}
