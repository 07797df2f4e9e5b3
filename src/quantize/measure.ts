/** How much of the float network's signal the quantized one keeps, measured on samples. */
import type { Context } from "../context.js";
import { replaceFunc } from "../ir/graph/edit.js";
import { createFuncBuilder, type FuncBuilder } from "../ir/graph/func-builder.js";
import { isAbsent, isConst, type Module, type Node, type ValueId } from "../ir/graph/module.js";
import { inferWith } from "../ir/op/infer-node.js";
import { numElements } from "../ir/type/tensor-type.js";
import type { Net } from "../runtime/index.js";
import type { CalibrationSamples } from "./calibrate.js";

/**
 * Signal to noise of one value: -10 log10 of the mean over the samples of sum (x - y)^2 / sum x^2, x in floats, y quantized. Each sample counts
 * alike: in one sum over all, the power of an outlier would hide what the others lose by it.
 */
export interface MeasuredValue {
  /** The source node that makes it, or the result's name. */
  readonly node: string;
  /** The source nodes that would have to stay in floats for it to be off its grid: those that read it; of a result, the one that makes it. */
  readonly users: readonly string[];
  /** Infinite where nothing is lost; not a number where the value is zero throughout. */
  readonly db: number;
}

export interface Measured {
  /** Samples that were run. */
  readonly samples: number;
  /** Values on 8-bit grids, the worst first. */
  readonly points: readonly MeasuredValue[];
  readonly outputs: readonly MeasuredValue[];
}

/** Samples that are measured at most: the errors of a grid show on few, and each runs both networks. */
export const MOST_MEASURED = 64;

interface Pair extends Pick<MeasuredValue, "node" | "users"> {
  readonly isOutput: boolean;
}

/**
 * Runs the float network and the one with simulated quantization side by side. `simulated` is what fake-quant and repairs made of `float`: each
 * node of it that they did not add stands for the node at its place.
 */
export async function measure(
  float: Module,
  simulated: Module,
  ctx: Context,
  samples: CalibrationSamples,
  build: (m: Module) => Promise<Net>,
): Promise<Measured> {
  const { module, pairs } = sideBySide(float, simulated, ctx);
  const [lost, seen] = [new Float64Array(pairs.length), new Float64Array(pairs.length)];
  let count = 0;
  if (pairs.length > 0) {
    const net = await build(module);
    try {
      for await (const { values, continues } of samples) {
        if (!continues) net.reset();
        const out = net.run(values as never) as Record<string, Float32Array>;
        pairs.forEach((_, i) => {
          const signal = out[`signal ${i}`][0];
          if (!(signal > 0)) return;
          lost[i] += out[`noise ${i}`][0] / signal;
          seen[i]++;
        });
        if (++count === MOST_MEASURED) break;
      }
    } finally {
      net.close();
    }
  }
  const values = pairs.map((p, i) => ({ ...p, db: -10 * Math.log10(lost[i] / seen[i]) }));
  const of = (isOutput: boolean): MeasuredValue[] =>
    values.filter((v) => v.isOutput === isOutput).map(({ node, users, db }) => ({ node, users, db }));
  return { samples: count, points: of(false).sort((a, b) => a.db - b.db), outputs: of(true) };
}

const SIMULATION = "fake-quant";

/**
 * One function that holds both networks; its results are, of every value on a grid and every result, the sums of squares of the value and of
 * the error. States are each network's own.
 */
