/** What the rules of arithmetic share: plain operands, axes, chains. */

import type { ValueId } from "../../../ir/graph/module.js";
import { plain } from "../../shared/helpers.js";
import type { NodeImport } from "../rule.js";

/** Operand i as ONNX sees it: its elements, without a quantization that they were given elsewhere. */
export const operand = (n: NodeImport, i: number): ValueId => plain(n, n.input(i));
/** All operands; a node without any is malformed. */
export const operands = (n: NodeImport): ValueId[] => [operand(n, 0), ...n.inputs.slice(1).map((_, i) => operand(n, i + 1))];

/** A constant with one element as a number; null where it is computed or longer. */
export function knownNumber(n: NodeImport, i: number): number | null {
  const t = n.has(i) ? n.known(n.input(i)) : null;
  return t && t.data.length === 1 ? n.knownFloats(i, "scalar")[0] : null;
}
