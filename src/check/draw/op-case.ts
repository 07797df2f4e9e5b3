import type { Attrs } from "../../ir/attr/attr.js";
import type { Func } from "../../ir/graph/module.js";
import { type LoweredGroup, lowerGroup } from "../../ir/loop/lower-group.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { hasTrait, type OpDef } from "../../ir/op/define.js";
import { inferOp } from "../../ir/op/registry.js";
import { createGen, type GenOptions, type OpCase } from "../../ir/op/sample.js";
import { numbersOf, type Tensor, type TypedArray } from "../../ir/op/tensor.js";
import type { DType } from "../../ir/type/dtype.js";
import type { TensorType } from "../../ir/type/tensor-type.js";
import { fail } from "../../support/diag.js";

const loc = { file: "test", node: "n" };

/** One drawn case of an op, with its result types and the attributes completed. */
export interface Drawn {
  readonly inputs: readonly (Tensor | null)[];
  readonly attrs: Attrs;
  readonly types: readonly TensorType[];
}

/** A case with its result types and attributes completed. Throws where the op does not take it. */
export function inferCase(def: OpDef, { inputs, attrs: given }: OpCase): Drawn {
  const { types, attrs } = inferOp(
    def,
    inputs.map((t) => t?.type ?? null),
    given,
    (code, message) => fail(code, `${def.name} does not take a case that it draws: ${message}`),
  );
  return { inputs, attrs, types };
}

export const drawCase = (def: OpDef, seed: number, options?: GenOptions): Drawn =>
  inferCase(def, def.sample(createGen(seed, options)));

/** The unscheduled kernel of one application; every second operand is a constant where `consts` says so. */
export function lowerCase(def: OpDef, c: Drawn, isConst: (operand: number) => boolean = () => false): LoweredGroup {
  const id = (i: number) => (c.inputs[i] === null ? "" : isConst(i) ? `#c${i}` : `%x${i}`);
  const params = c.inputs.flatMap((t, i) => (t && !isConst(i) ? [{ id: `%x${i}`, type: t.type }] : []));
  const outputs = c.types.map((type, i) => ({ id: `%y${i}`, type }));
  const f: Func = {
    name: def.name,
    params,
    body: [{ op: def.name, inputs: c.inputs.map((_, i) => id(i)), attrs: c.attrs, outputs, loc }],
    results: outputs.map((o) => o.id),
    paramNames: params.map((p) => p.id),
    resultNames: outputs.map((o) => o.id),
    nextId: 0,
  };
  return lowerGroup(
    f,
    (value) => c.inputs[Number(value.slice(2))]?.type,
    (node, b, io) => def.lower(b, io, node.attrs as never),
    () => hasTrait(def, "view"),
  );
}

/** Operand data by buffer name. */
export function operandData(group: LoweredGroup, c: Drawn): Record<string, TypedArray> {
  const out: Record<string, TypedArray> = {};
  for (const o of group.operands) {
    const t = o.value.startsWith("%y") ? null : c.inputs[Number(o.value.slice(2))];
    if (t) out[o.buffer] = t.data;
  }
  return out;
}

export const withStages = (group: LoweredGroup, kernel: Kernel): LoweredGroup => ({ ...group, kernel });

const BOUND: Readonly<Partial<Record<DType, number>>> = { f32: 2e-5, f16: 2e-3, bf16: 1.6e-2, f64: 1e-12 };

/** Why `got` is not `want`, or null: integers exactly, floats within a bound relative to the value and the largest magnitude. */
export function difference(want: Tensor, got: TypedArray, slack = 1): string | null {
  const a = numbersOf(want);
  const b = numbersOf({ type: want.type, data: got });
  const bound = (BOUND[want.type.dtype] ?? 0) * slack;
  const scale = a.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i]) || a[i] === b[i]) continue;
    if (bound && Math.abs(a[i] - b[i]) <= bound * (Math.abs(a[i]) + 0.1 * scale) + 1e-30) continue;
    return `element ${i}: want ${a[i]}, got ${b[i]}`;
  }
  return null;
}
