/** `observe` nodes: put into a module after calibration, taken out of it when its grids are chosen. */
import { replaceFunc } from "../../ir/graph/edit.js";
import { type Module, type Node, producersOf, typesOf, type Value, type ValueId } from "../../ir/graph/module.js";
import type { Statistics } from "../../ir/quant/calibrator.js";
import { derivedLoc } from "../rewrite/sweep.js";

/** v, .. op(v) --> v, observe(v) = w, .. op(w): every reader of an observed value reads the observer. Results stay the values themselves. */
export function withObservers(m: Module, statistics: ReadonlyMap<ValueId, Statistics>): Module {
  const f = m.funcs[0];
  const types = typesOf(m, f);
  const makers = producersOf(f);
  const observed = new Map<ValueId, ValueId>();
  const observer = (v: ValueId): Node[] => {
    const s = statistics.get(v);
    const type = types.get(v);
    if (!s || !type) return [];
    const id = freeName(`${v}_observed`, types);
    types.set(id, type);
    observed.set(v, id);
    const maker = makers.get(v);
    const loc = maker ? derivedLoc("observe", [maker]) : { file: m.name, node: v.slice(1), pass: "observe" };
    return [{ op: "observe", inputs: [v], attrs: { ...s }, outputs: [{ id, type }], loc }];
  };
  const follow = (n: Node): Node => ({ ...n, inputs: n.inputs.map((i) => observed.get(i) ?? i) });
  const behind = (values: readonly Value[]): Node[] => values.flatMap((x) => observer(x.id));
  const body = [...behind(f.params), ...f.body.flatMap((n) => [follow(n), ...behind(n.outputs)])];
  const props = { ...m.props, observed: true };
  return { ...(observed.size ? replaceFunc(m, { ...f, body }) : m), props };
}

/** Was the module calibrated? It may have no observer left: nothing to quantize, or no value that is still used. */
export const isObserved = (m: Module): boolean => m.props.observed === true;

/** The module without observers, and what they say of the values they observe. */
export function takeObservers(m: Module): { readonly module: Module; readonly statistics: ReadonlyMap<ValueId, Statistics> } {
  const f = m.funcs[0];
  const statistics = new Map<ValueId, Statistics>();
  const sources = new Map<ValueId, ValueId>();
  const source = (v: ValueId): ValueId => sources.get(v) ?? v;
  const body: Node[] = [];
  for (const n of f.body) {
    if (n.op !== "observe") {
      body.push(n.inputs.some((i) => sources.has(i)) ? { ...n, inputs: n.inputs.map(source) } : n);
      continue;
    }
    const v = source(n.inputs[0]);
    sources.set(n.outputs[0].id, v);
    if (!statistics.has(v)) statistics.set(v, n.attrs as unknown as Statistics);
  }
  if (sources.size === 0 && !isObserved(m)) return { module: m, statistics };
  const { observed: _, ...props } = m.props;
  return { module: { ...replaceFunc(m, { ...f, body, results: f.results.map(source) }), props }, statistics };
}

function freeName(wanted: ValueId, taken: ReadonlyMap<ValueId, unknown>): ValueId {
  for (let i = 0, id = wanted; ; id = `${wanted}_${i++}`) if (!taken.has(id)) return id;
}
