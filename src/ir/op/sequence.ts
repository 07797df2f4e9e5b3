/** Runs of a network with state, one after the other: the reference that every backend is compared with. */

import type { Module } from "../graph/module.js";
import { callerPorts } from "../graph/state.js";
import type { IrContext } from "../pass/context.js";
import type { TensorType } from "../type/tensor-type.js";
import { numElements } from "../type/tensor-type.js";
import { evaluateModule } from "./evaluate.js";
import { dataFromBytes, type Tensor, tensorOf } from "./tensor.js";

/** A network between two runs. */
export interface Sequence {
  /** Runs once, on a tensor for each parameter that is no state; gives the results that are no state. */
  step(inputs: readonly Tensor[]): Tensor[];
  /** Puts the states back to their initial values. */
  reset(): void;
}

/** Real zeros: the zero point of a quantized type, element by element. */
export function zeros(type: TensorType): Tensor {
  const n = numElements(type.shape);
  const { quant, shape } = type;
  if (quant === null || quant.kind === "block") return tensorOf(type, new Float64Array(n));
  if (quant.kind === "tensor") return tensorOf(type, new Float64Array(n).fill(quant.zero));
  const inner = numElements(shape.slice(quant.axis + 1));
  return tensorOf(
    type,
    Float64Array.from({ length: n }, (_, i) => quant.zeros[Math.floor(i / inner) % shape[quant.axis]]),
  );
}

/** What each state begins with, in the order of `m.states`. */
export function initialStates(m: Module, blobs: IrContext["blobs"]): Tensor[] {
  const [entry] = m.funcs;
  return m.states.map(({ param, initial }) => {
    const { type } = entry.params[param];
    return initial === null ? zeros(type) : { type, data: dataFromBytes(type.dtype, blobs.get(m.consts[initial].blob)).slice() };
  });
}

/** Opens the network in its initial state. Each step is `evaluateModule` with the states fed by hand; errors: as there. */
export function openSequence(m: Module, ctx: IrContext): Sequence {
  const { params, results } = callerPorts(m);
  let states = initialStates(m, ctx.blobs);
  return {
    step(inputs) {
      const all: Tensor[] = [];
      params.forEach((at, i) => {
        all[at] = inputs[i];
      });
      m.states.forEach((s, i) => {
        all[s.param] = states[i];
      });
      const out = evaluateModule(m, ctx, all);
      states = m.states.map((s) => out[s.result]);
      return results.map((at) => out[at]);
    },
    reset: () => {
      states = initialStates(m, ctx.blobs);
    },
  };
}
