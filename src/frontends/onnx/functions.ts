/** Model-local functions: a call is replaced by the body, with references to the call's attributes resolved. */
import type { Loc } from "../../support/diag.js";
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from "./proto.js";

/** `domain::name`, the default domain spelled "". */
export const functionKey = (domain: string | null | undefined, name: string | null | undefined): string =>
  `${domain === "ai.onnx" ? "" : (domain ?? "")}::${name ?? ""}`;

/**
 * The body's nodes for one call; names get the call's name as prefix, so that locations stay distinct. An attribute that refers to one of
 * the function takes the call's value, else the function's default, else it is left out.
 */
export function expandFunction(fn: FunctionProto, call: NodeProto, loc: Loc): NodeProto[] {
  const given = new Map((call.attribute ?? []).map((a) => [a.name ?? "", a]));
  const defaults = new Map((fn.attributeProto ?? []).map((a) => [a.name ?? "", a]));
  const resolve = (a: AttributeProto): AttributeProto[] => {
    if (a.refAttrName) {
      const value = given.get(a.refAttrName) ?? defaults.get(a.refAttrName);
      return value ? [{ ...value, name: a.name }] : [];
    }
    return [a.g ? { ...a, g: inGraph(a.g) } : a];
  };
  const inNode = (n: NodeProto): NodeProto => ({ ...n, attribute: (n.attribute ?? []).flatMap(resolve) });
  const inGraph = (g: GraphProto): GraphProto => ({ ...g, node: (g.node ?? []).map(inNode) });
  return (fn.node ?? []).map((n) => ({ ...inNode(n), name: `${loc.node}/${n.name || n.output?.[0] || n.opType}` }));
}
