/** The facts that passes require, establish and break, as checks of a module. */
import { pruneConsts } from "../ir/graph/edit.js";
import { isConst, type Module, type Node, producersOf, type ValueId } from "../ir/graph/module.js";
import { hasTrait } from "../ir/op/define.js";
import type { IrContext } from "../ir/pass/context.js";
import type { Pass, Prop } from "../ir/pass/pass.js";
import type { DType } from "../ir/type/dtype.js";
import { fail, type Loc } from "../support/diag.js";
import { nodeKey } from "./canon/cse.js";
import { dce } from "./canon/dce.js";
import { isObserved } from "./quant/observers.js";

/** What stands against a fact: a sentence, and the node where there is one. */
export interface Violation {
  readonly message: string;
  readonly loc?: Loc;
}

interface Fact {
  /** The fact as a clause about the module. */
  readonly doc: string;
  violation(m: Module, ctx: IrContext): Violation | null;
}

const at = (n: Node | undefined, why: string): Violation | null => (n ? { message: `'${n.op}' ${why}`, loc: n.loc } : null);

export const FACTS: Readonly<Record<Prop, Fact>> = {
  flat: {
    doc: "one function of ops, without calls",
    violation: (m) =>
      at(
        m.funcs[0].body.find((n) => n.op === "call"),
        "stands in the entry: kernels are outlined",
      ),
  },
  wide: {
    doc: "without arithmetic in half precision",
    violation: (m, ctx) =>
      at(
        m.funcs[0].body.find((n) => isHalfArithmetic(n, ctx)),
        "computes in half precision",
      ),
  },
  unique: {
    doc: "without equal nodes",
    violation(m) {
      const seen = new Set<string>();
      const again = m.funcs[0].body.find((n) => {
        if (n.op === "call") return false;
        const key = nodeKey(n, n.inputs);
        return seen.has(key) || !seen.add(key);
      });
      return at(again, "is computed twice from the same operands");
    },
  },
  live: {
    doc: "without dead nodes and unused constants",
    violation(m, ctx) {
      const kept = new Set(dce.run(m, ctx, {}).funcs[0].body);
      const dead = m.funcs[0].body.find((n) => !kept.has(n));
      return at(dead, "makes what nothing uses") ?? (pruneConsts(m) === m ? null : { message: "a constant is unused" });
    },
  },
  "bn-folded": {
    doc: "without BatchNorms that have constant parameters",
    violation: (m, ctx) =>
      at(
        m.funcs[0].body.find((n) => isConstantAffine(n, ctx)),
        "has constant parameters",
      ),
  },
  observed: {
    doc: "calibrated, with the ranges of its values",
    violation: (m) => (isObserved(m) ? null : { message: "it was not calibrated" }),
  },
  materialized: { doc: "one in which every result has memory of its own", violation: sharedResult },
  fused: {
    doc: "a program of kernels: calls and views only",
    violation: (m, ctx) =>
      at(
        m.funcs[0].body.find((n) => n.op !== "call" && !isView(n, ctx)),
        "is in no kernel",
      ),
  },
};

/** An affine op of its own channels, as BatchNorm is, whose parameters are known. */
const isConstantAffine = (n: Node, ctx: IrContext): boolean => {
  const affine = ctx.ops.get(n.op)?.affine;
  return affine?.axis !== undefined && n.inputs.every((v, i) => i === affine.operands[0] || isConst(v));
};

const isView = (n: Node, ctx: IrContext): boolean => {
  const def = ctx.ops.get(n.op);
  return def !== undefined && hasTrait(def, "view");
};

const isHalf = (d: DType | undefined): boolean => d === "f16" || d === "bf16";

/** Casts to and from half precision, and what only moves bits, are no arithmetic. */
function isHalfArithmetic(n: Node, ctx: IrContext): boolean {
  const def = ctx.ops.get(n.op);
  if (!def || (["view", "movement", "transfer"] as const).some((t) => hasTrait(def, t))) return false;
  return n.outputs.some((o) => isHalf(o.type.dtype));
}

function sharedResult(m: Module, ctx: IrContext): Violation | null {
  const f = m.funcs[0];
  const producers = producersOf(f);
  const rootOf = (id: ValueId): ValueId => {
    const p = producers.get(id);
    return p && isView(p, ctx) ? rootOf(p.inputs[0]) : id;
  };
  const taken = new Set<ValueId>();
  for (const [i, id] of f.results.entries()) {
    const root = rootOf(id);
    const where = `result '${f.resultNames[i]}' is`;
    if (isConst(root)) return { message: `${where} a constant` };
    if (!producers.has(root)) return { message: `${where} a parameter` };
    if (taken.has(root)) return { message: `${where} returned twice` };
    taken.add(root);
  }
  return null;
}

/** The facts that hold after a pass over a module of which `before` hold. */
export function factsAfter(pass: Pass, before: ReadonlySet<Prop>): ReadonlySet<Prop> {
  const broken = new Set(pass.breaks ?? []);
  return new Set([...[...before].filter((p) => !broken.has(p)), ...pass.establishes]);
}

/** QC-PASS-006 where a module is not what the next stage takes. */
export function requireFacts(m: Module, ctx: IrContext, facts: readonly Prop[]): void {
  for (const name of facts) {
    const found = FACTS[name].violation(m, ctx);
    if (found)
      fail("QC-PASS-006", `the module is not ${FACTS[name].doc}: ${found.message}`, {
        loc: found.loc,
        help: "end the pipeline with materialize-results,fuse",
      });
  }
}
