/** Ways to go on from an earlier float value of a graph: the neighbourhoods that passes look for, which ops drawn alone seldom form. */
import type { Attrs } from "../../ir/attr/attr.js";
import type { FuncBuilder } from "../../ir/graph/func-builder.js";
import type { ValueId } from "../../ir/graph/module.js";
import type { Gen } from "../../ir/op/sample.js";
import { bytesOf } from "../../ir/op/tensor.js";
import { numElements } from "../../ir/type/tensor-type.js";
import type { Loc } from "../../support/diag.js";

/** What a step works with: `x` is f32, of `shape`; `constant` draws one of a shape. */
interface Step {
  readonly g: Gen;
  readonly x: ValueId;
  readonly shape: readonly number[];
  readonly values: readonly ValueId[];
  readonly b: FuncBuilder;
  constant(shape: readonly number[], min?: number, max?: number): ValueId;
  node(op: string, inputs: readonly ValueId[], attrs?: Attrs): ValueId;
}

type ChainStep = (s: Step) => ValueId | null;

const LAYOUTS = ["channels_first", "channels_last"] as const;

const shuffled = (g: Gen, n: number): number[] => {
  const list = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = g.int(0, i);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
};

/** Channels of an image by layout, and its spatial sizes. */
const imageOf = (shape: readonly number[], layout: string) =>
  layout === "channels_first" ? { c: shape[1], s: shape.slice(2) } : { c: shape[shape.length - 1], s: shape.slice(1, -1) };

/** Per-channel constants that broadcast to the shape along `axis`. */
const alongAxis = (shape: readonly number[], axis: number): number[] => shape.slice(axis).map((d, i) => (i === 0 ? d : 1));

