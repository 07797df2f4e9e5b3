/** Layers of convolutional networks and transformers, as exporters write them: BatchNorm folded, GELU by Erf. */
import { type Activation, type ConvOptions, count, type ModelBuilder, type Tensor } from "./model-builder.js";
import { isInteger, quantizedAdd, quantizedConcat, quantizedConv, quantizedGemm, quantizedPool } from "./quantized-layers.js";

const SIDES = ["before", "after"] as const;

/** Rows before and after that give ceil(size / stride) results. */
function samePads(size: number, kernel: number, stride: number): readonly [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  return [total >> 1, total - (total >> 1)];
}

/** Padding, strides and result size of a window that slides over x. */
export function windowOf(x: Tensor, kernel: number, { stride = 1, pad = (kernel - 1) >> 1 }: ConvOptions) {
  const [h, w] = x.shape.slice(2);
  const of = (size: number) => (pad === "same" ? samePads(size, kernel, stride) : ([pad, pad] as const));
  const [ph, pw] = [of(h), of(w)];
  const out = (size: number, [a, b]: readonly [number, number]) => Math.floor((size + a + b - kernel) / stride) + 1;
  const attrs = {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: SIDES.flatMap((_, side) => [ph[side], pw[side]]),
  };
  return { attrs, height: out(h, ph), width: out(w, pw) };
}

/** x [1, c, h, w] --> act(conv(x, W [k, c / group, r, r]) + b) [1, k, h', w']. */
export function conv(b: ModelBuilder, x: Tensor, k: number, r: number, options: ConvOptions = {}): Tensor {
  const group = options.group ?? 1;
  const c = x.shape[1] / group;
  const { attrs, height, width } = windowOf(x, r, options);
  b.countFlops(2 * height * width * k * c * r * r);
  const out = [1, k, height, width];
  if (isInteger(b)) return quantizedConv(b, x, [k, c, r, r], out, { ...attrs, group }, options.act);
  const w = b.weight([k, c, r, r], c * r * r, options.act ? 2 : 1); // He et al. 2015: a ReLU halves the variance
  const y = b.node("Conv", [x, w, b.weight([k], 100)], out, { ...attrs, group });
  return options.act ? activate(b, y, options.act) : y;
}

function activate(b: ModelBuilder, x: Tensor, act: Activation): Tensor {
  if (act === "relu") return b.node("Relu", [x], x.shape);
  return b.node("Clip", [x, b.constant("f32", [], [0]), b.constant("f32", [], [6])], x.shape);
}

export function add(b: ModelBuilder, x: Tensor, y: Tensor, act?: Activation): Tensor {
  if (isInteger(b)) return quantizedAdd(b, x, y, act);
  const sum = b.node("Add", [x, y], x.shape);
  return act ? activate(b, sum, act) : sum;
}

/** Along the channels. */
export function concat(b: ModelBuilder, parts: readonly Tensor[]): Tensor {
  const channels = parts.reduce((sum, t) => sum + t.shape[1], 0);
  const out = [1, channels, ...parts[0].shape.slice(2)];
  return isInteger(b) ? quantizedConcat(b, parts, out) : b.node("Concat", parts, out, { axis: 1 });
}

/** Windows that hang over the end count (`ceil_mode`). */
export function maxPoolCeil(b: ModelBuilder, x: Tensor, kernel: number, stride: number): Tensor {
  const out = (size: number) => Math.ceil((size - kernel) / stride) + 1;
  const shape = [...x.shape.slice(0, 2), out(x.shape[2]), out(x.shape[3])];
  return b.node("MaxPool", [x], shape, { kernel_shape: [kernel, kernel], strides: [stride, stride], ceil_mode: 1 });
}

export function maxPool(b: ModelBuilder, x: Tensor, kernel: number, options: ConvOptions): Tensor {
  const { attrs, height, width } = windowOf(x, kernel, options);
  return b.node("MaxPool", [x], [...x.shape.slice(0, 2), height, width], attrs);
}

