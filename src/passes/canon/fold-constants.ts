import { attr } from "../../ir/attr/attr.js";
import { isAbsent, type ValueId } from "../../ir/graph/module.js";
import { bytesOf, dataFromBytes, type Tensor } from "../../ir/op/tensor.js";
import { evalWork } from "../../ir/op/work.js";
import { definePass } from "../../ir/pass/pass.js";
import { byteSize } from "../../ir/type/tensor-type.js";
import { sweep } from "../rewrite/sweep.js";

/** op(constants) = constant, evaluated by the op's own `eval`. */
export const foldConstants = definePass({
  name: "fold-constants",
  doc: "Evaluates nodes whose operands are all constant, unless the result is larger than `limit` bytes or takes more than `work` steps.",
  options: {
    limit: attr.int("largest result that is folded, in bytes", 64 << 20),
    work: attr.int("elementary steps of the reference interpreter that are worth it", 100_000_000),
    dequantize: attr.bool("false keeps dequantized weights, for the quantize pass to see", true),
  },
  requires: ["flat"],
  establishes: [],
  idempotent: true,
  breaks: ["live", "unique", "bn-folded", "materialized"],
  run: (m, ctx, { limit, work, dequantize }) =>
    sweep(m, ctx, "fold-constants", ({ b, node, inputs }) => {
      const def = ctx.ops.get(node.op);
      if (!def || inputs.length === 0 || (node.op === "dequantize" && !dequantize)) return null;
      const values = inputs.map((v): Tensor | null | undefined => {
        const c = b.constOf(v);
        return isAbsent(v) ? null : c ? { type: c.type, data: dataFromBytes(c.type.dtype, ctx.blobs.get(c.blob)) } : undefined;
      });
      if (values.some((v) => v === undefined)) return null;
      const types = node.outputs.map((o) => o.type);
      if (types.reduce((sum, t) => sum + byteSize(t), 0) > limit) return null;
      const operands = values.map((t) => t?.type ?? null);
      if (evalWork(def, operands, types, node.attrs) > work) return null;
      const results = def.eval(values as (Tensor | null)[], node.attrs as never, types);
      return results.map((t, i): ValueId => b.constant(t.type, bytesOf(t), node.outputs[i].id.slice(1)));
    }),
});
