import { fail, type Loc } from "../../support/diag.js";
import type { Attrs } from "../attr/attr.js";
import type { BlobStore } from "../blob/blob-store.js";
import { type TensorType, tensorType } from "../type/tensor-type.js";
import { type Constant, type Func, isAbsent, isConst, type Module, type Node, type Value, type ValueId } from "./module.js";

/** What the builder asks of the op registry: result types and completed attributes; throws a diagnostic at `loc`. */
export type InferNode = (
  op: string,
  types: readonly (TensorType | null)[],
  attrs: Attrs,
  loc: Loc,
) => { types: readonly TensorType[]; attrs: Attrs };

/** Appends nodes to one function, inferring every type. Value names are made from hints and kept unique. */
export interface FuncBuilder {
  param(name: string, type: TensorType): ValueId;
  /** Adds a node and returns its output ids. */
  nodes(op: string, inputs: readonly ValueId[], attrs: Attrs, loc: Loc, hints?: readonly string[]): readonly ValueId[];
  /** The same for ops of one result. */
  node(op: string, inputs: readonly ValueId[], attrs: Attrs, loc: Loc, hint?: string): ValueId;
  /** Adds an existing node unchanged but for its operands; result ids stay when free. */
  copy(node: Node, inputs: readonly ValueId[]): readonly ValueId[];
  /** Adds a node as it stands, its result types given: for `call`, whose types are its callee's. */
  add(node: Node): readonly ValueId[];
  constant(type: TensorType, bytes: Uint8Array, hint?: string): ValueId;
  /** Adopts a constant of another module over the same blob store. */
  adopt(c: Constant, hint?: string): ValueId;
  typeOf(id: ValueId): TensorType;
  constOf(id: ValueId): Constant | null;
  finish(
    results: readonly ValueId[],
    resultNames: readonly string[],
  ): { func: Func; consts: Readonly<Record<ValueId, Constant>> };
}

const SAFE = /[^A-Za-z0-9_.]/g;

/** A legal value name close to `hint`. */
export const safeName = (hint: string): string => {
  const s = hint.replace(SAFE, "_");
  return /^[A-Za-z_]/.test(s) ? s : `v${s}`;
};

export function createFuncBuilder(
  name: string,
  infer: InferNode,
  blobs: BlobStore,
  base: { consts?: Module["consts"]; nextId?: number } = {},
): FuncBuilder {
  const params: Value[] = [];
  const paramNames: string[] = [];
  const body: Node[] = [];
  const types = new Map<ValueId, TensorType>();
  const consts: Record<ValueId, Constant> = { ...base.consts };
  let nextId = base.nextId ?? 0;
  const contentKey = (c: Constant) => `${c.blob} ${c.type.dtype}[${c.type.shape}]${JSON.stringify(c.type.quant)}`;
  for (const [id, c] of Object.entries(consts)) types.set(id, c.type);
  let known: Map<string, ValueId> | null = null; // most functions are rebuilt without a new constant
  const byContent = (): Map<string, ValueId> => {
    known ??= new Map(Object.entries(consts).map(([id, c]) => [contentKey(c), id]));
    return known;
  };

  const fresh = (sigil: "%" | "#", hint: string): ValueId => {
    const wanted = `${sigil}${safeName(hint)}`;
    if (!types.has(wanted)) return wanted;
    for (;;) {
      const id = `${wanted}_${nextId++}`;
      if (!types.has(id)) return id;
    }
  };
  const typeOf = (id: ValueId): TensorType =>
    types.get(id) ?? fail("QC-IR-001", `value '${id}' is used before it is defined in function '${name}'`);
  const operandTypes = (inputs: readonly ValueId[]) => inputs.map((i) => (isAbsent(i) ? null : typeOf(i)));
  const define = (node: Node): readonly ValueId[] => {
    for (const o of node.outputs) types.set(o.id, o.type);
    body.push(node);
    return node.outputs.map((o) => o.id);
  };

  const b: FuncBuilder = {
    param(paramName, type) {
      const id = fresh("%", paramName);
      types.set(id, type);
      params.push({ id, type });
      paramNames.push(paramName);
      return id;
    },
    nodes(op, inputs, attrs, loc, hints = []) {
      const done = infer(op, operandTypes(inputs), attrs, loc);
      const outputs = done.types.map((type, i) => {
        const id = fresh("%", hints[i] ?? op);
        types.set(id, type);
        return { id, type };
      });
      return define({ op, inputs: [...inputs], attrs: done.attrs, outputs, loc });
    },
    node: (op, inputs, attrs, loc, hint) => b.nodes(op, inputs, attrs, loc, hint ? [hint] : [])[0],
    copy(node, inputs) {
      const unchanged = inputs.every((id, i) => id === node.inputs[i]) && node.outputs.every((o) => !types.has(o.id));
      const sameTypes =
        unchanged && infer(node.op, operandTypes(inputs), node.attrs, node.loc).types.every((t, i) => t === node.outputs[i].type);
      if (sameTypes) return define(node);
      return b.nodes(
        node.op,
        inputs,
        node.attrs,
        node.loc,
        node.outputs.map((o) => o.id.slice(1)),
      );
    },
    add: define,
    constant: (type, bytes, hint) =>
      b.adopt({ type: tensorType(type.dtype, type.shape, type.quant), blob: blobs.put(bytes) }, hint),
    adopt(c, hint = "c") {
      const key = contentKey(c);
      const same = byContent().get(key);
      if (same) return same;
      const id = fresh("#", hint);
      consts[id] = c;
      types.set(id, c.type);
      byContent().set(key, id);
      return id;
    },
    typeOf,
    constOf: (id) => (isConst(id) ? (consts[id] ?? null) : null),
    finish(results, resultNames) {
      results.forEach(typeOf);
      return {
        func: { name, params, body, results: [...results], paramNames, resultNames: [...resultNames], nextId },
        consts,
      };
    },
  };
  return b;
}
