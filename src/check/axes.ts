/** What an op's record says of axes, held against what the op means. Each function gives a difference in words, or null. */

import type { Attrs } from "../ir/attr/attr.js";
import type { OpDef } from "../ir/op/define.js";
import { type CommutesWithTranspose, transposeRule } from "../ir/op/layout.js";
import { inferOp } from "../ir/op/registry.js";
import type { Tensor } from "../ir/op/tensor.js";
import { transpose } from "../ir/ops/transpose.js";
import { inverse, type Perm, toChannelsFirst, toChannelsLast } from "../ir/type/permutation.js";
import { tensorType } from "../ir/type/tensor-type.js";
import { fail } from "../support/diag.js";
import type { Drawn } from "./draw/op-case.js";
import { difference } from "./same-values.js";

/** Floats are summed up in another order. */
const TOLERANCE = 1e-5;

function apply(def: OpDef, inputs: readonly (Tensor | null)[], attrs: Drawn["attrs"]): readonly Tensor[] {
  const done = inferOp(
    def,
    inputs.map((t) => t?.type ?? null),
    attrs,
    (code, message) => fail(code, message),
  );
  return def.eval(inputs, done.attrs as never, done.types);
}

const transposed = (t: Tensor, perm: Perm): Tensor => apply(transpose as unknown as OpDef, [t], { perm })[0];

/** Leading ones, as broadcasting gives them; quantized axes move along. */
function lifted(t: Tensor, rank: number): Tensor {
  const { dtype, shape, quant } = t.type;
  const more = rank - shape.length;
  const moved = quant && quant.kind !== "tensor" ? { ...quant, axis: quant.axis + more } : quant;
  return { ...t, type: tensorType(dtype, [...new Array<number>(more).fill(1), ...shape], moved) };
}

const isMoved = ({ operands }: CommutesWithTranspose<Attrs>, i: number): boolean => operands === "all" || operands.includes(i);

/** Rank of the operands that a transpose in front of the op permutes; null where its record has no rule. */
export function transposedRank(def: OpDef, { inputs }: Drawn): number | null {
  const rule = transposeRule(def);
  return rule ? Math.max(...inputs.map((t, i) => (t && isMoved(rule, i) ? t.type.shape.length : 0))) : null;
}

/** op(transpose(x, p)) = transpose(op'(x), p'); undefined where the rule does not hold for the case, or there is none. */
export function transposeDifference(def: OpDef, c: Drawn, p: Perm): string | null | undefined {
  const rule = transposeRule(def);
  if (!rule) return undefined;
  const inputs = c.inputs.map((t, i) => (t && isMoved(rule, i) ? lifted(t, p.length) : t));
  const types = inputs.map((t) => t?.type ?? null);
  const sunk = rule.behind(c.attrs, p, types);
  if (!sunk) return undefined;
  const sources = inputs.map((t, i) => (t && isMoved(rule, i) ? transposed(t, inverse(p)) : t));
  const after = apply(def, sources, sunk.attrs).map((y) => transposed(y, sunk.perm));
  return difference(apply(def, inputs, c.attrs), after, TOLERANCE);
}

/** op(x) = to_first(op_last(to_last(x))); undefined where the case has no form for the channels last, or is in it. */
export function channelsFormDifference(def: OpDef, c: Drawn): string | null | undefined {
  const form = def.layout?.channels;
  const attrs = form?.last(c.attrs as never);
  if (!form || !attrs) return undefined;
  const moved = c.inputs.map((t, i) => (t && form.operands.includes(i) ? transposed(t, toChannelsLast(t.type.shape.length)) : t));
  const after = apply(def, moved, attrs).map((y) => transposed(y, toChannelsFirst(y.type.shape.length)));
  return difference(apply(def, c.inputs, c.attrs), after, TOLERANCE);
}
