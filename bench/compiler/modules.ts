/** Modules of any number of nodes, in shapes that a pass could stumble over: a long chain, a wide tree, many values alive at once. */

import type { Attrs } from "../../src/ir/attr/attr.js";
import { createFuncBuilder, type FuncBuilder } from "../../src/ir/graph/func-builder.js";
import type { Module, ValueId } from "../../src/ir/graph/module.js";
import { inferWith } from "../../src/ir/op/infer-node.js";
import type { IrContext } from "../../src/ir/pass/context.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";

export type Form = "chain" | "tree" | "fan";

const SIDE = 2;
const IMAGE = tensorType("f32", [1, 4, SIDE, SIDE]);
const FLAT = [1, 4, SIDE * SIDE];

interface Writer {
  readonly b: FuncBuilder;
  node(op: string, inputs: readonly ValueId[], attrs?: Attrs): ValueId;
  /** A constant of its own: no two have equal bytes. */
  constant(shape: readonly number[]): ValueId;
}

function createWriter(ctx: IrContext): Writer {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  let nodes = 0;
  let constants = 0;
  return {
    b,
    node: (op, inputs, attrs = {}) => b.node(op, inputs, attrs, { file: "bench", node: `n${nodes++}` }, op),
    constant(shape) {
      const values = new Float32Array(shape.reduce((x, y) => x * y, 1)).fill(0.25);
      values[0] = ++constants / 65536;
      return b.constant(tensorType("f32", shape), new Uint8Array(values.buffer), "w");
    },
  };
}

/** conv, add of a constant, relu, reshape there and back (every second time): the nodes of one layer, in turn. */
function layer(w: Writer, x: ValueId, round: number): ValueId {
  const y = w.node("conv", [x, w.constant([4, 4, 1, 1])], POINTWISE);
  const z = w.node("relu", [w.node("add", [y, w.constant([1, 4, 1, 1])])]);
  if (round % 2) return z;
  return w.node("reshape", [w.node("reshape", [z], { shape: FLAT })], { shape: IMAGE.shape });
}

const LAYER_NODES = 4;
const POINTWISE = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], layout: "channels_first" };

const FORMS: Readonly<Record<Form, (w: Writer, x: ValueId, nodes: number) => ValueId>> = {
  chain(w, x, nodes) {
    let y = x;
    for (let i = 0; i < nodes / LAYER_NODES; i++) y = layer(w, y, i);
    return y;
  },
  /** Layers side by side, added up in pairs. */
  tree(w, x, nodes) {
    let level = Array.from({ length: Math.floor(nodes / (LAYER_NODES + 1)) }, (_, i) => layer(w, x, i));
    while (level.length > 1) {
      const pairs = level.slice(0, level.length >> 1).map((a, i) => w.node("add", [a, level[level.length - 1 - i]]));
      level = level.length % 2 ? [...pairs, level[level.length >> 1]] : pairs;
    }
    return level[0];
  },
  /** A chain whose every layer is added at the end, the last one first: all values live to the end. */
  fan(w, x, nodes) {
    const made: ValueId[] = [];
    let y = x;
    for (let i = 0; i < nodes / (LAYER_NODES + 1); i++) {
      y = layer(w, y, i);
      made.push(y);
    }
    return made.reduceRight((sum, v) => w.node("add", [sum, v]), x);
  },
};

/** A module of about `nodes` nodes over images of 4 channels: small, so that time goes into nodes and not into elements. */
export function benchModule(form: Form, nodes: number, ctx: IrContext): Module {
  const w = createWriter(ctx);
  const x = w.b.param("x", IMAGE);
  const { func, consts } = w.b.finish([FORMS[form](w, x, nodes)], ["y"]);
  return { version: 1, name: `bench_${form}`, funcs: [func], consts, states: [], props: {} };
}
