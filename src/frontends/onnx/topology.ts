/** Order of ONNX nodes: what the outputs need, producers first. */
import { fail } from "../../support/diag.js";
import type { AttributeProto, GraphProto, NodeProto } from "./proto.js";

/** Names that a node reads, its sub-graphs' free names included. */
export function readsOf(node: NodeProto): string[] {
  const names = (node.input ?? []).filter((n) => n !== "");
  return (node.attribute ?? []).reduce((all, a) => graphsOf(a).reduce((list, g) => list.concat(freeNames(g)), all), names);
}

/** The sub-graphs of an attribute. */
export const graphsOf = (a: AttributeProto): readonly GraphProto[] => [...(a.g ? [a.g] : []), ...(a.graphs ?? [])];

function freeNames(g: GraphProto): string[] {
  const bound = new Set<string>([...(g.input ?? []).map((i) => i.name ?? ""), ...(g.initializer ?? []).map((i) => i.name ?? "")]);
  for (const n of g.node ?? []) for (const o of n.output ?? []) bound.add(o);
  const used = [...(g.node ?? []).flatMap(readsOf), ...(g.output ?? []).map((o) => o.name ?? "")];
  return used.filter((n) => n !== "" && !bound.has(n));
}

/**
 * The nodes that `outputs` depend on, in dependency order (iterative, so depth is no limit). Nodes may stand in any order in the
 * file; a cycle is QC-ONNX-015, a name defined twice QC-ONNX-016.
 */
export function orderedNodes(graph: GraphProto, outputs: readonly string[], file: string): NodeProto[] {
  const nodes = graph.node ?? [];
  const producer = new Map<string, number>();
  nodes.forEach((n, i) => {
    for (const o of n.output ?? []) {
      if (o === "") continue;
      if (producer.has(o)) fail("QC-ONNX-016", `'${o}' is the output of two nodes`, { loc: { file, node: n.name || o } });
      producer.set(o, i);
    }
  });
  const state = new Uint8Array(nodes.length);
  const order: NodeProto[] = [];
  const visit = (root: number) => {
    const stack: { node: number; reads: string[]; next: number }[] = [{ node: root, reads: readsOf(nodes[root]), next: 0 }];
    state[root] = 1;
    while (stack.length) {
      const top = stack[stack.length - 1];
      if (top.next === top.reads.length) {
        state[top.node] = 2;
        order.push(nodes[top.node]);
        stack.pop();
        continue;
      }
      const from = producer.get(top.reads[top.next++]);
      if (from === undefined || state[from] === 2) continue;
      if (state[from] === 1) {
        const names = stack
          .slice(stack.findIndex((s) => s.node === from))
          .map((s) => nodes[s.node].name || nodes[s.node].output?.[0]);
        const way = names.length > 8 ? [...names.slice(0, 8), `... ${names.length - 8} more`] : names;
        fail("QC-ONNX-015", `the graph has a cycle: ${way.join(" -> ")} -> ${names[0]}`, {
          loc: { file, node: String(names[0]) },
          help: "no order of these nodes computes them; the model was edited wrongly",
        });
      }
      state[from] = 1;
      stack.push({ node: from, reads: readsOf(nodes[from]), next: 0 });
    }
  };
  for (const o of outputs) {
    const at = producer.get(o);
    if (at !== undefined && state[at] === 0) visit(at);
  }
  return order;
}
