/** The view of one ONNX node that importer rules work on: checked attributes, constant operands, emission with folding. */
import { isAbsent, type ValueId } from "../../ir/graph/module.js";
import { numbersOf, type Tensor } from "../../ir/op/tensor.js";
import { fail, type Loc } from "../../support/diag.js";
import { createEmitter, type EmitState } from "../shared/emitter.js";
import type { DataFolder } from "./external-data.js";
import type { ReadRaw } from "./model-file.js";
import { type AttributeProto, type NodeProto, tensorFromProto, toSafeInt } from "./proto.js";
import type { NodeImport } from "./rule.js";
import { tensorFromSparse } from "./sparse.js";

export interface ImportState extends EmitState {
  readonly folder: DataFolder;
  /** The inputs of the graph that stay inputs; filled before the first node is imported. */
  readonly params: Set<ValueId>;
  readonly readRaw: ReadRaw;
  /** Graph names that something reads. */
  readonly wanted: ReadonlySet<string>;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const decoder = new TextDecoder();

/** Values of an integer tensor; INT64_MAX and its like become the largest safe integer. */
function intsOf(t: Tensor): number[] {
  return Array.from(t.data as ArrayLike<number | bigint>, (v) =>
    typeof v === "bigint" ? Number(v > MAX_SAFE ? MAX_SAFE : v < -MAX_SAFE ? -MAX_SAFE : v) : v,
  );
}

/** What makes an operand constant: only an input can be frozen. */
const adviceFor = (name: string, isInput: boolean): string =>
  isInput
    ? `'${name}' is an input of the model: fix its value with --freeze "${name}=value.npy"`
    : `'${name}' is computed from the inputs: export the model with fixed sizes, so that it becomes a constant`;

export function createNodeImport(
  state: ImportState,
  node: NodeProto,
  opset: number,
  inputs: readonly ValueId[],
  loc: Loc,
): NodeImport {
  const attrs = new Map<string, AttributeProto>((node.attribute ?? []).map((a) => [a.name ?? "", a]));
  const twice = (node.attribute ?? []).find((a) => attrs.get(a.name ?? "") !== a);
  const opType = node.opType ?? "";
  const outputs = node.output ?? [];
  const emitter = createEmitter(state, {
    op: opType,
    loc,
    hints: outputs.map((o) => o || opType || "v"),
    constantHint: outputs[0] || node.name || opType || "c",
  });
  const { known, malformed } = emitter;
  if (twice) malformed(`attribute '${twice.name}' is given twice`);
  const required = <T>(name: string, def: T | undefined): T => def ?? malformed(`attribute '${name}' is missing`);
  const isPresent = (i: number): boolean => inputs[i] !== undefined && !isAbsent(inputs[i]);
  const input = (i: number): ValueId => (isPresent(i) ? inputs[i] : malformed(`operand ${i} is missing`));
  const constantOperand = (i: number, what: string, help?: string): Tensor =>
    known(input(i)) ??
    fail(
      state.codes.notConstant,
      `${node.opType} needs a constant ${what}, but its operand ${i} ('${node.input?.[i]}') is computed at run time`,
      {
        loc,
        help: help ?? adviceFor(node.input?.[i] ?? "", state.params.has(input(i))),
      },
    );

  return {
    ...emitter,
    opType,
    name: loc.node,
    warn(message, help) {
      state.ctx.report({ severity: "warning", code: "QC-ONNX-024", message: `${opType}: ${message}`, loc, help });
    },
    opset,
    numOutputs: outputs.length,
    inputs,
    input,
    has: isPresent,
    isInput: (i) => isPresent(i) && state.params.has(inputs[i]),
    names: (i) => (outputs[i] ?? "") !== "",
    wants: (i) => state.wanted.has(outputs[i] ?? ""),
    knownInts: (i, what, help) => intsOf(constantOperand(i, what, help)),
    knownFloats: (i, what, help) => Array.from(numbersOf(constantOperand(i, what, help))),
    hasAttr: (name) => attrs.has(name),
    int: (name, def) => (attrs.has(name) ? toSafeInt(attrs.get(name)?.i) : required(name, def)),
    ints: (name, def) => (attrs.has(name) ? (attrs.get(name)?.ints ?? []).map(toSafeInt) : required(name, def)),
    float: (name, def) => (attrs.has(name) ? (attrs.get(name)?.f ?? 0) : required(name, def)),
    floats: (name, def) => (attrs.has(name) ? (attrs.get(name)?.floats ?? []) : required(name, def)),
    string: (name, def) => (attrs.has(name) ? decoder.decode(attrs.get(name)?.s ?? new Uint8Array()) : required(name, def)),
    strings: (name, def) =>
      attrs.has(name) ? (attrs.get(name)?.strings ?? []).map((v) => decoder.decode(v)) : required(name, def),
    sparseTensor: (name) => {
      const t = attrs.get(name)?.sparseTensor;
      return t ? tensorFromSparse(t, state.folder, `${loc.node}.${name}`, state.readRaw) : null;
    },
    tensor: (name) => {
      const t = attrs.get(name)?.t;
      return t ? tensorFromProto(t, state.folder, `${loc.node}.${name}`, state.readRaw) : null;
    },
  };
}