/** [1, c, h, w] --> [1, c] */
export function globalPool(b: ModelBuilder, x: Tensor): Tensor {
  const pooled = isInteger(b) ? quantizedPool(b, x) : b.node("GlobalAveragePool", [x], [1, x.shape[1], 1, 1]);
  return b.node("Flatten", [pooled], [1, x.shape[1]], { axis: 1 });
}

/** [m, c] --> [m, k], as torch.nn.Linear is exported on matrices. */
export function gemm(b: ModelBuilder, x: Tensor, k: number): Tensor {
  const [m, c] = x.shape;
  b.countFlops(2 * m * c * k);
  if (isInteger(b)) return quantizedGemm(b, x, k);
  return b.node("Gemm", [x, b.weight([k, c], c), b.weight([k], 100)], [m, k], { transB: 1 });
}

/** [..., c] --> [..., k], as torch.nn.Linear is exported on tensors of more dimensions: MatMul, then Add. */
export function linear(b: ModelBuilder, x: Tensor, k: number): Tensor {
  const c = x.shape[x.shape.length - 1];
  const y = matmul(b, x, b.weight([c, k], c));
  return add(b, y, b.weight([k], 100));
}

export function matmul(b: ModelBuilder, x: Tensor, y: Tensor): Tensor {
  const shape = [...x.shape.slice(0, -1), y.shape[y.shape.length - 1]];
  b.countFlops(2 * count(shape) * x.shape[x.shape.length - 1]);
  return b.node("MatMul", [x, y], shape);
}

/** Over the last axis. */
export function layerNorm(b: ModelBuilder, x: Tensor, epsilon: number): Tensor {
  const c = x.shape[x.shape.length - 1];
  const gamma = b.constant(
    "f32",
    [c],
    Array.from({ length: c }, () => 0.8 + 0.4 * b.uniform()),
  );
  return b.node("LayerNormalization", [x, gamma, b.weight([c], 100)], x.shape, { axis: -1, epsilon: { float: epsilon } });
}

/** x * (1 + erf(x / sqrt 2)) / 2 */
export function gelu(b: ModelBuilder, x: Tensor): Tensor {
  const scalar = (v: number) => b.constant("f32", [], [v]);
  const erf = b.node("Erf", [b.node("Div", [x, scalar(Math.SQRT2)], x.shape)], x.shape);
  const gate = b.node("Add", [erf, scalar(1)], x.shape);
  return b.node("Mul", [b.node("Mul", [x, gate], x.shape), scalar(0.5)], x.shape);
}

export const reshape = (b: ModelBuilder, x: Tensor, shape: readonly number[]): Tensor =>
  b.node("Reshape", [x, b.constant("i64", [shape.length], shape)], shape);

export function transpose(b: ModelBuilder, x: Tensor, perm: readonly number[]): Tensor {
  return b.node(
    "Transpose",
    [x],
    perm.map((axis) => x.shape[axis]),
    { perm },
  );
}

/**
 * Multi-head self-attention of x [1, n, d] with separate projections; `mask` [1, 1, 1, n] is added to the scores.
 *   softmax(q k' / sqrt(d / heads) + mask) v, projected
 */
export function attention(b: ModelBuilder, x: Tensor, heads: number, mask: Tensor | null): Tensor {
  const [, n, d] = x.shape;
  const split = (perm: readonly number[]) => transpose(b, reshape(b, linear(b, x, d), [1, n, heads, d / heads]), perm);
  const [q, k, v] = [split([0, 2, 1, 3]), split([0, 2, 3, 1]), split([0, 2, 1, 3])];
  const product = matmul(b, q, k);
  const scaled = b.node("Div", [product, b.constant("f32", [], [Math.sqrt(d / heads)])], product.shape);
  const scores = mask ? add(b, scaled, mask) : scaled;
  const weights = b.node("Softmax", [scores], scores.shape, { axis: -1 });
  return linear(b, reshape(b, transpose(b, matmul(b, weights, v), [0, 2, 1, 3]), [1, n, d]), d);
}
