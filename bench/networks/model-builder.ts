/** A compact language for ONNX models with seeded random weights: shapes are inferred, operations counted. */
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;

/** A value of the graph being built; images are NCHW. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface ModelInput extends Tensor {
  readonly dtype: "f32" | "i64" | "u8" | "i8";
  /** Integers are drawn from 0 to below this; 8-bit ones over their range. */
  readonly below?: number;
}

export interface Model {
  readonly bytes: Uint8Array;
  /** Operations of contractions, a multiply-add counted as two. */
  readonly flops: number;
  readonly inputs: readonly ModelInput[];
}

export interface ConvOptions {
  readonly stride?: number;
  readonly group?: number;
  /** Rows and columns before and after; `(kernel - 1) / 2` on both sides unless given. `same`: TensorFlow's, more at the end. */
  readonly pad?: number | "same";
  readonly act?: Activation;
}

/** Float, or the integer operators that ONNX Runtime runs fastest: activations u8 or s8, weights signed per channel. */
export type Kind = "f32" | "u8" | "s8";
export type Activation = "relu" | "relu6";
export type Attr = number | readonly number[] | { readonly float: number } | string;

const ELEM = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7 } as const;
type Elem = keyof typeof ELEM;

export const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export interface ModelBuilder {
  readonly kind: Kind;
  input(name: string, dtype: ModelInput["dtype"], shape: readonly number[], below?: number): Tensor;
  /** Uniform in [-1, 1) * sqrt(3 * gain / fanIn): variance gain / fanIn. */
  weight(shape: readonly number[], fanIn: number, gain?: number): Tensor;
  constant(dtype: Elem, shape: readonly number[], values: readonly number[]): Tensor;
  /** A node whose result has `shape`. */
  node(
    op: string,
    inputs: readonly Tensor[],
    shape: readonly number[],
    attrs?: Readonly<Record<string, Attr>>,
    domain?: string,
  ): Tensor;
  /** A node of several results, one of each shape. */
  results(
    op: string,
    inputs: readonly Tensor[],
    shapes: readonly (readonly number[])[],
    attrs?: Readonly<Record<string, Attr>>,
  ): readonly Tensor[];
  /** Numbers in [0, 1), the same for the same seed. */
  uniform(): number;
  countFlops(flops: number): void;
  /** `dtype` of the outputs; the activations' unless given. */
  finish(outputs: readonly Tensor[], dtype?: Elem): Model;
}

export const activationType = (kind: Kind): "f32" | "u8" | "i8" => (kind === "s8" ? "i8" : kind);

/** Mulberry32: a 32-bit generator, good enough for weights. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ARRAYS = { f32: Float32Array, u8: Uint8Array, i8: Int8Array, i32: Int32Array } as const;
const rawBytes = (dtype: Elem, values: readonly number[]): Uint8Array => {
  const array = dtype === "i64" ? BigInt64Array.from(values, BigInt) : ARRAYS[dtype].from(values);
  return new Uint8Array(array.buffer);
};

function attribute(name: string, value: Attr): InstanceType<typeof onnx.AttributeProto> {
  const { FLOAT, INT, INTS, STRING } = onnx.AttributeProto.AttributeType;
  if (typeof value === "number") return onnx.AttributeProto.create({ name, type: INT, i: value });
  if (typeof value === "string") return onnx.AttributeProto.create({ name, type: STRING, s: new TextEncoder().encode(value) });
  if ("float" in value) return onnx.AttributeProto.create({ name, type: FLOAT, f: value.float });
  return onnx.AttributeProto.create({ name, type: INTS, ints: [...value] });
}

const valueInfo = (name: string, dtype: Elem, shape: readonly number[]) =>
  onnx.ValueInfoProto.create({
    name,
    type: { tensorType: { elemType: ELEM[dtype], shape: { dim: shape.map((dimValue) => ({ dimValue })) } } },
  });

/** Starts a model of opset 17; `com.microsoft` is imported as soon as a node needs it. */
export function createModel(name: string, seed = 1, kind: Kind = "f32"): ModelBuilder {
  const uniform = generator(seed);
  const nodes: InstanceType<typeof onnx.NodeProto>[] = [];
  const initializers: InstanceType<typeof onnx.TensorProto>[] = [];
  const inputs: ModelInput[] = [];
  const domains = new Set<string>();
  let flops = 0;
  const initializer = (dtype: Elem, shape: readonly number[], rawData: Uint8Array): Tensor => {
    const t = { name: `w${initializers.length}`, shape };
    initializers.push(onnx.TensorProto.create({ name: t.name, dims: [...shape], dataType: ELEM[dtype], rawData }));
    return t;
  };
  const add = (
    opType: string,
    operands: readonly Tensor[],
    output: readonly string[],
    attrs: Readonly<Record<string, Attr>>,
    domain = "",
  ): void => {
    domains.add(domain);
    const attributes = Object.entries(attrs).map(([key, value]) => attribute(key, value));
    const input = operands.map((t) => t.name);
    nodes.push(onnx.NodeProto.create({ opType, name: output[0], input, output: [...output], attribute: attributes, domain }));
  };
  return {
    kind,
    input(inputName, dtype, shape, below) {
      inputs.push({ name: inputName, dtype, shape, below });
      return { name: inputName, shape };
    },
    weight(shape, fanIn, gain = 1) {
      const limit = Math.sqrt((3 * gain) / fanIn);
      const values = new Float32Array(count(shape));
      for (let i = 0; i < values.length; i++) values[i] = (2 * uniform() - 1) * limit;
      return initializer("f32", shape, new Uint8Array(values.buffer));
    },
    constant: (dtype, shape, values) => initializer(dtype, shape, rawBytes(dtype, values)),
    node(opType, operands, shape, attrs = {}, domain = "") {
      const name = `${opType}_${nodes.length}`;
      add(opType, operands, [name], attrs, domain);
      return { name, shape };
    },
    results(opType, operands, shapes, attrs = {}) {
      const made = shapes.map((shape, i) => ({ name: `${opType}_${nodes.length}_${i}`, shape }));
      add(
        opType,
        operands,
        made.map((t) => t.name),
        attrs,
      );
      return made;
    },
    uniform,
    countFlops(n) {
      flops += n;
    },
    finish(outputs, dtype = activationType(kind)) {
      const versions = { "": 17, "com.microsoft": 1 };
      const opsetImport = [...domains].map((domain) => ({ domain, version: versions[domain as keyof typeof versions] }));
      const graph = onnx.GraphProto.create({
        name,
        node: nodes,
        initializer: initializers,
        input: inputs.map((t) => valueInfo(t.name, t.dtype, t.shape)),
        output: outputs.map((t) => valueInfo(t.name, dtype, t.shape)),
      });
      const model = onnx.ModelProto.create({ irVersion: 8, producerName: "qc-bench", opsetImport, graph });
      return { bytes: onnx.ModelProto.encode(model).finish(), flops, inputs };
    },
  };
}
