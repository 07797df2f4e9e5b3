import type { Module } from "../ir/graph/module.js";
import { gridSqnr } from "../passes/quant/grids.js";
import { rangeOf } from "../passes/quant/ranges.js";

/** One value that the quantizer put on an 8-bit grid. */
export interface QuantizedValue {
  /** The source node that makes it, or the input's name. */
  readonly node: string;
  readonly value: string;
  readonly dtype: string;
  readonly scale: number;
  readonly zero: number;
  /** Observed over the calibration samples. */
  readonly min: number;
  readonly max: number;
  /** Signal to quantization noise on this grid, in dB: low ones are where accuracy goes. */
  readonly sqnrDb: number;
}

/** Every activation grid of a simulated-quantization module, the noisiest first. */
export function quantizationReport(simulated: Module): readonly QuantizedValue[] {
  const entry = simulated.funcs[0];
  const maker = new Map(entry.body.flatMap((n) => n.outputs.map((o) => [o.id, n.loc.node] as const)));
  const name = new Map(entry.params.map((p, i) => [p.id, entry.paramNames[i]]));
  const values = entry.body.flatMap((n): QuantizedValue[] => {
    const [value] = n.inputs;
    const quant = n.op === "quantize" ? n.outputs[0].type.quant : null;
    const seen = rangeOf(simulated, value);
    if (quant?.kind !== "tensor" || !seen) return [];
    const { dtype } = n.outputs[0].type;
    const { scale, zero } = quant;
    const sqnrDb = seen.power > 0 ? Number(gridSqnr(seen.power, { dtype, scale, zero }).toFixed(2)) : 0;
    return [
      { node: maker.get(value) ?? name.get(value) ?? value, value, dtype, scale, zero, min: seen.min, max: seen.max, sqnrDb },
    ];
  });
  return values.sort((a, b) => a.sqnrDb - b.sqnrDb);
}
