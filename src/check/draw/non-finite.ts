import type { OpDef, OperandSpec } from "../../ir/op/define.js";
import { createGen } from "../../ir/op/sample.js";
import { numbersOf, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import { isFloat } from "../../ir/type/dtype.js";
import { type Drawn, drawCase } from "./op-case.js";

const VALUES = [Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0] as const;

/** What the op says of operand i; the last one stands for all that follow. */
const operandOf = (def: OpDef, i: number): OperandSpec | undefined => def.operands[i] ?? def.operands.at(-1);

/** A drawn case with NaN, infinities and zeros at some places of every float operand that may hold them; null where an op has none. */
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
  if (!c.inputs.some(isPlainFloat)) return null;
  return { ...c, inputs: c.inputs.map((t, i) => (isPlainFloat(t) && !operandOf(def, i)?.finite ? sprinkled(t) : t)) };
}
