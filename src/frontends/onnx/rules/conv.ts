/** Conv, ConvTranspose and their quantized forms, as ONNX has them: channels first. */

import type { ValueId } from "../../../ir/graph/module.js";
import { ones, plain, quantized, reshape, shapeOf, transpose, zeros } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import {
  activation,
  allKnown,
  knownScalar,
  minusZero,
  requantizeAtRunTime,
  resultDType,
  spatialOf,
  windowOf,
  zerosOf,
} from "./nn-shared.js";

function convAttrs(n: NodeImport, x: ValueId, w: ValueId) {
  const s = spatialOf(n, x);
  if (shapeOf(n, w).length !== s.length + 2) n.malformed(`weights have rank ${shapeOf(n, w).length}, the input ${s.length + 2}`);
  return { ...windowOf(n, s, shapeOf(n, w).slice(2)), groups: n.int("group", 1), layout: "channels_first" };
}

function conv(n: NodeImport): ValueId {
  const [x, w] = [n.input(0), n.input(1)];
  return n.emit("conv", [x, w, ...(n.has(2) ? [n.input(2)] : [])], convAttrs(n, x, w));
}

/** conv, plus Z where given, then the activation. */
function fusedConv(n: NodeImport): ValueId {
  const y = conv(n);
  return activation(n, n.has(3) ? n.emit("add", [y, n.input(3)]) : y);
}

const perChannel = (rank: number) => (dims: readonly number[]) => [...dims, ...ones(dims.length === 0 ? 0 : rank - 1)];

function convInteger(n: NodeImport): ValueId {
  const [x, w] = [n.input(0), n.input(1)];
  const attrs = convAttrs(n, x, w);
  const read = (v: ValueId, zero: number) => {
    if (!n.has(zero)) return v;
    if (n.known(n.input(zero))) return quantized(n, v, [1], zerosOf(n, zero), 0);
    return minusZero(n, v, zero, zero === 3 ? perChannel(shapeOf(n, w).length) : () => []);
  };
  return plain(n, n.emit("conv", [read(x, 2), read(w, 3)], attrs));
}

/** Operands: x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias. */
function qlinearConv(n: NodeImport): ValueId {
  const [x, w] = [n.input(0), n.input(3)];
  const attrs = convAttrs(n, x, w);
  const bias = n.has(8) ? [n.input(8)] : [];
  const dtype = resultDType(n, 7);
  if (!allKnown(n, [1, 2, 4, 5, 6, 7])) {
    const rank = shapeOf(n, w).length;
    const acc = n.emit("conv", [minusZero(n, x, 2, () => []), minusZero(n, w, 5, perChannel(rank)), ...bias], attrs);
    const scales = shapeOf(n, n.input(4));
    const sw = reshape(n, n.input(4), scales.length && scales[0] > 1 ? [scales[0], ...ones(rank - 2)] : []);
    const product = n.emit("mul", [reshape(n, n.input(1), []), sw]);
    return requantizeAtRunTime(n, acc, n.emit("div", [product, reshape(n, n.input(6), [])]), 7, dtype);
  }
  const qx = quantized(n, x, [knownScalar(n, 1, "x_scale")], zerosOf(n, 2), -1);
  const qw = quantized(n, w, n.knownFloats(4, "w_scale"), zerosOf(n, 5), 0);
  const acc = n.emit("conv", [qx, qw, ...bias], attrs);
  const to = { dtype, scale: knownScalar(n, 6, "y_scale"), zero: zerosOf(n, 7)[0], mode: "onnx-float" };
  return plain(n, n.emit("requantize", [acc], to));
}

/** ONNX weights [C, K/g, *R]  -->  [K, C/g, *R] */
function transposedWeights(n: NodeImport, w: ValueId, groups: number): ValueId {
  const [c, perGroup, ...r] = shapeOf(n, w);
  const rest = r.map((_, d) => d);
  if (groups === 1) return transpose(n, w, [1, 0, ...rest.map((d) => d + 2)]);
  const split = reshape(n, w, [groups, c / groups, perGroup, ...r]);
  return reshape(n, transpose(n, split, [0, 2, 1, ...rest.map((d) => d + 3)]), [groups * perGroup, c / groups, ...r]);
}

/** Padding from `output_shape` or SAME: total = stride (S - 1) + output_padding + reach - output; what is negative widens the output. */
function convTranspose(n: NodeImport): ValueId {
  const [x, w] = [n.input(0), n.input(1)];
  const s = spatialOf(n, x);
  const kernel = shapeOf(n, w).slice(2);
  const groups = n.int("group", 1);
  if (groups < 1 || shapeOf(n, w)[0] % groups !== 0) n.malformed(`${shapeOf(n, w)[0]} channels in ${groups} groups`);
  const strides = n.ints("strides", ones(s.length));
  const dilations = n.ints("dilations", ones(s.length));
  const extra = n.ints("output_padding", zeros(s.length));
  const mode = n.string("auto_pad", "NOTSET");
  const wanted = n.hasAttr("output_shape")
    ? n.ints("output_shape").slice(-s.length)
    : mode.startsWith("SAME")
      ? s.map((v, d) => v * strides[d])
      : null;
  let [pads, outputPadding] = [mode === "VALID" ? zeros(2 * s.length) : n.ints("pads", zeros(2 * s.length)), extra];
  if (wanted) {
    const total = s.map((v, d) => strides[d] * (v - 1) + extra[d] + (kernel[d] - 1) * dilations[d] + 1 - wanted[d]);
    const padded = total.map((t) => Math.max(0, t));
    const [less, more] = [padded.map((t) => Math.floor(t / 2)), padded.map((t) => Math.ceil(t / 2))];
    pads = mode === "SAME_UPPER" ? [...less, ...more] : [...more, ...less];
    outputPadding = extra.map((e, d) => e + Math.max(0, -total[d]));
  }
  const attrs = { strides, pads, dilations, output_padding: outputPadding, groups, layout: "channels_first" };
  return n.emit("conv_transpose", [x, transposedWeights(n, w, groups), ...(n.has(2) ? [n.input(2)] : [])], attrs);
}

export const convRules: ImportRules = {
  Conv: conv,
  ConvInteger: convInteger,
  QLinearConv: qlinearConv,
  ConvTranspose: convTranspose,
  "com.microsoft::FusedConv": fusedConv,
};
