import type { Frontend } from "../frontend.js";
import { importOnnxFile } from "./import.js";
import type { ImportRules } from "./rule.js";

/** Wire types of the fields of ModelProto (ONNX 1.19); 7 is the graph. */
const MODEL_FIELDS: Readonly<Record<number, number>> = {
  1: 0,
  2: 2,
  3: 2,
  4: 2,
  5: 0,
  6: 2,
  7: 2,
  8: 2,
  14: 2,
  20: 2,
  25: 2,
  26: 2,
};
const GRAPH = 7;
const IR_VERSION = 1;
/** Longest varint of a length or a version, in bytes. */
const VARINT_BYTES = 10;

/**
 * Do the fields at the head of a protobuf message belong to a ModelProto? They are walked until the graph, which is large, or the end of
 * the head. A message without a graph must name an IR version.
 */
export function looksLikeModel(head: Uint8Array): boolean {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < VARINT_BYTES && at < head.length; i++) {
      const byte = head[at++];
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    return -1;
  };
  const seen = new Set<number>();
  while (at < head.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (tag < 0 || MODEL_FIELDS[field] !== tag % 8) return false;
    if (field === GRAPH) return seen.has(IR_VERSION) || seen.size === 0;
    seen.add(field);
    const value = varint();
    if (value < 0) return false;
    if (tag % 8 === 2) at += value;
  }
  return seen.has(IR_VERSION) && at === head.length;
}

export const onnxFrontend = (rules: ImportRules): Frontend => ({
  name: "onnx",
  doc: "ONNX models",
  endings: [".onnx"],
  detects: looksLikeModel,
  import: (file, ctx, options) => importOnnxFile(file, rules, ctx, options),
});
