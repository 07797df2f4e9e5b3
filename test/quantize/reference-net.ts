/** A network that the reference interpreter runs, behind the interface of a built one: drivers of calibration are tested with it. */
import type { Module } from "../../src/ir/graph/module.js";
import { callerPorts } from "../../src/ir/graph/state.js";
import { openSequence } from "../../src/ir/op/sequence.js";
import type { TypedArray } from "../../src/ir/op/tensor.js";
import type { IrContext } from "../../src/ir/pass/context.js";
import type { Net } from "../../src/runtime/index.js";

/** States are kept from run to run, until `reset`. */
export function referenceNet(m: Module, ctx: IrContext): Net {
  const f = m.funcs[0];
  const ports = callerPorts(m);
  const sequence = openSequence(m, ctx);
  const inputs = ports.params.map((at) => ({ name: f.paramNames[at], ...f.params[at].type }));
  const run = (given: Readonly<Record<string, unknown>>) => {
    const tensors = ports.params.map((at) => ({ type: f.params[at].type, data: given[f.paramNames[at]] as TypedArray }));
    return Object.fromEntries(sequence.step(tensors).map((t, i) => [f.resultNames[ports.results[i]], t.data]));
  };
  return { inputs, run, reset: () => sequence.reset(), close: () => {} } as unknown as Net;
}
