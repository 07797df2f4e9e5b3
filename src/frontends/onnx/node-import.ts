/** The view of one ONNX node that importer rules work on: checked attributes, constant operands, emission with folding. */
import type { Attrs } from "../../ir/attr/attr.js";
import type { FuncBuilder, InferNode } from "../../ir/graph/func-builder.js";
import { isAbsent, type ValueId } from "../../ir/graph/module.js";
import { bytesOf, dataFromBytes, numbersOf, type Tensor, tensorOf } from "../../ir/op/tensor.js";
import { evalWork } from "../../ir/op/work.js";
import type { IrContext } from "../../ir/pass/context.js";
import { byteSize, tensorType } from "../../ir/type/tensor-type.js";
import { fail, type Loc, QcError } from "../../support/diag.js";
import { type Budget, checkSize, LIMITS } from "./limits.js";
import type { ReadRaw } from "./model-file.js";
import { type AttributeProto, type NodeProto, tensorFromProto, toSafeInt } from "./proto.js";
import type { NodeImport } from "./rule.js";

/** Raised by `unsupported`: the driver collects these, so that one run lists all of them. */
export class Unsupported extends Error {
  readonly reason: string;
  readonly help?: string;
  constructor(reason: string, help?: string) {
    super(reason);
    this.reason = reason;
    this.help = help;
  }
}

export interface ImportState {
  readonly ctx: IrContext;
  readonly builder: FuncBuilder;
  /** Typing within the limits. */
  readonly infer: InferNode;
  /** Folder that external data must stay in. */
  readonly folder: string;
  readonly readRaw: ReadRaw;
  /** Graph names that something reads. */
  readonly wanted: ReadonlySet<string>;
  readonly budget: Budget;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

const decoder = new TextDecoder();

/** Values of an integer tensor; INT64_MAX and its like become the largest safe integer. */
function intsOf(t: Tensor): number[] {
  return Array.from(t.data as ArrayLike<number | bigint>, (v) =>
    typeof v === "bigint" ? Number(v > MAX_SAFE ? MAX_SAFE : v < -MAX_SAFE ? -MAX_SAFE : v) : v,
  );
}

export function createNodeImport(
  state: ImportState,
  node: NodeProto,
  opset: number,
  inputs: readonly ValueId[],
  loc: Loc,
): NodeImport {
  const { ctx, builder } = state;
  const attrs = new Map<string, AttributeProto>((node.attribute ?? []).map((a) => [a.name ?? "", a]));
  const malformed = (reason: string): never => fail("QC-ONNX-016", `${node.opType} is malformed: ${reason}`, { loc });
  const required = <T>(name: string, def: T | undefined): T => def ?? malformed(`attribute '${name}' is missing`);
  const known = (v: ValueId): Tensor | null => {
    const c = builder.constOf(v);
    return c ? { type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) } : null;
  };
  const constantOperand = (i: number, what: string): Tensor =>
    known(n.input(i)) ??
    fail(
      "QC-ONNX-018",
      `${node.opType} needs a constant ${what}, but its operand ${i} ('${node.input?.[i]}') is computed at run time`,
      {
        loc,
        help: `if '${node.input?.[i]}' is a graph input, fix its value: --freeze "${node.input?.[i]}=value.npy"`,
      },
    );
  const constant = (t: Tensor): ValueId =>
    builder.constant(t.type, bytesOf(t), node.output?.[0] || node.name || node.opType || "c");
  const hints = (node.output ?? []).map((o) => o || node.opType || "v");

  const n: NodeImport = {
    opType: node.opType ?? "",
    name: loc.node,
    opset,
    numOutputs: node.output?.length ?? 0,
    inputs,
    input: (i) => (inputs[i] === undefined || isAbsent(inputs[i]) ? malformed(`operand ${i} is missing`) : inputs[i]),
    has: (i) => inputs[i] !== undefined && !isAbsent(inputs[i]),
    wants: (i) => state.wanted.has(node.output?.[i] ?? ""),
    type: (v) => (v ? builder.typeOf(v) : malformed("an operand is missing")),
    known,
    knownInts: (i, what) => intsOf(constantOperand(i, what)),
    knownFloats: (i, what) => Array.from(numbersOf(constantOperand(i, what))),
    hasAttr: (name) => attrs.has(name),
    int: (name, def) => (attrs.has(name) ? toSafeInt(attrs.get(name)?.i) : required(name, def)),
    ints: (name, def) => (attrs.has(name) ? (attrs.get(name)?.ints ?? []).map(toSafeInt) : required(name, def)),
    float: (name, def) => (attrs.has(name) ? (attrs.get(name)?.f ?? 0) : required(name, def)),
    floats: (name, def) => (attrs.has(name) ? (attrs.get(name)?.floats ?? []) : required(name, def)),
    string: (name, def) => (attrs.has(name) ? decoder.decode(attrs.get(name)?.s ?? new Uint8Array()) : required(name, def)),
    strings: (name, def) =>
      attrs.has(name) ? (attrs.get(name)?.strings ?? []).map((v) => decoder.decode(v)) : required(name, def),
    tensor: (name) => {
      const t = attrs.get(name)?.t;
      return t ? tensorFromProto(t, state.folder, `${loc.node}.${name}`, state.readRaw) : null;
    },
    emits(op, list, given: Attrs = {}) {
      const operands = list.map((v) => v ?? ""); // a rule may pass on an operand that the node does not have
      const tensors = operands.map((v) => (isAbsent(v) ? null : known(v)));
      // Nodes with constant operands are evaluated within the limits; `dequantize` never is: the quantize pass wants to see stored weights.
      const allKnown = operands.length > 0 && operands.every((v, i) => isAbsent(v) || tensors[i]);
      const def = ctx.ops.get(op);
      if (allKnown && def && !def.traits.includes("effect") && op !== "dequantize") {
        const types = tensors.map((t) => t?.type ?? null);
        const done = state.infer(op, types, given, loc);
        const bytes = done.types.reduce((sum, t) => sum + byteSize(t), 0);
        if (bytes <= LIMITS.foldedBytes && evalWork(def, types, done.types, done.attrs) <= LIMITS.foldedWork) {
          state.budget.countBytes(bytes, loc);
          return def.eval(tensors, done.attrs as never, done.types).map(constant);
        }
      }
      return builder.nodes(op, operands, given, loc, hints);
    },
    emit: (op, operands, given) => n.emits(op, operands, given)[0],
    constant,
    scalar: (dtype, value) => constant(tensorOf(tensorType(dtype, []), [value])),
    array(dtype, shape, values) {
      checkSize(tensorType(dtype, shape), "a constant", loc);
      return constant(tensorOf(tensorType(dtype, shape), values));
    },
    unsupported(reason, help) {
      throw new Unsupported(reason, help);
    },
    malformed,
  };
  return n;
}

export const isUnsupported = (e: unknown): e is Unsupported => e instanceof Unsupported;
export const isCoded = (e: unknown): e is QcError => e instanceof QcError;
