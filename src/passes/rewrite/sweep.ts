import { replaceFunc } from "../../ir/graph/edit.js";
import { createFuncBuilder, type FuncBuilder } from "../../ir/graph/func-builder.js";
import { type Func, isAbsent, isConst, type Module, type Node, type ValueId } from "../../ir/graph/module.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { IrContext } from "../../ir/pass/context.js";
import type { Prop } from "../../ir/pass/pass.js";
import type { Loc } from "../../support/diag.js";

/** What a sweep may look at and do at one node. */
export interface SweepView {
  readonly b: FuncBuilder;
  /** The node as it stood before the sweep. */
  readonly node: Node;
  /** Its operands in the new function. */
  readonly inputs: readonly ValueId[];
  /** The new node that made a new value; undefined for parameters and constants. */
  producer(v: ValueId): Node | undefined;
  /** The new value that stands for an old one that was already visited. */
  at(old: ValueId): ValueId;
  /** How often an old value was used. */
  uses(old: ValueId): number;
  /** A location that says which pass made the node out of which. */
  loc(...others: readonly Node[]): Loc;
}

/** Replacement values for the node's results, or null to keep the node. */
export type SweepRule = (view: SweepView) => readonly ValueId[] | null;

/** Facts that a pass which puts nodes in the place of others does not keep. */
export const BROKEN_BY_NEW_NODES: readonly Prop[] = ["live", "unique", "materialized", "fused"];

/** The location of a node that `pass` made from `nodes`. */
export const derivedLoc = (pass: string, nodes: readonly Node[]): Loc => ({
  file: nodes[0].loc.file,
  node: nodes[0].loc.node,
  pass,
  from: nodes.map((n) => n.loc),
});

/**
 * Rebuilds the entry function in one walk in topological order, giving every node to `rule`. Nodes that it leaves alone keep their
 * names; types are inferred anew, so a change of type flows down. Returns `m` itself when the rule replaced nothing.
 */
export function sweep(m: Module, ctx: IrContext, pass: string, rule: SweepRule): Module {
  const f = m.funcs[0];
  const b = createFuncBuilder(f.name, inferWith(ctx.ops), ctx.blobs, { consts: m.consts, nextId: f.nextId });
  const made = new Map<ValueId, Node>();
  const map = new Map<ValueId, ValueId>();
  const uses = countUses(f);
  let changed = false;
  f.params.forEach((p, i) => map.set(p.id, b.param(f.paramNames[i] === p.id.slice(1) ? f.paramNames[i] : p.id.slice(1), p.type)));
  const recording = recordNodes(b, made);
  const at = (id: ValueId): ValueId => (isConst(id) || isAbsent(id) ? id : (map.get(id) ?? id));
  for (const node of f.body) {
    const inputs = node.inputs.map(at);
    const view: SweepView = {
      b: recording,
      node,
      inputs,
      producer: (v) => made.get(v),
      at,
      uses: (v) => uses.get(v) ?? 0,
      loc: (...others) => derivedLoc(pass, [node, ...others]),
    };
    const results = (ctx.fuel?.hasLeft(pass) ?? true) ? rule(view) : null;
    if (results) ctx.fuel?.spend(pass, node.loc);
    if (results) changed = true;
    const values = results ?? (node.op === "call" ? recording.add({ ...node, inputs }) : recording.copy(node, inputs));
    node.outputs.forEach((o, i) => map.set(o.id, values[i]));
  }
  if (!changed) return m;
  const { func, consts } = b.finish(f.results.map(at), f.resultNames);
  return replaceFunc(m, { ...func, paramNames: f.paramNames }, consts);
}

function countUses(f: Func): ReadonlyMap<ValueId, number> {
  const uses = new Map<ValueId, number>();
  for (const id of [...f.body.flatMap((n) => n.inputs), ...f.results]) uses.set(id, (uses.get(id) ?? 0) + 1);
  return uses;
}

/** The builder, noting which node made each value. */
function recordNodes(b: FuncBuilder, made: Map<ValueId, Node>): FuncBuilder {
  const note = (ids: readonly ValueId[], op: string, inputs: readonly ValueId[], attrs: Node["attrs"], loc: Loc) => {
    const node: Node = { op, inputs, attrs, loc, outputs: ids.map((id) => ({ id, type: b.typeOf(id) })) };
    for (const id of ids) made.set(id, node);
    return ids;
  };
  const r: FuncBuilder = {
    ...b,
    nodes: (op, inputs, attrs, loc, hints) => note(b.nodes(op, inputs, attrs, loc, hints), op, inputs, attrs, loc),
    node: (op, inputs, attrs, loc, hint) => r.nodes(op, inputs, attrs, loc, hint ? [hint] : [])[0],
    copy: (node, inputs) => note(b.copy(node, inputs), node.op, inputs, node.attrs, node.loc),
    add: (node) => note(b.add(node), node.op, node.inputs, node.attrs, node.loc),
  };
  return r;
}
