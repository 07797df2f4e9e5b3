import { isConst, type Module } from "../ir/graph/module.js";
import type { Diag } from "../support/diag.js";

/**
 * The warning QC-QUANT-011 of a model whose activations are integers already, from QuantizeLinear or the QLinear ops of its file; null for others.
 * Whoever quantized it chose its grids on data, and which layers stay in floats: both are kept. A model with nothing but weights quantized
 * is not meant: its weights are kept as they are, and its activations get grids.
 */
export function keptIntegers(canonical: Module): Diag | null {
  const { params, body } = canonical.funcs[0];
  const values = [...params, ...body.flatMap((n) => n.outputs)].filter((v) => !isConst(v.id));
  const integers = values.filter((v) => v.type.quant !== null && v.type.dtype !== "f32");
  if (integers.length === 0) return null;
  return {
    severity: "warning",
    code: "QC-QUANT-011",
    message: `the model is quantized already: ${integers.length} of its values are integers on grids of its own. They are kept, its float layers stay in floats, and no sample is read`,
    help: "to quantize anew, give the float model that it was made from; qc compile builds this one without samples",
  };
}
