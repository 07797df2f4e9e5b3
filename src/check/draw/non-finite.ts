import type { OpDef } from "../../ir/op/define.js";
import { createGen } from "../../ir/op/sample.js";
import { numbersOf, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import { isFloat } from "../../ir/type/dtype.js";
import { type Drawn, drawCase } from "./op-case.js";

const VALUES = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0] as const;

/** Operands that stay finite, and why. */
const FINITE: Readonly<Record<string, { readonly operands: readonly number[]; readonly because: string }>> = {
  conv: { operands: [1], because: "whether padding meets an infinite weight as 0 or not at all is the schedule's" },
  conv_transpose: { operands: [1], because: "as conv" },
  deform_conv: { operands: [1, 2], because: "as conv; an offset that is no number leads nowhere" },
  grid_sample: { operands: [1], because: "a position that is no number is nowhere" },
  roi_align: { operands: [1], because: "a region whose corners are no numbers is nowhere" },
};

/** A drawn case with NaN, infinities and zeros at some places of every float operand; null where an op has none. */
export function drawNonFinite(def: OpDef, seed: number): Drawn | null {
  const c = drawCase(def, seed);
  const g = createGen(seed + 7919);
  const one = g.int(0, 2) === 0;
  const sprinkled = (t: Tensor): Tensor => {
    const values = numbersOf(t).slice();
    const count = one ? 1 : Math.ceil(values.length / 6);
    for (let k = 0; k < count && values.length > 0; k++) values[g.int(0, values.length - 1)] = g.pick(VALUES);
    return tensorOf(t.type, values);
  };
  const isPlainFloat = (t: Tensor | null): t is Tensor => t !== null && isFloat(t.type.dtype);
  const finite = FINITE[def.name]?.operands ?? [];
  if (!c.inputs.some(isPlainFloat)) return null;
  return { ...c, inputs: c.inputs.map((t, i) => (isPlainFloat(t) && !finite.includes(i) ? sprinkled(t) : t)) };
}
