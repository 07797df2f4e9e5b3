/** Rules of ops whose result is known when the model is compiled. */

import type { ValueId } from "../../../ir/graph/module.js";
import { numbersOf, type Tensor, tensorOf } from "../../../ir/op/tensor.js";
import type { DType } from "../../../ir/type/dtype.js";
import { numElements, tensorType } from "../../../ir/type/tensor-type.js";
import { shapeOf } from "../../shared/helpers.js";
import { dtypeOfOnnx, onnxTypeName } from "../proto.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { constantSize } from "./tensor-shape.js";

export function dtypeAttr(n: NodeImport, name: string, def: DType): DType {
  if (!n.hasAttr(name)) return def;
  const code = n.int(name);
  return dtypeOfOnnx(code) ?? n.unsupported(`element type ${onnxTypeName(code)}`);
}

/** Advice for ops whose results have as many elements as the values say: no option makes data constant. */
export const SIZED_BY_VALUES =
  "export the model in a form of fixed sizes (a mask, or the best k), or cut its outputs before this node and do the rest in the application";

/** Constant-1 has `value`, Constant-12 one of several forms. */
function constant(n: NodeImport): ValueId {
  const t = n.tensor("value") ?? n.sparseTensor("sparse_value");
  if (t) return n.constant(t);
  if (n.hasAttr("value_float")) return n.scalar("f32", n.float("value_float"));
  if (n.hasAttr("value_int")) return n.scalar("i64", n.int("value_int"));
  if (n.hasAttr("value_floats")) return n.array("f32", [n.floats("value_floats").length], n.floats("value_floats"));
  if (n.hasAttr("value_ints")) return n.array("i64", [n.ints("value_ints").length], n.ints("value_ints"));
  const form = ["value_string", "value_strings"].find((a) => n.hasAttr(a));
  return form ? n.unsupported(`its value is given as '${form}'`) : n.malformed("it has no value");
}

/** One value, zero unless given, in a shape; emitted as a broadcast so that a large result stays out of the constants. */
function constantOfShape(n: NodeImport): ValueId {
  const shape = n.knownInts(0, "shape");
  const value: Tensor = n.tensor("value") ?? tensorOf(tensorType("f32", [1]), [0]);
  return n.emit("broadcast_to", [n.constant({ type: tensorType(value.type.dtype, []), data: value.data.slice(0, 1) })], {
    shape,
  });
}

function range(n: NodeImport): ValueId {
  const [start] = n.knownFloats(0, "start");
  const [limit] = n.knownFloats(1, "limit");
  const [delta] = n.knownFloats(2, "delta");
  if (delta === 0) n.malformed("delta is 0");
  const count = constantSize(n, Math.max(0, Math.ceil((limit - start) / delta)));
  return n.array(
    n.type(n.input(0)).dtype,
    [count],
    Float64Array.from({ length: count }, (_, i) => start + i * delta),
  );
}

function eyeLike(n: NodeImport): ValueId {
  const x = n.type(n.input(0));
  if (x.shape.length !== 2) n.malformed(`its operand has rank ${x.shape.length}, not 2`);
  const [rows, cols] = x.shape;
  const k = n.int("k", 0);
  const values = Float64Array.from({ length: constantSize(n, rows * cols) }, (_, i) =>
    (i % cols) - Math.floor(i / cols) === k ? 1 : 0,
  );
  return n.array(dtypeAttr(n, "dtype", x.dtype), x.shape, values);
}

/** Shape-15 may give a part of the dimensions. */
function shape(n: NodeImport): ValueId {
  const dims = shapeOf(n, n.input(0));
  const clamp = (v: number) => Math.min(Math.max(v < 0 ? v + dims.length : v, 0), dims.length);
  const part = dims.slice(clamp(n.int("start", 0)), clamp(n.int("end", dims.length)));
  return n.array("i64", [part.length], part);
}

/** a0 - a1 cos(2 pi i / N) + a2 cos(4 pi i / N), N the length, less one where symmetric. */
const cosineWindow =
  (a0: number, a1: number, a2: number) =>
  (n: NodeImport): ValueId => {
    const [size] = n.knownInts(0, "size");
    const period = n.int("periodic", 1) ? size : size - 1;
    const at = (i: number) => {
      const phase = period > 0 ? (2 * Math.PI * i) / period : Math.PI;
      return a0 - a1 * Math.cos(phase) + a2 * Math.cos(2 * phase);
    };
    return n.array(
      dtypeAttr(n, "output_datatype", "f32"),
      [size],
      Float64Array.from({ length: constantSize(n, size) }, (_, i) => at(i)),
    );
  };

/** Triangular filters, equally spaced in mel = 2595 log10(1 + hertz / 700), over the bins of a spectrum. MelWeightMatrix-17. */
function melWeightMatrix(n: NodeImport): ValueId {
  const operand = (i: number, what: string) => n.knownFloats(i, what)[0];
  const bins = operand(0, "num_mel_bins");
  const dftLength = operand(1, "dft_length");
  const rate = operand(2, "sample_rate");
  const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
  const [low, high] = [mel(operand(3, "lower_edge_hertz")), mel(operand(4, "upper_edge_hertz"))];
  const rows = Math.floor(dftLength / 2) + 1;
  const out = new Float64Array(constantSize(n, rows * bins));
  const edges = Array.from({ length: bins + 2 }, (_, i) => {
    const hertz = 700 * (10 ** ((i * ((high - low) / (bins + 2)) + low) / 2595) - 1);
    return Math.floor(((dftLength + 1) * hertz) / rate);
  });
  for (let i = 0; i < bins; i++) {
    const [lower, center, higher] = edges.slice(i, i + 3);
    for (let j = 0; j < rows; j++) {
      if (j === center && center === lower) out[j * bins + i] = 1;
      if (j >= lower && j <= center && center > lower) out[j * bins + i] = (j - lower) / (center - lower);
      if (j >= center && j < higher) out[j * bins + i] = (higher - j) / (higher - center);
    }
  }
  return n.array(dtypeAttr(n, "output_datatype", "f32"), [rows, bins], out);
}

/** Indices of the elements that are not zero, [rank, count]: its size is a matter of values, so they must be known. */
function nonZero(n: NodeImport): ValueId {
  n.knownFloats(0, "operand: the size of its result depends on the values", SIZED_BY_VALUES);
  const t = n.known(n.input(0)) ?? n.malformed("no operand");
  const values = numbersOf(t);
  const { shape: dims } = t.type;
  const hits = Array.from(values.keys()).filter((i) => values[i] !== 0);
  const rows = dims.map((d, axis) => {
    const inner = numElements(dims.slice(axis + 1));
    return hits.map((i) => Math.floor(i / inner) % d);
  });
  return n.array("i64", [dims.length, hits.length], rows.flat());
}

export const tensorConstantRules: ImportRules = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  EyeLike: eyeLike,
  Shape: shape,
  Size: (n) => n.scalar("i64", numElements(shapeOf(n, n.input(0)))),
  HannWindow: cosineWindow(0.5, 0.5, 0),
  HammingWindow: cosineWindow(25 / 46, 21 / 46, 0),
  BlackmanWindow: cosineWindow(0.42, 0.5, 0.08),
  MelWeightMatrix: melWeightMatrix,
  NonZero: nonZero,
};
