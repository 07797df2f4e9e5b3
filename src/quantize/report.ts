import type { Module, ValueId } from "../ir/graph/module.js";
import type { Statistics } from "../ir/quant/calibrator.js";
import { gridSqnr } from "../passes/quant/grids.js";
import type { Measured, MeasuredValue } from "./measure.js";

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
export function quantizationReport(simulated: Module, statistics: ReadonlyMap<ValueId, Statistics>): readonly QuantizedValue[] {
  const entry = simulated.funcs[0];
  const maker = new Map(entry.body.flatMap((n) => n.outputs.map((o) => [o.id, n.loc.node] as const)));
  const name = new Map(entry.params.map((p, i) => [p.id, entry.paramNames[i]]));
  const values = entry.body.flatMap((n): QuantizedValue[] => {
    const [value] = n.inputs;
    const quant = n.op === "quantize" ? n.outputs[0].type.quant : null;
    const seen = statistics.get(value);
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

/** What a quantized build was calibrated on, and what it keeps of the float network's signal on these samples. */
export interface CalibrationReport {
  readonly samples: number;
  /** Samples on which the signal to noise was measured. */
  readonly measured: number;
  /** In dB; null where nothing is lost, or nothing is there. */
  readonly outputs: readonly { readonly node: string; readonly db: number | null }[];
  readonly points: readonly { readonly node: string; readonly db: number | null }[];
}

export function calibrationReport({
  count,
  measured,
}: {
  readonly count: number;
  readonly measured: Measured;
}): CalibrationReport {
  const rounded = (values: readonly MeasuredValue[]) =>
    values.map(({ node, db }) => ({ node, db: Number.isFinite(db) ? Number(db.toFixed(2)) : null }));
  return { samples: count, measured: measured.samples, outputs: rounded(measured.outputs), points: rounded(measured.points) };
}
