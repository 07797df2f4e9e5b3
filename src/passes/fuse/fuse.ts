import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import { type Func, isAbsent, isConst, type Module, type Node, type Value, type ValueId } from "../../ir/graph/module.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { IrContext } from "../../ir/pass/context.js";
import { definePass } from "../../ir/pass/pass.js";
import { derivedLoc } from "../rewrite/sweep.js";
import { commitStates } from "./commit-states.js";
import { type Group, groupsOf } from "./groups.js";

/** Outlines every kernel of the entry into a private function; the entry keeps `call` and view nodes only, states are stored at its end. */
export const fuse = definePass({
  name: "fuse",
  doc: "Groups nodes into kernels: each group becomes a private function reached by `call`.",
  options: {},
  requires: ["flat", "materialized"],
  establishes: ["fused"],
  breaks: ["flat"],
  obligatory: true,
  run(m, ctx) {
    const entry = m.funcs[0];
    const names = new Set(m.funcs.map((f) => f.name));
    const numbers = new Map<string, number>();
    const types = valueTypes(entry);
    const outlined: Func[] = [];
    const body = groupsOf(entry, ctx.ops).map((g): Node => {
      if (!Array.isArray(g)) return g as Node;
      const group = g as Group;
      const func = outline(group, freshName(group, names, numbers), m, ctx, types);
      outlined.push(func.func);
      const results = group[group.length - 1].outputs;
      return {
        op: "call",
        inputs: func.operands,
        attrs: { callee: func.func.name },
        outputs: results,
        loc: derivedLoc("fuse", group),
      };
    });
    return outlined.length ? commitStates({ ...m, funcs: [{ ...entry, body }, ...m.funcs.slice(1), ...outlined] }) : m;
  },
});

function valueTypes(f: Func): Map<ValueId, Value["type"]> {
  const types = new Map(f.params.map((p) => [p.id, p.type]));
  for (const n of f.body) for (const o of n.outputs) types.set(o.id, o.type);
  return types;
}

/** `conv_relu`, `conv_relu_1`, ...; `next` holds the number to try first for each base. */
function freshName(group: Group, taken: Set<string>, next: Map<string, number>): string {
  const base = [...new Set(group.map((n) => n.op))].slice(0, 4).join("_");
  let name = base;
  for (let i = next.get(base) ?? 1; taken.has(name); i++) {
    name = `${base}_${i}`;
    next.set(base, i + 1);
  }
  taken.add(name);
  return name;
}

function outline(
  group: Group,
  name: string,
  m: Module,
  ctx: IrContext,
  types: ReadonlyMap<ValueId, Value["type"]>,
): { func: Func; operands: readonly ValueId[] } {
  const inside = new Set(group.flatMap((n) => n.outputs.map((o) => o.id)));
  const used = [...new Set(group.flatMap((n) => n.inputs))];
  const operands = used.filter((id) => !inside.has(id) && !isConst(id) && !isAbsent(id));
  // the group's own constants: the table of all of them, copied for every group, made the pass quadratic
  const consts = Object.fromEntries(used.filter((id) => isConst(id) && m.consts[id]).map((id) => [id, m.consts[id]]));
  const b = createFuncBuilder(name, inferWith(ctx.ops), ctx.blobs, { consts });
  const map = new Map<ValueId, ValueId>(operands.map((id) => [id, b.param(id.slice(1), types.get(id)!)]));
  for (const n of group) {
    const values = b.copy(
      n,
      n.inputs.map((id) => map.get(id) ?? id),
    );
    n.outputs.forEach((o, i) => map.set(o.id, values[i]));
  }
  const results = group[group.length - 1].outputs.map((o) => map.get(o.id)!);
  return {
    func: b.finish(
      results,
      results.map((r) => r.slice(1)),
    ).func,
    operands,
  };
}
