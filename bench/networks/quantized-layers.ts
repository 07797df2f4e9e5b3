/** The same layers in integers: every activation has one scale, as if calibrated; what follows a ReLU has its zero point at the lower end. */
import { type Activation, activationType, count, type ModelBuilder, type Tensor } from "./model-builder.js";

const CONTRIB = "com.microsoft";
const SCALE = 0.02;

const scale = (b: ModelBuilder): Tensor => b.constant("f32", [], [SCALE]);
const zero = (b: ModelBuilder, act?: Activation): Tensor => {
  const middle = b.kind === "u8" ? 128 : 0;
  const low = b.kind === "u8" ? 0 : -128;
  return b.constant(b.kind === "u8" ? "u8" : "i8", [], [act ? low : middle]);
};

function signed(b: ModelBuilder, shape: readonly number[]): Tensor {
  const values = new Int8Array(count(shape));
  for (let i = 0; i < values.length; i++) values[i] = Math.round(254 * b.uniform()) - 127;
  return b.constant("i8", shape, values as unknown as readonly number[]);
}

const channels = (b: ModelBuilder, dtype: "f32" | "i8" | "i32", k: number, value: number): Tensor =>
  b.constant(dtype, [k], new Array<number>(k).fill(value));

export type Attrs = Parameters<ModelBuilder["node"]>[3];

export function quantizedConv(
  b: ModelBuilder,
  x: Tensor,
  weights: readonly number[],
  out: readonly number[],
  attrs: Attrs,
  act?: Activation,
): Tensor {
  const k = weights[0];
  const fanIn = count(weights.slice(1));
  const scales = channels(b, "f32", k, Math.sqrt(3 / fanIn) / 127);
  const w = [signed(b, weights), scales, channels(b, "i8", k, 0)];
  const y = [scale(b), zero(b, act)];
  return b.node("QLinearConv", [x, scale(b), zero(b), ...w, ...y, channels(b, "i32", k, 0)], out, attrs);
}

export function quantizedAdd(b: ModelBuilder, x: Tensor, y: Tensor, act?: Activation): Tensor {
  const operands = [x, scale(b), zero(b), y, scale(b), zero(b), scale(b), zero(b, act)];
  return b.node("QLinearAdd", operands, x.shape, {}, CONTRIB);
}

export function quantizedConcat(b: ModelBuilder, parts: readonly Tensor[], out: readonly number[]): Tensor {
  const operands = parts.flatMap((t) => [t, scale(b), zero(b)]);
  return b.node("QLinearConcat", [scale(b), zero(b), ...operands], out, { axis: 1 }, CONTRIB);
}

export function quantizedPool(b: ModelBuilder, x: Tensor): Tensor {
  const quant = [scale(b), zero(b)];
  return b.node("QLinearGlobalAveragePool", [x, ...quant, ...quant], [1, x.shape[1], 1, 1], { channels_last: 0 }, CONTRIB);
}

export function quantizedGemm(b: ModelBuilder, x: Tensor, k: number): Tensor {
  const [m, c] = x.shape;
  const weights = [signed(b, [c, k]), b.constant("f32", [], [Math.sqrt(3 / c) / 127]), b.constant("i8", [], [0])];
  return b.node("QLinearMatMul", [x, scale(b), zero(b), ...weights, scale(b), zero(b)], [m, k]);
}

export const isInteger = (b: ModelBuilder): boolean => activationType(b.kind) !== "f32";
