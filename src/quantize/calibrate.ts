import type { Context } from "../context.js";
import type { Module, ValueId } from "../ir/graph/module.js";
import { numbersOf, type TypedArray } from "../ir/op/tensor.js";
import { isFloat } from "../ir/type/dtype.js";
import { tensorType } from "../ir/type/tensor-type.js";
import type { Observed } from "../passes/quant/grids.js";
import { observe, observerNames } from "../passes/quant/observe.js";
import { withRanges } from "../passes/quant/ranges.js";
import type { Net } from "../runtime/index.js";
import { fail, type TextPos } from "../support/diag.js";

/** One sample for calibration. */
export interface CalibrationSample {
  /** One typed array per model input, by name. */
  readonly values: Readonly<Record<string, ArrayBufferView>>;
  /** It is the next step of the sequence that the sample before belongs to: the network's state is kept. */
  readonly continues?: boolean;
  /** What errors call it: a path. */
  readonly name?: string;
  /** Where it was listed. */
  readonly pos?: TextPos;
}

/** Samples in a stream, so that memory stays bounded. */
export type CalibrationSamples = AsyncIterable<CalibrationSample>;

/**
 * Ranges of every quantization point over the samples: the least and the greatest value seen, and the mean square. The observed network runs natively, one
 * sample at a time; memory does not grow with their number.
 * `build` makes the module runnable. Errors: QC-QUANT-001 no samples, 002 a value that is not finite.
 */
export async function calibrate(
  m: Module,
  ctx: Context,
  samples: CalibrationSamples,
  build: (observed: Module) => Promise<Net>,
): Promise<{ module: Module; count: number }> {
  const { module, points } = observe(m, ctx);
  if (points.length === 0) return { module: m, count: 0 };
  const ranges = new Map<ValueId, Observed>();
  const net = await build(module);
  let count = 0;
  try {
    for await (const sample of samples) {
      checkFinite(sample, count, net.inputs);
      if (!sample.continues) net.reset();
      const out = (await net.run(sample.values as never)) as Record<string, Float32Array>;
      for (const { id, elements } of points) {
        const [min, max, squares] = observerNames(id).map((name) => out[name][0]);
        const strange = [min, max].find((v) => !Number.isFinite(v)) ?? (Number.isNaN(squares) ? squares : undefined);
        if (strange !== undefined) refuse(sample, count, `makes '${id}' reach ${strange}`);
        const known = ranges.get(id) ?? { min, max, power: 0 };
        const power = known.power + (squares / elements - known.power) / (count + 1);
        ranges.set(id, { min: Math.min(known.min, min), max: Math.max(known.max, max), power });
      }
      count++;
    }
  } finally {
    net.close();
  }
  if (count === 0)
    fail("QC-QUANT-001", "the calibration list holds no samples", {
      help: "--rep_dataset names a text file with one sample a line",
    });
  return { module: withRanges(m, ranges), count };
}

/** Every element of every float input is a number: QC-QUANT-002. */
function checkFinite(sample: CalibrationSample, index: number, inputs: Net["inputs"]): void {
  for (const { name, dtype } of inputs) {
    const given = sample.values[name];
    if (!given || !isFloat(dtype)) continue;
    const values = numbersOf({ type: tensorType(dtype, []), data: given as TypedArray });
    const at = values.findIndex((v) => !Number.isFinite(v));
    if (at >= 0) refuse(sample, index, `holds ${values[at]} in '${name}', element ${at}`);
  }
}

function refuse({ name, pos }: CalibrationSample, index: number, what: string): never {
  return fail("QC-QUANT-002", `calibration sample ${index + 1}${name ? ` '${name}'` : ""} ${what}`, {
    pos,
    help: "check the preprocessor, and that the sample is valid",
  });
}
