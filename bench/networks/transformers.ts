/** Published transformers, as PyTorch exports them. */
import { add, attention, conv, gelu, gemm, layerNorm, linear, reshape, transpose } from "./layers.js";
import { createModel, type Model, type ModelBuilder, type Tensor } from "./model-builder.js";

const take = (b: ModelBuilder, x: Tensor, index: number): Tensor =>
  b.node("Gather", [x, b.constant("i64", [], [index])], [1, x.shape[2]], { axis: 1 });

/** ViT-Ti/16 of Touvron et al. 2021 (DeiT), table 1: 12 layers of width 192, 3 heads, 224 x 224. */
export function vitTiny(): Model {
  const b = createModel("vit-tiny", 105);
  const [width, layers, heads] = [192, 12, 3];
  const patches = conv(b, b.input("image", "f32", [1, 3, 224, 224]), width, 16, { stride: 16, pad: 0 });
  const tokens = transpose(b, reshape(b, patches, [1, width, 196]), [0, 2, 1]);
  const withClass = b.node("Concat", [b.weight([1, 1, width], 50), tokens], [1, 197, width], { axis: 1 });
  let x = add(b, withClass, b.weight([1, 197, width], 50));
  for (let i = 0; i < layers; i++) {
    x = add(b, x, attention(b, layerNorm(b, x, 1e-6), heads, null));
    x = add(b, x, linear(b, gelu(b, linear(b, layerNorm(b, x, 1e-6), 4 * width)), width));
  }
  return b.finish([gemm(b, take(b, layerNorm(b, x, 1e-6), 0), 1000)]);
}

/** BERT-Mini of Turc et al. 2019: 4 layers of width 256, 4 heads, 30522 word pieces; 128 tokens; the pooled output. */
export function bertMini(): Model {
  const b = createModel("bert-mini", 106);
  const [tokens, width, layers, heads, words] = [128, 256, 4, 4, 30522];
  const ids = b.input("input_ids", "i64", [1, tokens], words);
  const attend = b.input("attention_mask", "i64", [1, tokens], 2);
  const types = b.input("token_type_ids", "i64", [1, tokens], 2);
  const embed = (rows: number, at: Tensor) =>
    b.node("Gather", [b.weight([rows, width], 50), at], [1, tokens, width], { axis: 0 });
  const mask = maskOf(b, attend);
  const embedded = add(b, add(b, embed(words, ids), embed(2, types)), b.weight([1, tokens, width], 50));
  let x = layerNorm(b, embedded, 1e-12);
  for (let i = 0; i < layers; i++) {
    x = layerNorm(b, add(b, attention(b, x, heads, mask), x), 1e-12);
    x = layerNorm(b, add(b, linear(b, gelu(b, linear(b, x, 4 * width)), width), x), 1e-12);
  }
  const pooled = gemm(b, take(b, x, 0), width);
  return b.finish([x, b.node("Tanh", [pooled], pooled.shape)]);
}

/** Attended or not [1, n] --> what is added to scores [1, 1, 1, n]: 0 or -10000. */
function maskOf(b: ModelBuilder, attend: Tensor): Tensor {
  const shape = [1, 1, 1, attend.shape[1]];
  const axes = b.constant("i64", [2], [1, 2]);
  const real = b.node("Cast", [b.node("Unsqueeze", [attend, axes], shape)], shape, { to: 1 });
  const left = b.node("Sub", [b.constant("f32", [], [1]), real], shape);
  return b.node("Mul", [left, b.constant("f32", [], [-10000])], shape);
}
