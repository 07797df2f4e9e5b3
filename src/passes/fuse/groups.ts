import { type Func, isAbsent, isConst, type Node, usesOf, type ValueId } from "../../ir/graph/module.js";
import { hasTrait } from "../../ir/op/define.js";
import type { OpRegistry } from "../../ir/op/registry.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { type Perm, samePerm, toChannelsFirst } from "../../ir/type/permutation.js";

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
 *   element-wise chains and trees likewise; a movement op (transpose, slice, ...) starts a group that element-wise nodes may join;
 *   transpose: joins a channels-last contraction that makes its operand, so that tiles are written where the transpose puts them, or an element-wise chain
 *   over one value, so that the chain's values are moved in registers.
 * Where several operands qualify, the group with an anchor wins, the later one on a tie. Views stay outside and cost nothing.
 */
export function groupsOf(f: Func, ops: OpRegistry): readonly (Group | Node)[] {
  const uses = usesOf(f);
  const draftOf = new Map<ValueId, Draft>();
  const places: (Draft | Node)[] = [];
  const views = new Map<ValueId, Node>();
  /** Views that are part of a group. */
  const inGroups = new Set<Node>();
  const position = new Map(f.body.map((n, i) => [n, i]));
  const shapes = new Map(f.params.map((p) => [p.id, p.type.shape]));
  for (const n of f.body) for (const o of n.outputs) shapes.set(o.id, o.type.shape);
  const elements = (id: ValueId): number => (shapes.get(id) ?? []).reduce((a, b) => a * b, 1);

  const drafted = (id: ValueId): Draft | undefined => (isConst(id) || isAbsent(id) ? undefined : draftOf.get(id));
  const endsIn = (g: Draft | undefined, id: ValueId): g is Draft =>
    g?.last.outputs.length === 1 && g.last.outputs[0].id === id && uses.get(id) === 1;

  /** The group that a transpose ends, and the view of its result that the transpose moves. */
  const transposable = (n: Node): { readonly groups: readonly Draft[]; readonly view?: Node } => {
    const maker = views.get(n.inputs[0]);
    const keepsShape = maker && shapes.get(maker.inputs[0])?.join() === shapes.get(n.inputs[0])?.join();
    const view = keepsShape && uses.get(n.inputs[0]) === 1 ? maker : undefined;
    const source = (view ?? n).inputs[0];
    const g = drafted(source);
    if (!endsIn(g, source) || g.nodes.length + 2 > MAX_GROUP || g.nodes.some((x) => roleOf(x, ops) === "movement"))
      return { groups: [] };
    const inside = new Set(g.nodes.flatMap((x) => x.outputs.map((o) => o.id)));
    const outside = new Set(g.nodes.flatMap((x) => x.inputs.filter((id) => !isConst(id) && !isAbsent(id) && !inside.has(id))));
    const anchors = g.nodes.filter((x) => roleOf(x, ops) === "anchor");
    // a tile's rows of a few bytes take more stores than a kernel of its own that moves bytes
    const isWide = dtypeInfo(n.outputs[0].type.dtype).bytes >= 4;
    const isWriteBack = isWide && anchors.length === 1 && isChannelsLast(anchors[0], ops);
    const moves = outside.size === 1 && elements(source) === elements([...outside][0]);
    return (g.hasAnchor ? isWriteBack && isToChannelsFirst(n.attrs.perm as Perm) : moves)
      ? { groups: [g], view }
      : { groups: [] };
  };

  /** Groups that `n` may join: those with an anchor first, later ones first. */
  const joinable = (n: Node): Draft[] => {
    const shape = n.outputs[0].type.shape.join();
    const found = n.inputs.flatMap((id) => {
      const g = drafted(id);
      return endsIn(g, id) && shapes.get(id)?.join() === shape ? [g] : [];
    });
    return [...new Set(found)].sort((a, b) => Number(b.hasAnchor) - Number(a.hasAnchor) || b.place - a.place);
  };

  for (const n of f.body) {
    const role = roleOf(n, ops);
    if (role === "view") {
      places.push(n);
      for (const o of n.outputs) views.set(o.id, n);
      continue;
    }
    const moved = n.op === "transpose" ? transposable(n) : null;
    const candidates = role === "elementwise" ? joinable(n) : (moved?.groups ?? []);
    const joined = withinSize(candidates.filter((g, i) => i === 0 || !g.hasAnchor));
    const draft = mergeDrafts(joined, draftOf) ?? { nodes: [], hasAnchor: false, place: 0, last: n };
    if (moved?.view) {
      draft.nodes.push(moved.view);
      inGroups.add(moved.view);
    }
    draft.nodes.push(n);
    draft.last = n;
    draft.hasAnchor ||= role === "anchor";
    draft.place = places.push(draft) - 1;
    for (const o of n.outputs) draftOf.set(o.id, draft);
  }
  // a group stands where its last node does: its earlier places are void
  return places.flatMap((p, i): (Group | Node)[] => {
    if (!("nodes" in p)) return inGroups.has(p) ? [] : [p];
    return p.place === i ? [p.nodes.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0))] : [];
  });
}

const isToChannelsFirst = (p: Perm): boolean => p.length > 2 && samePerm(p, toChannelsFirst(p.length));

/** A sum of products in its form for the channels last. */
function isChannelsLast(n: Node, ops: OpRegistry): boolean {
  const def = ops.get(n.op);
  return def !== undefined && hasTrait(def, "contraction") && def.layout?.channels?.last(n.attrs as never) === null;
}

interface Draft {
  readonly nodes: Node[];
  hasAnchor: boolean;
  /** Index in the order of groups; -1: merged into another. */
  place: number;
  last: Node;
}

/** The first groups that together leave room for one more node. */
function withinSize(groups: readonly Draft[]): Draft[] {
  let size = 1;
  return groups.filter((g) => {
    const fits = size + g.nodes.length <= MAX_GROUP;
    if (fits) size += g.nodes.length;
    return fits;
  });
}

/** One group out of several: the smaller ones move into the largest. */
function mergeDrafts(drafts: readonly Draft[], draftOf: Map<ValueId, Draft>): Draft | undefined {
  const [largest, ...others] = [...drafts].sort((a, b) => b.nodes.length - a.nodes.length);
  for (const g of others) {
    for (const n of g.nodes) {
      largest.nodes.push(n);
      for (const o of n.outputs) draftOf.set(o.id, largest);
    }
    largest.hasAnchor ||= g.hasAnchor;
    g.place = -1;
  }
  return largest;
}
