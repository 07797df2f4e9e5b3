import { type Func, isAbsent, isConst, type Node, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import type { OpRegistry } from "../../ir/op/registry.js";

/** Nodes that become one kernel, in topological order; the last one's results leave the group. */
export type Group = readonly Node[];

/** Nodes of one kernel: past this, lowering takes quadratic time and values no longer stay in registers. */
const MAX_GROUP = 32;

type Role = "view" | "elementwise" | "movement" | "anchor";

function roleOf(n: Node, ops: OpRegistry): Role {
  const def = ops.get(n.op);
  if (!def) return "anchor";
  if (hasTrait(def, "view")) return "view";
  if (hasTrait(def, "elementwise") && n.outputs.length === 1) return "elementwise";
  return hasTrait(def, "movement") && n.outputs.length === 1 ? "movement" : "anchor";
}

/**
 * Partitions a function's non-view nodes into kernels:
 *   anchor + element-wise chain: an element-wise node joins the group that makes one of its operands when that operand has no other
 *   use and already has the node's shape, so the whole chain is computed on the tile that the anchor just wrote;
 *   element-wise chains and trees likewise; a movement op (transpose, slice, ...) starts a group that element-wise nodes may join.
 * Where several operands qualify, the group with an anchor wins, the later one on a tie. Views stay outside and cost nothing.
 */
export function groupsOf(f: Func, ops: OpRegistry): readonly (Group | Node)[] {
  const uses = new Map<ValueId, number>();
  for (const id of [...f.body.flatMap((n) => n.inputs), ...f.results]) uses.set(id, (uses.get(id) ?? 0) + 1);
  const groupOf = new Map<ValueId, Node[]>();
  const order: (Node[] | Node)[] = [];
  const shapes = new Map(f.params.map((p) => [p.id, p.type.shape]));
  for (const n of f.body) for (const o of n.outputs) shapes.set(o.id, o.type.shape);

  const joinable = (n: Node): Node[][] => {
    const shape = n.outputs[0].type.shape.join();
    const found = n.inputs.flatMap((id) => {
      const g = isConst(id) || isAbsent(id) ? undefined : groupOf.get(id);
      const last = g?.at(-1);
      const free = last?.outputs.length === 1 && last.outputs[0].id === id && uses.get(id) === 1;
      return g && free && shapes.get(id)?.join() === shape ? [g] : [];
    });
    return [...new Set(found)].sort((a, b) => rankOf(b) - rankOf(a));
  };
  const rankOf = (g: Node[]) => (g.some((n) => roleOf(n, ops) === "anchor") ? 1e9 : 0) + order.indexOf(g);

  for (const n of f.body) {
    const role = roleOf(n, ops);
    if (role === "view") {
      order.push(n);
      continue;
    }
    const candidates = role === "elementwise" ? joinable(n) : [];
    const anchors = candidates.filter((g) => g.some((m) => roleOf(m, ops) === "anchor"));
    const wanted = anchors.length ? [anchors[0], ...candidates.filter((g) => !anchors.includes(g))] : candidates;
    const merged = withinSize(wanted);
    const group = merged.length ? mergeGroups(merged, f) : [];
    for (const g of merged) order.splice(order.indexOf(g), 1);
    group.push(n);
    order.push(group);
    for (const member of group) for (const o of member.outputs) groupOf.set(o.id, group);
  }
  return order;
}

/** The first groups that together leave room for one more node. */
function withinSize(groups: readonly Node[][]): Node[][] {
  let size = 1;
  return groups.filter((g) => {
    const fits = size + g.length <= MAX_GROUP;
    if (fits) size += g.length;
    return fits;
  });
}

function mergeGroups(groups: readonly Node[][], f: Func): Node[] {
  if (groups.length === 1) return [...groups[0]];
  const position = new Map(f.body.map((n, i) => [n, i]));
  return groups.flat().sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
}
