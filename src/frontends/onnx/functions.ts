/** Model-local functions: calls are replaced by the body, with references to the call's attributes resolved. */
import type { Loc } from "../../support/diag.js";
import type { AttributeProto, FunctionProto, NodeProto } from "./proto.js";

/** The body's nodes for one call; names get the call's name as prefix, so that locations stay distinct. */
export function expandFunction(fn: FunctionProto, call: NodeProto, loc: Loc): NodeProto[] {
  const given = new Map((call.attribute ?? []).map((a) => [a.name ?? "", a]));
  const defaults = new Map(((fn as { attributeProto?: AttributeProto[] }).attributeProto ?? []).map((a) => [a.name ?? "", a]));
  const resolve = (a: AttributeProto): AttributeProto[] => {
    if (!a.refAttrName) return [a];
    const value = given.get(a.refAttrName) ?? defaults.get(a.refAttrName);
    return value ? [{ ...value, name: a.name }] : [];
  };
  return (fn.node ?? []).map((n) => ({
    ...n,
    name: `${loc.node}/${n.name || n.output?.[0] || n.opType}`,
    attribute: (n.attribute ?? []).flatMap(resolve),
  }));
}
