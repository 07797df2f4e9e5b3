/** A network that the reference interpreter runs, behind the interface of a built one: drivers of calibration are tested with it. */
import type { Module } from "../../src/ir/graph/module.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import type { TypedArray } from "../../src/ir/op/tensor.js";
import type { IrContext } from "../../src/ir/pass/context.js";
import type { Net } from "../../src/runtime/index.js";

export function referenceNet(m: Module, ctx: IrContext): Net {
  const f = m.funcs[0];
  const inputs = f.params.map(({ type }, i) => ({ name: f.paramNames[i], ...type }));
  const run = (given: Readonly<Record<string, unknown>>) => {
    const tensors = f.params.map(({ type }, i) => ({ type, data: given[f.paramNames[i]] as TypedArray }));
    return Object.fromEntries(evaluateModule(m, ctx, tensors).map((t, i) => [f.resultNames[i], t.data]));
  };
  return { inputs, run, reset: () => {}, close: () => {} } as unknown as Net;
}
