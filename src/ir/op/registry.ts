import { fail } from "../../support/diag.js";
import { type AttrSchema, type Attrs, completeAttrs } from "../attr/attr.js";
import type { TensorType } from "../type/tensor-type.js";
import type { InferFail, OpDef } from "./define.js";

export interface OpRegistry {
  /** Adds an op; a second owner of the same name is an error that names both. */
  add(def: OpDef<AttrSchema>, owner: string): void;
  get(name: string): OpDef<AttrSchema> | undefined;
  all(): readonly OpDef<AttrSchema>[];
  ownerOf(name: string): string | undefined;
}

export function createOpRegistry(): OpRegistry {
  const ops = new Map<string, { def: OpDef<AttrSchema>; owner: string }>();
  return {
    add(def, owner) {
      const known = ops.get(def.name);
      if (known)
        fail("QC-RULE-001", `op '${def.name}' is defined twice: by ${known.owner} and by ${owner}`, {
          help: "rename one of the two, or load only one of their owners",
        });
      ops.set(def.name, { def, owner });
    },
    get: (name) => ops.get(name)?.def,
    all: () => [...ops.values()].map((e) => e.def),
    ownerOf: (name) => ops.get(name)?.owner,
  };
}

/** Result types and completed attributes of one application; `fail` reports arity, attributes and typing. */
export function inferOp(
  def: OpDef<AttrSchema>,
  types: readonly (TensorType | null)[],
  given: Attrs,
  fail: InferFail,
): { types: readonly TensorType[]; attrs: Attrs } {
  const attrs = completeAttrs(def.attrs, given);
  if (typeof attrs === "string") return fail("QC-IR-010", `${def.name}: ${attrs}`);
  const variadic = def.operands.at(-1)?.variadic ?? false;
  const required = def.operands.filter((o) => !o.optional && !o.variadic).length;
  if (types.length < required || (!variadic && types.length > def.operands.length)) {
    return fail("QC-IR-011", `${def.name} takes ${required}${variadic ? " or more" : ""} operands, got ${types.length}`);
  }
  def.operands.forEach((o, i) => {
    if (!o.optional && !o.variadic && types[i] === null) fail("QC-IR-012", `${def.name}: operand '${o.name}' is absent`);
  });
  return { types: def.infer(types, attrs as never, fail), attrs };
}
