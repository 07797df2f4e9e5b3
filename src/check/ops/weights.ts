/** What OpDef.weights promises: the axes are those that `infer` and `eval` act by. */
import type { OpDef } from "../../ir/op/define.js";
import { inferOp } from "../../ir/op/registry.js";
import { axisIndex, numbersOf, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import { type Weights, weightsOf } from "../../ir/op/weights.js";
import type { IrContext } from "../../ir/pass/context.js";
import { isFloat } from "../../ir/type/dtype.js";
import { perAxis, perTensor } from "../../ir/type/quant.js";
import { type TensorType, tensorType, typeText } from "../../ir/type/tensor-type.js";
import { invariant } from "../../support/assert.js";
import { fail } from "../../support/diag.js";
import { type Drawn, drawCase } from "../draw/op-case.js";
import type { Property } from "../property.js";
import { ofInstances } from "./instance.js";

/** Input elements that are moved, one after the other. */
const MOVED = 12;

/** A drawn case that has output channels, in double precision where it is of floats; null where it has none, or is of the other kind. */
function drawWeighted(def: OpDef, seed: number, kind: "float" | "int"): Drawn | null {
  const c = drawCase(def, seed);
  if (!axesOf(def, c) || isFloat(c.types[0].dtype) !== (kind === "float")) return null;
  if (kind === "int") return c;
  const inputs = c.inputs.map((t) => t && tensorOf(tensorType("f64", t.type.shape), numbersOf(t)));
  return { ...c, inputs, types: [tensorType("f64", c.types[0].shape)] };
}

const axesOf = (def: OpDef, c: Drawn): Weights | null =>
  weightsOf(
    def,
    c.inputs.map((t) => t?.type ?? null),
    c.attrs,
  );
/** Of a case that was drawn because it has them. */
function weightsIn(def: OpDef, c: Drawn): Weights {
  const weights = axesOf(def, c);
  invariant(weights, `${def.name} has no weights in this case`);
  return weights;
}

const evalOf = (def: OpDef, c: Drawn, inputs: readonly (Tensor | null)[]): Float64Array =>
  numbersOf(def.eval(inputs, c.attrs as never, c.types)[0]);
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-8 * (1 + Math.abs(b));

/** The tensor with the elements of index k along `axis` times `factor`. */
function scaleSlice(t: Tensor, axis: number, k: number, factor: number): Tensor {
  const channel = axisIndex(t.type.shape, axis);
  return tensorOf(
    t.type,
    numbersOf(t).map((v, i) => (channel(i) === k ? v * factor : v)),
  );
}

const FACTOR = 3;

/** A factor on slice k of weights and bias is one on slice k of the result, and on no other. */
const scalesByChannel = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "a factor on channel k of the weights is one on channel k of the result",
    own: [],
    draw: (seed) => drawWeighted(def, seed, "float"),
    differs(c) {
      const { operand, bias, out, result } = weightsIn(def, c);
      const channels = c.types[0].shape[result];
      const size = c.inputs[operand]?.type.shape[out];
      if (size !== channels) return `axis ${out} of the weights has ${size} elements, axis ${result} of the result ${channels}`;
      const k = channels - 1;
      const scaled = c.inputs.map((t, i) =>
        t && i === operand ? scaleSlice(t, out, k, FACTOR) : t && i === bias ? scaleSlice(t, 0, k, FACTOR) : t,
      );
      const before = evalOf(def, c, c.inputs);
      const after = evalOf(def, c, scaled);
      const channel = axisIndex(c.types[0].shape, result);
      const wrong = after.findIndex((y, i) => !near(y, before[i] * (channel(i) === k ? FACTOR : 1)));
      if (wrong < 0) return null;
      const which = channel(wrong) === k ? "its" : "another";
      return `weights and bias of channel ${k} times ${FACTOR}: element ${wrong}, of ${which} channel, goes from ${before[wrong]} to ${after[wrong]}`;
    },
  });

/** An input element reaches the output channels of one group only. */
const reachesOneGroup = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "an input element reaches the channels of one group",
    own: [],
    draw: (seed) => drawWeighted(def, seed, "float"),
    differs(c) {
      const { operand, in: inAxis, result, groups } = weightsIn(def, c);
      const [data, w] = [c.inputs[0], c.inputs[operand]];
      if (!data || !w) return "its data or its weights are absent";
      const channels = w.type.shape[inAxis] * groups;
      if (!data.type.shape.includes(channels))
        return `${groups} groups of ${w.type.shape[inAxis]} input channels, in no axis of ${typeText(data.type)}`;
      const before = evalOf(def, c, c.inputs);
      const channel = axisIndex(c.types[0].shape, result);
      const perGroup = c.types[0].shape[result] / groups;
      for (let at = 0; at < Math.min(MOVED, data.data.length); at++) {
        const moved = tensorOf(
          data.type,
          numbersOf(data).map((v, i) => (i === at ? v + 1 : v)),
        );
        const reached = new Set<number>();
        evalOf(def, c, [moved, ...c.inputs.slice(1)]).forEach((y, i) => {
          if (Math.abs(y - before[i]) > 1e-9) reached.add(Math.floor(channel(i) / perGroup));
        });
        if (reached.size > 1) return `element ${at} of the input reaches groups ${[...reached].join(" and ")}`;
      }
      return null;
    },
  });

/** Scales along the weights' output axis give scales along the result's, where integers have a meaning. */
const scalesAreTyped = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "scales along the weights' output axis become scales along the result's",
    own: [],
    draw: (seed) => drawWeighted(def, seed, "int"),
    differs(c) {
      const { operand, bias, out, result } = weightsIn(def, c);
      const channels = c.types[0].shape[result];
      const types = c.inputs.map((t, i): TensorType | null => {
        if (!t || i === bias) return t ? t.type : null;
        const quant = i === operand ? perAxis(out, new Array<number>(channels).fill(0.25)) : perTensor(0.5);
        return tensorType(i === operand ? "i8" : "u8", t.type.shape, quant);
      });
      const { types: made } = inferOp(def, types, c.attrs, fail);
      const want = tensorType(made[0].dtype, made[0].shape, perAxis(result, new Array<number>(channels).fill(0.125)));
      return made[0] === want ? null : `infer gives ${typeText(made[0])}, expected ${typeText(want)}`;
    },
  });

/** None where the op has no weights. */
export function weightProperties(def: OpDef, ctx: IrContext): readonly Property<Drawn>[] {
  if (!def.weights) return [];
  const onIntegers = def.quantize?.form === "accumulate" ? [scalesAreTyped(def, ctx)] : [];
  return [scalesByChannel(def, ctx), reachesOneGroup(def, ctx), ...onIntegers];
}