function sideBySide(
  float: Module,
  simulated: Module,
  ctx: Context,
): { readonly module: Module; readonly pairs: readonly Pair[] } {
  const [f, s] = [float.funcs[0], simulated.funcs[0]];
  const isState = new Set(float.states.map((x) => x.param));
  const fed = new Set(float.states.map((x) => x.result));
  const b = createFuncBuilder(f.name, inferWith(ctx.ops), ctx.blobs, { consts: { ...float.consts, ...simulated.consts } });
  const params = f.params.map((p) => b.param(p.id.slice(1), p.type));
  const ownParams = s.params.map((p, i) => (isState.has(i) ? b.param(`${p.id.slice(1)}_simulated`, p.type) : params[i]));
  const inFloat = copied(b, f.body, new Map(f.params.map((p, i) => [p.id, params[i]])));
  const inSimulated = copied(b, s.body, new Map(s.params.map((p, i) => [p.id, ownParams[i]])));
  const results: ValueId[] = [];
  const pairs: Pair[] = [];
  const compare = (x: ValueId, y: ValueId, pair: Pair): void => {
    const { dtype, shape } = b.typeOf(x);
    if (dtype !== "f32" || numElements(shape) === 0) return;
    const loc = { file: float.name, node: pair.node, pass: "measure" };
    const axes = shape.map((_, i) => i);
    const squares = (v: ValueId): ValueId => b.node("reduce_sum_square", [v], { axes, keepdims: false }, loc);
    results.push(squares(x), squares(b.node("sub", [x, y], {}, loc)));
    pairs.push(pair);
  };
  const names = makersOf(float);
  for (const [x, y] of gridPairs(float, simulated, ctx)) {
    const users = [...new Set(f.body.filter((n) => n.inputs.includes(x)).map((n) => n.loc.node))];
    compare(inFloat(x), inSimulated(y), { node: names.get(x) ?? x, users, isOutput: false });
  }
  f.results.forEach((r, i) => {
    const node = names.get(r) ?? f.resultNames[i];
    if (!fed.has(i)) compare(inFloat(r), inSimulated(s.results[i]), { node, users: [node], isOutput: true });
  });
  const resultNames = pairs.flatMap((_, i) => [`signal ${i}`, `noise ${i}`]);
  const states = float.states.flatMap((state, i) => {
    const simulatedParam = f.params.length + i;
    results.push(inFloat(f.results[state.result]), inSimulated(s.results[state.result]));
    resultNames.push(`state ${i}`, `simulated state ${i}`);
    const at = results.length;
    return [
      { ...state, result: at - 2 },
      { ...state, param: simulatedParam, result: at - 1 },
    ];
  });
  const { func, consts } = b.finish(results, resultNames);
  const paramNames = [...f.paramNames, ...float.states.map((x) => `simulated ${f.paramNames[x.param]}`)];
  return { module: { ...replaceFunc(float, { ...func, paramNames }, consts), states }, pairs };
}

/** What makes each value: the source node, or the input. */
function makersOf(m: Module): ReadonlyMap<ValueId, string> {
  const f = m.funcs[0];
  const makers = f.body.flatMap((n) => n.outputs.map((o) => [o.id, n.loc.node] as const));
  return new Map([...f.params.map((p, i) => [p.id, f.paramNames[i]] as const), ...makers]);
}

/** Values of the float network, each with its image on a grid in the simulated one. */
function gridPairs(float: Module, simulated: Module, ctx: Context): readonly (readonly [ValueId, ValueId])[] {
  const [f, s] = [float.funcs[0], simulated.funcs[0]];
  const added = new Set([SIMULATION, ...ctx.quantization.repairs.keys()]);
  const isAdded = (n: Node): boolean => added.has(n.loc.pass ?? "");
  const twin = new Map(s.params.map((p, i) => [p.id, f.params[i].id]));
  s.body.filter((n) => !isAdded(n)).forEach((n, at) => n.outputs.forEach((o, i) => twin.set(o.id, f.body[at].outputs[i].id)));
  const stored = new Map(s.body.filter((n) => n.op === "quantize" && isAdded(n)).map((n) => [n.outputs[0].id, n.inputs[0]]));
  return s.body.flatMap((n) => {
    const x = n.op === "dequantize" ? twin.get(stored.get(n.inputs[0]) ?? "") : undefined;
    return x === undefined ? [] : [[x, n.outputs[0].id] as const];
  });
}

/** Adds the nodes; says the new value of each old one. */
function copied(b: FuncBuilder, body: readonly Node[], known: Map<ValueId, ValueId>): (v: ValueId) => ValueId {
  const at = (v: ValueId): ValueId => (isConst(v) || isAbsent(v) ? v : known.get(v)!);
  for (const n of body) {
    const made = b.nodes(
      n.op,
      n.inputs.map(at),
      n.attrs,
      n.loc,
      n.outputs.map((o) => o.id.slice(1)),
    );
    n.outputs.forEach((o, i) => known.set(o.id, made[i]));
  }
  return at;
}
