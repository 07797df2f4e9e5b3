/** Random networks with state, for properties: the modules of random-module.ts, some of whose parameters are fed by results of the run before. */
import type { Module, Node, State, Value, ValueId } from "../../ir/graph/module.js";
import { callerPorts } from "../../ir/graph/state.js";
import { hasTrait, type OpDef } from "../../ir/op/define.js";
import { evaluateModule } from "../../ir/op/evaluate.js";
import { inferWith } from "../../ir/op/infer-node.js";
import { createGen, type Gen } from "../../ir/op/sample.js";
import { initialStates } from "../../ir/op/sequence.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { isFloat, isInt } from "../../ir/type/dtype.js";
import { type RandomModuleOptions, randomModule } from "./random-module.js";

export interface StatefulModule {
  readonly module: Module;
  /** One tensor for every parameter of the entry. */
  readonly inputs: readonly Tensor[];
  /** For each step one tensor for each parameter that is no state. */
  readonly steps: readonly (readonly Tensor[])[];
}

/**
 * A network with one to three states that the seed determines. The next value of a state is an earlier value of its type, itself, another state
 * (a delay line, or two states that change places), or made of it: so stores in place, stores that must wait, and values that are stored twice all occur.
 */
export function statefulModule(ctx: IrContext, seed: number, options: RandomModuleOptions = {}): StatefulModule {
  const g = createGen(seed ^ 0x5eed);
  for (let s = seed; ; s++) {
    const drawn = randomModule(ctx, s, options);
    const entry = drawn.module.funcs[0];
    const candidates = entry.params.flatMap((p, i) => (isFloat(p.type.dtype) || p.type.quant ? [i] : []));
    if (candidates.length === 0) continue;
    const count = Math.min(candidates.length, g.int(1, 3));
    const params = [...new Set(Array.from({ length: count + 1 }, () => g.pick(candidates)))]
      .slice(0, count)
      .sort((a, b) => a - b);
    const module = withStates(drawn.module, params, ctx, g);
    const { params: free } = callerPorts(module);
    const fresh = (t: Tensor): Tensor => (t.type.dtype === "f32" ? g.tensor({ dtype: "f32", shape: t.type.shape }) : t);
    const steps = Array.from({ length: 4 }, () => free.map((at) => fresh(drawn.inputs[at])));
    return { module, inputs: drawn.inputs, steps };
  }
}

function withStates(m: Module, params: readonly number[], ctx: IrContext, g: Gen): Module {
  const entry = m.funcs[0];
  const body: Node[] = [...entry.body];
  let { nextId } = entry;
  const add = (op: string, inputs: readonly Value[], attrs: Node["attrs"]): Value => {
    const loc = { file: m.name, node: `state/${op}` };
    const done = inferWith(ctx.ops)(
      op,
      inputs.map((v) => v.type),
      attrs,
      loc,
    );
    const value = { id: `%s_${nextId++}`, type: done.types[0] };
    body.push({ op, inputs: inputs.map((v) => v.id), attrs: done.attrs, outputs: [value], loc });
    return value;
  };
  const values: readonly Value[] = [...entry.params, ...entry.body.flatMap((n) => n.outputs)];
  const next = params.map((at): Value => {
    const p = entry.params[at];
    const same = values.filter((v) => v.type === p.type);
    const other = g.pick(same);
    switch (p.type.quant || !["f32", "f64"].includes(p.type.dtype) ? 0 : g.int(0, 4)) {
      case 0:
        return other;
      case 1:
        return add("tanh", [add("add", [p, other], {})], {});
      case 2:
        return add("clip", [add("sub", [other, p], {})], { lo: -4, hi: 4 });
      case 3:
        return add("tanh", [p], {});
      default:
        return g.pick(params.map((i) => entry.params[i]).filter((v) => v.type === p.type));
    }
  });
  const consts = { ...m.consts };
  const initialOf = (type: Value["type"], i: number): ValueId | null => {
    if (g.bool()) return null;
    const id = `#initial_${i}`;
    consts[id] = { type, blob: ctx.blobs.put(bytesOf(g.tensor({ dtype: type.dtype, shape: type.shape, quant: type.quant }))) };
    return id;
  };
  // results of the caller stay first, last or around the states'
  const results = [...entry.results];
  const resultNames = [...entry.resultNames];
  const at = g.int(0, results.length);
  results.splice(at, 0, ...next.map((v) => v.id));
  resultNames.splice(at, 0, ...next.map((_, i) => `next ${i}`));
  const states = params.map((param, i): State => ({ param, result: at + i, initial: initialOf(entry.params[param].type, i) }));
  return { ...m, funcs: [{ ...entry, body, results, resultNames, nextId }, ...m.funcs.slice(1)], consts, states };
}

/** Ops that read no integers as positions: drawn ones lie outside where an operand is an earlier value of another size, and a program does not check them. */
export function withoutPositions({ ops }: IrContext): (def: OpDef) => boolean {
  const isPosition = (t: Tensor | null) => t !== null && isInt(t.type.dtype) && t.type.quant === null;
  const draws = Array.from({ length: 20 }, (_, seed) => seed);
  const without = ops
    .all()
    .filter((def) => hasTrait(def, "elementwise") || !draws.some((s) => def.sample(createGen(s)).inputs.some(isPosition)));
  return (def) => without.includes(def);
}

/** The definition: the network without state, run on all of its parameters, what it gives for the states fed by hand. */
export function fedByHand(m: Module, ctx: IrContext, steps: StatefulModule["steps"]): Tensor[][] {
  const { params, results } = callerPorts(m);
  const stateless = { ...m, states: [] };
  let states: readonly Tensor[] = initialStates(m, ctx.blobs);
  return steps.map((inputs) => {
    const all = m.funcs[0].params.map((_, at) => {
      const state = m.states.findIndex((s) => s.param === at);
      return state < 0 ? inputs[params.indexOf(at)] : states[state];
    });
    const out = evaluateModule(stateless, ctx, all);
    states = m.states.map((s) => out[s.result]);
    return results.map((at) => out[at]);
  });
}
