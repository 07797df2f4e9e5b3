/** Kernels for properties: the lowering of drawn op instances. */
import { createLowerBuilder } from "../../src/ir/loop/lower-builder.js";
import type { Buffer, Kernel } from "../../src/ir/loop/stmt.js";
import type { OpDef } from "../../src/ir/op/define.js";
import { inferOp } from "../../src/ir/op/registry.js";
import { createGen } from "../../src/ir/op/sample.js";
import type { Tensor } from "../../src/ir/op/tensor.js";
import { fail } from "../../src/support/diag.js";

export interface RandomKernel {
  readonly kernel: Kernel;
  readonly inputs: readonly (Tensor | null)[];
}

/** The unscheduled kernel of one drawn instance of `def`; operands are `x0`, `x1`, ..., results `y0`, ... */
export function randomKernel(def: OpDef, seed: number): RandomKernel {
  const { inputs, attrs } = def.sample(createGen(seed));
  const done = inferOp(
    def,
    inputs.map((t) => t?.type ?? null),
    attrs,
    (code, message) => fail(code, message),
  );
  const b = createLowerBuilder();
  const ins = inputs.map((t, i) => (t ? { name: `x${i}`, type: t.type } : null));
  const outs = done.types.map((type, i) => ({ name: `y${i}`, type }));
  def.lower(b, { ins, outs }, done.attrs as never);
  const { temps, stages } = b.finish();
  const buffer =
    (role: Buffer["role"]) =>
    (r: { name: string; type: Tensor["type"] }): Buffer => ({ name: r.name, dtype: r.type.dtype, shape: r.type.shape, role });
  const buffers = [...ins.flatMap((r) => (r ? [buffer("in")(r)] : [])), ...outs.map(buffer("out")), ...temps];
  return { kernel: { name: `${done.types[0]?.dtype ?? "none"}_${def.name}`, buffers, stages, prepare: [] }, inputs };
}