export const chainSteps: Readonly<Record<string, ChainStep>> = {
  activation: ({ g, x, node }) => node(g.pick(["relu", "tanh", "abs", "neg", "sigmoid"]), [x]),
  clip: ({ g, x, node }) => node("clip", [x], { lo: -g.int(0, 2), hi: g.int(0, 6) }),
  perChannel: ({ g, x, shape, node, constant }) =>
    node(g.pick(["add", "mul", "sub"]), [x, constant(shape.length ? alongAxis(shape, g.int(0, shape.length - 1)) : [])]),
  binary({ g, x, shape, values, b, node }) {
    const alike = values.filter((v) => b.typeOf(v).dtype === "f32" && b.typeOf(v).shape.join() === shape.join());
    return node(g.pick(["add", "mul", "sub", "max"]), g.bool() ? [x, g.pick(alike)] : [g.pick(alike), x]);
  },
  transpose: ({ g, x, shape, node }) => node("transpose", [x], { perm: shuffled(g, shape.length) }),
  reshape({ g, x, shape, node }) {
    const dims = [numElements(shape)];
    for (const f of [2, 3, 5]) if (dims[0] > 0 && dims[0] % f === 0 && g.bool()) dims.splice(0, 1, dims[0] / f, f);
    return node("reshape", [x], { shape: g.bool() ? dims : [...shape, 1] });
  },
  concat({ g, x, shape, node }) {
    return shape.length === 0 || numElements(shape) > 200 ? null : node("concat", [x, x], { axis: g.int(0, shape.length - 1) });
  },
  softmax: ({ g, x, shape, node }) => (shape.length ? node("softmax", [x], { axis: g.int(0, shape.length - 1) }) : null),
  mean: ({ g, x, shape, node }) =>
    shape.length ? node("reduce_mean", [x], { axes: [g.int(0, shape.length - 1)], keepdims: g.bool() }) : null,
  slice({ g, x, shape, node }) {
    const ends = shape.map((d) => g.int(Math.min(1, d), d));
    return node("slice", [x], { starts: shape.map(() => 0), ends, steps: shape.map(() => 1) });
  },
  pad: ({ g, x, shape, node }) =>
    numElements(shape) > 200 ? null : node("pad", [x], { pads: [...shape, ...shape].map(() => g.int(0, 1)), value: 0.5 }),
  matmul({ g, x, shape, node, constant }) {
    if (shape.length < 2) return null;
    const columns = g.int(1, 4);
    const y = node("matmul", [x, constant([shape[shape.length - 1], columns])]);
    return g.bool() ? node("add", [y, constant([columns])]) : y;
  },
  conv({ g, x, shape, node, constant }) {
    if (shape.length < 3 || shape.length > 4) return null;
    const layout = g.pick(LAYOUTS);
    const { c, s } = imageOf(shape, layout);
    const kernel = s.map((d) => Math.min(g.pick([1, 3]), d));
    if (kernel.some((k) => k === 0) || c === 0) return null;
    const [out, groups] = g.int(0, 3) === 0 ? [c, c] : [g.int(1, 4), 1];
    const ones = s.map(() => 1);
    const attrs = { strides: ones, dilations: ones, pads: [...s, ...s].map(() => g.int(0, 1)), groups, layout };
    const w = constant(layout === "channels_first" ? [out, c / groups, ...kernel] : [out, ...kernel, c / groups], -1, 1);
    return node("conv", g.bool() ? [x, w] : [x, w, constant([out])], attrs);
  },
  /** Two or three numbers or per-channel constants in a row, on either side. */
  affine({ g, x, shape, node, constant }) {
    let y = x;
    for (let i = g.int(2, 3); i > 0; i--) {
      const along = shape.length ? alongAxis(shape, g.int(0, shape.length - 1)) : [];
      const c = constant(g.pick([[], [1], shape.map(() => 1), along]));
      y = node(g.pick(["add", "mul", "sub"]), g.int(0, 3) ? [y, c] : [c, y]);
    }
    return y;
  },
  convTranspose({ g, x, shape, node, constant }) {
    if (shape.length < 3 || shape.length > 4) return null;
    const layout = g.pick(LAYOUTS);
    const { c, s } = imageOf(shape, layout);
    if (c === 0 || s.some((d) => d === 0)) return null;
    const groups = c % 2 === 0 && g.bool() ? 2 : 1;
    const out = groups * g.int(1, 3);
    const [ones, none] = [1, 0].map((v) => s.map(() => v));
    const kernel = s.map(() => g.int(1, 2));
    const attrs = {
      strides: s.map(() => g.int(1, 2)),
      dilations: ones,
      pads: [...none, ...none],
      output_padding: none,
      groups,
      layout,
    };
    const w = constant(layout === "channels_first" ? [out, c / groups, ...kernel] : [out, ...kernel, c / groups], -1, 1);
    return node("conv_transpose", g.bool() ? [x, w] : [x, w, constant([out])], attrs);
  },
  batchNorm({ g, x, shape, node, constant }) {
    if (shape.length < 2) return null;
    const layout = g.pick(LAYOUTS);
    const { c } = imageOf(shape, layout);
    return node("batch_norm", [x, constant([c]), constant([c]), constant([c]), constant([c], 0.5, 2)], {
      epsilon: 0.001,
      layout,
    });
  },
  pool({ g, x, shape, node }) {
    if (shape.length < 3 || shape.length > 4) return null;
    const layout = g.pick(LAYOUTS);
    const { s } = imageOf(shape, layout);
    if (s.some((d) => d < 2)) return null;
    const [ones, twos, none] = [1, 2, 0].map((v) => s.map(() => v));
    return node(g.pick(["max_pool", "avg_pool"]), [x], {
      kernel: twos,
      strides: g.pick([ones, twos]),
      dilations: ones,
      pads: [...none, ...none],
      layout,
    });
  },
};

/** Adds one step of those in `names` behind a random f32 value; null where there is none or the step does not fit it. */
export function addChainStep(
  b: FuncBuilder,
  g: Gen,
  values: readonly ValueId[],
  loc: (op: string) => Loc,
  names: readonly string[] = Object.keys(chainSteps),
): readonly ValueId[] | null {
  const floats = values.filter((v) => b.typeOf(v).dtype === "f32" && numElements(b.typeOf(v).shape) <= 1000);
  if (floats.length === 0) return null;
  const x = g.int(0, 2) ? floats[floats.length - 1] : g.pick(floats);
  const made: ValueId[] = [];
  const constant = (shape: readonly number[], min = -2, max = 2) => {
    const t = g.tensor({ shape, min, max });
    return b.constant(t.type, bytesOf(t), "w");
  };
  const node = (op: string, inputs: readonly ValueId[], attrs: Attrs = {}) => {
    made.push(b.node(op, inputs, attrs, loc(op)));
    return made[made.length - 1];
  };
  const done = chainSteps[g.pick(names)]({ g, x, shape: b.typeOf(x).shape, values: floats, b, constant, node });
  return done === null ? null : made;
}
