import { type AttrSchema, attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp, type InferFail, type OpDef } from "../op/define.js";
import { beforeAxis } from "../op/layout.js";
import type { Gen, OpCase } from "../op/sample.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { broadcastShapes, type TensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, checkDType, checkNoQuant, checkSameDType, present } from "./shared/check.js";
import { broadcastAt, computeDType, constOf, loadWide } from "./shared/lowering.js";
import { lowerInverseRoot, lowerMean, lowerMoments, momentsOf } from "./shared/moments.js";
import { keptAt, reducedAt, reducedExtents, reducedGroups } from "./shared/reduction.js";
import { broadcastOffsets } from "./shared/values.js";

const from = (axis: number, rank: number) => Array.from({ length: rank - axis }, (_, k) => axis + k);
const kept = (shape: readonly number[], axes: readonly number[]) => shape.map((d, k) => (axes.includes(k) ? 1 : d));

function checkAffine(op: string, x: TensorType, given: readonly (TensorType | null)[], fail: InferFail): void {
  const params = given.filter((t) => t !== null);
  checkSameDType(op, [x, ...params], fail);
  for (const p of params) {
    const shape = broadcastShapes(x.shape, p.shape);
    const fits = shape?.length === x.shape.length && shape.every((d, k) => d === x.shape[k]);
    if (!fits) fail("QC-OP-004", `${op}: ${typeText(p)} does not broadcast to ${typeText(x)}`);
  }
}

/** Normalises groups on doubles, then multiplies and adds the broadcast parameters. */
function evalAffine(
  inputs: readonly (Tensor | null)[],
  axes: readonly number[],
  type: TensorType,
  norm: (v: number[]) => number[],
): Tensor {
  const values = numbersOf(present(inputs, 0));
  const out = new Float64Array(values.length);
  for (const places of reducedGroups(type.shape, axes)) {
    const y = norm(Array.from(places, (p) => values[p]));
    places.forEach((p, j) => {
      out[p] = y[j];
    });
  }
  const param = (t: Tensor | null | undefined, none: number) => {
    if (!t) return () => none;
    const v = numbersOf(t);
    const at = broadcastOffsets(t.type.shape, type.shape);
    return (i: number) => v[at[i]];
  };
  const [scale, bias] = [param(inputs[1], 1), param(inputs[2], 0)];
  return tensorOf(
    type,
    out.map((v, i) => v * scale(i) + bias(i)),
  );
}

function sampleNorm(g: Gen, withBias: boolean): OpCase {
  const shape = g.shape(g.int(1, 4));
  const axis = g.int(0, shape.length - 1);
  const dtype = g.pick(["f32", "f32", "f16", "f64"] as const);
  const param = () => g.tensor({ dtype, shape: shape.slice(axis) });
  const inputs = [g.tensor({ dtype, shape }), g.bool() ? param() : null];
  return { inputs: withBias ? [...inputs, g.bool() ? param() : null] : inputs, attrs: { axis, epsilon: 0.01 } };
}

const ATTRS = {
  axis: attr.int("first normalized axis"),
  epsilon: attr.f32("added to the variance or mean square", 1e-5),
} satisfies AttrSchema;

/** Both kinds differ in what is subtracted before the mean square. */
function normOp(name: string, doc: string, centered: boolean): OpDef {
  const operands = [{ name: "x" }, { name: "scale", optional: true }];
  return defineOp({
    name,
    doc,
    attrs: ATTRS,
    operands: centered ? [...operands, { name: "bias", optional: true }] : operands,
    traits: [],
    layout: { transpose: beforeAxis },
    infer(types, { axis }, fail) {
      const x = present(types, 0);
      checkNoQuant(name, x, fail);
      checkDType(name, x, "float", fail);
      checkAxis(name, axis, x, fail);
      checkAffine(name, x, types.slice(1), fail);
      return [x];
    },
    eval(inputs, { axis, epsilon }, [type]) {
      const eps = Math.fround(epsilon);
      return [
        evalAffine(inputs, from(axis, type.shape.length), type, (v) => {
          const { mean: shift, variance: square } = centered
            ? momentsOf(v)
            : { mean: 0, variance: v.reduce((sum, e) => sum + e * e, 0) / v.length };
          return v.map((e) => (e - shift) / Math.sqrt(square + eps));
        }),
      ];
    },
    lower(b, { ins, outs: [y] }, { axis, epsilon }) {
      const x = present(ins, 0);
      const { shape, dtype } = x.type;
      const axes = from(axis, shape.length);
      const acc = computeDType(dtype);
      const place = reducedAt(shape.length, axes, true);
      const load = (i: readonly Expr[], r: readonly Expr[]) => loadWide(b, x, place(i, r));
      const stats = kept(shape, axes);
      const extents = reducedExtents(shape, axes);
      const meanSquare = () => lowerMean(b, "square", acc, stats, extents, (i, r) => make.mul(load(i, r), load(i, r)));
      const { mean, inverse } = centered
        ? lowerMoments(b, acc, stats, extents, load, epsilon)
        : { mean: null, inverse: lowerInverseRoot(b, meanSquare(), epsilon) };
      const param = (k: number, i: readonly Expr[], none: number) => {
        const p = ins[k];
        return p ? loadWide(b, p, broadcastAt(p.type.shape, i)) : constOf(acc, none);
      };
      b.elementwise(
        y,
        (i) => {
          const at = keptAt(i, axes);
          const v = loadWide(b, x, i);
          const normal = make.mul(mean ? make.sub(v, b.load(mean, at)) : v, b.load(inverse, at));
          const scaled = ins[1] ? make.mul(normal, param(1, i, 1)) : normal;
          return make.cast(y.type.dtype, ins[2] ? make.add(scaled, param(2, i, 0)) : scaled);
        },
        name,
      );
    },
    sample: (g) => sampleNorm(g, centered),
  }) as OpDef;
}

export const layerNorm = normOp(
  "layer_norm",
  "y = (x - mean) / sqrt(variance + epsilon) * scale + bias over the axes from `axis` on. ONNX LayerNormalization-17.",
  true,
);
export const rmsNorm = normOp(
  "rms_norm",
  "y = x / sqrt(mean(x^2) + epsilon) * scale over the axes from `axis` on. ONNX RMSNormalization-23.",
  false,
);
