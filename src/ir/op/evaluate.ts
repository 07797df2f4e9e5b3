/** The reference interpreter of graph IR: what every pass, kernel and backend is compared with. */
import { fail } from "../../support/diag.js";
import { type Func, isAbsent, isConst, type Module, type ValueId } from "../graph/module.js";
import type { IrContext } from "../pass/context.js";
import { typeText } from "../type/tensor-type.js";
import { dataFromBytes, type Tensor } from "./tensor.js";

/**
 * Runs the entry function of `m` on `inputs`, one tensor per parameter, by each op's own `eval`; `call` runs its callee.
 * A value is dropped after its last use. Results alias no blob. Errors: QC-IR-030 (wrong inputs), QC-IR-009 (unknown op).
 */
export function evaluateModule(m: Module, ctx: IrContext, inputs: readonly Tensor[]): Tensor[] {
  return evaluateFunc(m, m.funcs[0], ctx, inputs).map((t) => ({ type: t.type, data: t.data.slice() }));
}

function evaluateFunc(m: Module, f: Func, ctx: IrContext, inputs: readonly Tensor[]): Tensor[] {
  if (inputs.length !== f.params.length) {
    fail("QC-IR-030", `function '${f.name}' takes ${f.params.length} inputs (${f.paramNames.join(", ")}), got ${inputs.length}`);
  }
  const values = new Map<ValueId, Tensor>();
  f.params.forEach((p, i) => {
    if (p.type !== inputs[i].type) {
      fail("QC-IR-030", `input '${f.paramNames[i]}' is ${typeText(p.type)}, got ${typeText(inputs[i].type)}`);
    }
    values.set(p.id, inputs[i]);
  });
  const read = (id: ValueId): Tensor => {
    if (isConst(id)) {
      const { type, blob } = m.consts[id];
      return { type, data: dataFromBytes(type.dtype, ctx.blobs.get(blob)) };
    }
    return values.get(id) ?? fail("QC-IR-022", `value '${id}' of '${f.name}' is used before it is defined`);
  };
  const lastUse = lastUses(f);
  f.body.forEach((n, at) => {
    const operands = n.inputs.map((id) => (isAbsent(id) ? null : read(id)));
    const types = n.outputs.map((o) => o.type);
    let results: readonly Tensor[];
    if (n.op === "call") {
      const callee = m.funcs.find((g) => g.name === n.attrs.callee);
      results = evaluateFunc(
        m,
        callee ?? fail("QC-IR-024", `call of unknown '${n.attrs.callee}'`, { loc: n.loc }),
        ctx,
        operands.filter((t) => t !== null),
      );
    } else {
      const def = ctx.ops.get(n.op) ?? fail("QC-IR-009", `unknown op '${n.op}'`, { loc: n.loc });
      results = def.eval(operands, n.attrs as never, types);
    }
    for (const [i, o] of n.outputs.entries()) values.set(o.id, results[i]);
    for (const id of lastUse.get(at) ?? []) values.delete(id);
  });
  return f.results.map(read);
}

/** By node position: the values that nothing reads after it. */
function lastUses(f: Func): Map<number, ValueId[]> {
  const last = new Map<ValueId, number>();
  f.body.forEach((n, at) => {
    for (const o of n.outputs) last.set(o.id, at);
    for (const id of n.inputs) if (!isAbsent(id) && !isConst(id)) last.set(id, at);
  });
  for (const r of f.results) last.delete(r);
  const out = new Map<number, ValueId[]>();
  for (const [id, at] of last) out.set(at, [...(out.get(at) ?? []), id]);
  return out;
}
