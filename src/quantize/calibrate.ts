import type { Context } from "../context.js";
import type { Module, ValueId } from "../ir/graph/module.js";
import type { Observed } from "../passes/quant/grids.js";
import { observe, observerNames } from "../passes/quant/observe.js";
import { withRanges } from "../passes/quant/ranges.js";
import type { Net } from "../runtime/index.js";
import { fail } from "../support/diag.js";

/** Samples for calibration, each one typed array per model input by name, in a stream so that memory stays bounded. */
export type CalibrationSamples = AsyncIterable<Readonly<Record<string, ArrayBufferView>>>;

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
      const out = (await net.run(sample as never)) as Record<string, Float32Array>;
      for (const { id, elements } of points) {
        const [min, max, squares] = observerNames(id).map((name) => out[name][0]);
        if (!Number.isFinite(min) || !Number.isFinite(max)) {
          fail("QC-QUANT-002", `calibration sample ${count + 1} makes '${id}' reach ${Number.isFinite(min) ? max : min}`, {
            help: "check the preprocessor, and that the sample is valid",
          });
        }
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
