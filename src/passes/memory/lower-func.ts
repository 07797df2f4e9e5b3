import { type Func, isConst, type Module } from "../../ir/graph/module.js";
import { hoistConstants } from "../../ir/loop/hoist.js";
import { kernelKey, lowerGroup } from "../../ir/loop/lower-group.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { hasTrait } from "../../ir/op/define.js";
import type { IrContext } from "../../ir/pass/context.js";
import { invariant } from "../../support/assert.js";
import type { LoweredFunc } from "./lowered.js";

/** One private function as a kernel: lowered, constants hoisted, scheduled. */
export function lowerFunc(f: Func, m: Module, ctx: IrContext, schedule: (k: Kernel) => Kernel): LoweredFunc {
  const group = lowerGroup(
    f,
    (id) => m.consts[id]?.type,
    (node, b, io) => {
      const def = ctx.ops.get(node.op);
      invariant(def, `lowering of unknown op ${node.op}`);
      def.lower(b, io, node.attrs as never);
    },
    (node) => {
      const def = ctx.ops.get(node.op);
      return def !== undefined && hasTrait(def, "view");
    },
  );
  const bufferOf = new Map(group.operands.map((o) => [o.value, o.buffer]));
  return {
    kernel: schedule(hoistConstants(group.kernel)),
    ins: f.params.map((p) => bufferOf.get(p.id) ?? null),
    outs: f.results.map((_, i) => `y${i}`),
    consts: Object.fromEntries(group.operands.filter((o) => isConst(o.value)).map((o) => [o.buffer, o.value])),
  };
}

/** Kernels with equal keys are the same code; what prepares their constants may differ. */
export const codeKey = (k: Kernel): string => kernelKey({ ...k, prepare: [] });
