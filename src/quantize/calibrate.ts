import type { Context } from "../context.js";
import type { Module, ValueId } from "../ir/graph/module.js";
import { numbersOf, type TypedArray } from "../ir/op/tensor.js";
import type { Statistics } from "../ir/quant/calibrator.js";
import { isFloat } from "../ir/type/dtype.js";
import { tensorType } from "../ir/type/tensor-type.js";
import { type ObservedPoint, observedNetwork, observerNames } from "../passes/quant/observed-network.js";
import { withObservers } from "../passes/quant/observers.js";
import type { Recipe } from "../passes/quant/recipe/recipe.js";
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
 * What the samples say of every quantization point: the least and the greatest value seen, the mean square, and the own numbers of the point's
 * calibrator. The observed network runs natively, one sample at a time; memory does not grow with their number.
 * `build` makes the module runnable. Errors: QC-QUANT-001 no samples, 002 a value that is not finite.
 */
export async function calibrate(
  m: Module,
  ctx: Context,
  recipe: Recipe,
  samples: CalibrationSamples,
  build: (observed: Module) => Promise<Net>,
): Promise<{ module: Module; statistics: ReadonlyMap<ValueId, Statistics>; count: number }> {
  const { module, points } = observedNetwork(m, ctx, recipe);
  const seen = new Map<ValueId, Statistics>();
  if (points.length === 0) return { module: withObservers(m, seen), statistics: seen, count: 0 };
  const net = await build(module);
  let count = 0;
  try {
    for await (const sample of samples) {
      checkFinite(sample, count, net.inputs);
      if (!sample.continues) net.reset();
      const out = (await net.run(sample.values as never)) as Record<string, Float32Array>;
      for (const point of points) seen.set(point.id, folded(point, seen.get(point.id), out, sample, count));
      count++;
    }
  } finally {
    net.close();
  }
  if (count === 0)
    fail("QC-QUANT-001", "the calibration list holds no samples", {
      help: "--rep_dataset names a text file with one sample a line",
    });
  return { module: withObservers(m, seen), statistics: seen, count };
}

/** The statistics of a point after one more sample. */
function folded(
  { id, elements, calibrator }: ObservedPoint,
  known: Statistics | undefined,
  out: Readonly<Record<string, Float32Array>>,
  sample: CalibrationSample,
  index: number,
): Statistics {
  const [atMin, atMax, atSquares, atElements] = observerNames(id);
  const [min, max, squares] = [atMin, atMax, atSquares].map((name) => out[name][0]);
  const strange = [min, max].find((v) => !Number.isFinite(v)) ?? (Number.isNaN(squares) ? squares : undefined);
  if (strange !== undefined) refuse(sample, index, `makes '${id}' reach ${strange}`);
  const power = known?.power ?? 0;
  return {
    min: Math.min(known?.min ?? min, min),
    max: Math.max(known?.max ?? max, max),
    power: power + (squares / elements - power) / (index + 1),
    samples: index + 1,
    calibrator: calibrator.name,
    data: calibrator.fold?.(known?.data ?? null, out[atElements]) ?? [],
  };
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
