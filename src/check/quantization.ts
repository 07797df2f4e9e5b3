/** Schemes make grids that hold their ranges, calibrators choose ranges, repairs keep modules whole; and all of them the same each time. */
import type { Module, ValueId } from "../ir/graph/module.js";
import { evaluateModule } from "../ir/op/evaluate.js";
import { createGen, type Gen } from "../ir/op/sample.js";
import { numbersOf } from "../ir/op/tensor.js";
import { verifyModule } from "../ir/op/verify.js";
import type { Calibrator, Range, Statistics } from "../ir/quant/calibrator.js";
import type { Repair } from "../ir/quant/repair.js";
import { GRID_DTYPES, type Scheme, type SchemeOptions } from "../ir/quant/scheme.js";
import { parseModule } from "../ir/text/parse-module.js";
import { printModule } from "../ir/text/print-module.js";
import { dtypeInfo } from "../ir/type/dtype.js";
import { typeText } from "../ir/type/tensor-type.js";
import { runPipeline } from "../passes/manager.js";
import { parsePipeline } from "../passes/pipeline.js";
import { canonicalPipeline } from "../passes/presets.js";
import { withObservers } from "../passes/quant/observers.js";
import { quantPoints } from "../passes/quant/points.js";
import { PRESETS, presetRecipe, withRecipe } from "../passes/quant/recipe/recipe.js";
import { type RandomModule, randomModule } from "./draw/random-module.js";
import { ofModules, type PassContext } from "./passes.js";
import type { Property } from "./property.js";

interface SchemeCase {
  readonly ranges: readonly Range[];
  readonly options: SchemeOptions;
}

/** Wide and narrow, on both sides of zero and on one, empty ones, and those of constants. */
function drawRange(g: Gen): Range {
  const size = 10 ** g.f32({ min: -20, max: 20 });
  const [a, b] = [size * g.f32({ min: 0, max: 1 }), size * g.f32({ min: 0, max: 1 })];
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  return g.pick<Range>([
    { min: -a, max: b },
    { min: -a, max: a },
    { min: 0, max: b },
    { min: -a, max: 0 },
    { min: low, max: high },
    { min: -high, max: -low },
    { min: 0, max: 0 },
    { min: a, max: a },
  ]);
}

function drawScheme(seed: number): SchemeCase {
  const g = createGen(seed);
  const ranges = Array.from({ length: g.pick([1, 1, 2, 5]) }, () => drawRange(g));
  return { ranges, options: { dtype: g.pick(GRID_DTYPES), bits: g.int(2, 8) } };
}

/** A step, and rounding in float32. */
const MOST_STEPS = 1.001;

function gridsDiffer(scheme: Scheme, { ranges, options }: SchemeCase): string | null {
  const grids = scheme.grids(ranges, options);
  if (JSON.stringify(scheme.grids(ranges, options)) !== JSON.stringify(grids)) return "a second call gives other grids";
  const { dtype, lo, hi, scales, zeros } = grids;
  if (dtype !== "i8" && dtype !== "u8") return `its element type is ${String(dtype)}, not i8 or u8`;
  if (options.dtype !== "auto" && dtype !== options.dtype) return `${options.dtype} is asked for, its grid is ${dtype}`;
  const { min, max } = dtypeInfo(dtype);
  if (!(Number.isInteger(lo) && Number.isInteger(hi) && min <= lo && lo < hi && hi <= max))
    return `[${lo}, ${hi}] is no range of ${dtype}`;
  if (hi - lo >= 2 ** options.bits) return `[${lo}, ${hi}] has more than ${options.bits} bits`;
  if (scales.length !== ranges.length || zeros.length !== ranges.length)
    return `${scales.length} scales and ${zeros.length} zero points for ${ranges.length} ranges`;
  for (const [i, scale] of scales.entries()) {
    if (!(Number.isFinite(scale) && scale > 0 && scale === Math.fround(scale))) return `scale ${scale} is no float32 above zero`;
    if (!(Number.isInteger(zeros[i]) && zeros[i] >= lo && zeros[i] <= hi))
      return `zero point ${zeros[i]} lies outside of [${lo}, ${hi}]`;
    const lost = options.dtype === "u8" ? null : endLost(ranges[i], scale, zeros[i], lo, hi);
    if (lost !== null)
      return `${lost} of the range [${ranges[i].min}, ${ranges[i].max}] is more than a step off its grid: scale ${scale}, zero point ${zeros[i]}`;
  }
  return null;
}

/** The end of a range that lies more than a step off the grid; unsigned grids, where they are asked for, hold no negative values. */
function endLost({ min, max }: Range, scale: number, zero: number, lo: number, hi: number): number | null {
  const steps = (x: number): number => {
    const q = Math.max(lo, Math.min(hi, Math.round(x / scale) + zero));
    return Math.abs(q - zero - x / scale);
  };
  return [min, max].find((x) => steps(x) > MOST_STEPS) ?? null;
}

export const schemeHoldsRanges = (scheme: Scheme): Property<SchemeCase> => ({
  name: "grids hold their ranges",
  draw: drawScheme,
  differs: (c) => gridsDiffer(scheme, c),
  size: (c) => c.ranges.length,
  *simpler({ ranges, options }) {
    if (ranges.length > 1) for (const r of ranges) yield { ranges: [r], options };
    if (options.dtype !== "auto") yield { ranges, options: { ...options, dtype: "auto" } };
  },
  text: (c) => JSON.stringify(c),
});

interface CalibratorCase {
  readonly samples: readonly Float32Array[];
}

const drawSamples = (seed: number): CalibratorCase => {
  const g = createGen(seed);
  const length = g.int(1, 24);
  const size = 10 ** g.f32({ min: -6, max: 6 });
  const one = (): number => (g.int(0, 9) === 0 ? 0 : size * g.f32());
  return { samples: Array.from({ length: g.int(1, 16) }, () => Float32Array.from({ length }, one)) };
};

function statisticsOf(calibrator: Calibrator, samples: readonly Float32Array[]): Statistics {
  const all = samples.flatMap((s) => [...s]);
  const data = samples.reduce<readonly number[] | null>((known, s) => calibrator.fold?.(known, s) ?? known, null) ?? [];
  return {
    min: Math.min(...all),
    max: Math.max(...all),
    power: all.reduce((sum, x) => sum + x * x, 0) / all.length,
    samples: samples.length,
    calibrator: calibrator.name,
    data,
  };
}

/** Samples after which a calibrator keeps no more numbers. */
const MANY = 64;
const repeated = (samples: readonly Float32Array[], count: number): readonly Float32Array[] =>
  Array.from({ length: count }, (_, i) => samples[i % samples.length]);

function rangeDiffers(calibrator: Calibrator, { samples }: CalibratorCase): string | null {
  const before = JSON.stringify(samples.map((s) => [...s]));
  const s = statisticsOf(calibrator, samples);
  if (JSON.stringify(samples.map((x) => [...x])) !== before) return "it changes the samples";
  if (!s.data.every((x) => Number.isFinite(x))) return `its numbers are not all finite: ${s.data.slice(0, 8).join(", ")}`;
  const range = calibrator.range(s);
  const again = calibrator.range(statisticsOf(calibrator, samples));
  if (JSON.stringify(again) !== JSON.stringify(range)) return "a second run over the samples gives another range";
  if (!(Number.isFinite(range.min) && Number.isFinite(range.max) && range.min <= range.max))
    return `[${range.min}, ${range.max}] is no range`;
  const [many, twice] = [MANY, 2 * MANY].map((n) => statisticsOf(calibrator, repeated(samples, n)).data.length);
  return twice > many ? `it keeps ${many} numbers of ${MANY} samples and ${twice} of twice as many` : null;
}

export const calibratorGivesRanges = (calibrator: Calibrator): Property<CalibratorCase> => ({
  name: "ranges are finite and the same each time",
  draw: drawSamples,
  differs: (c) => rangeDiffers(calibrator, c),
  size: ({ samples }) => samples.length * samples[0].length,
  *simpler({ samples }) {
    for (let n = 1; n < samples.length; n++) yield { samples: samples.slice(0, n) };
    const { length } = samples[0];
    if (length > 1) yield { samples: samples.map((s) => s.subarray(0, Math.ceil(length / 2))) };
  },
  text: ({ samples }) => samples.map((s) => `[${[...s].join(", ")}]`).join("\n"),
});

/** A drawn network, canonical, observed on its own inputs and with simulated quantization; null where nothing of it is quantized. */
function drawSimulated(ctx: PassContext, seed: number): RandomModule | null {
  const { module, inputs } = randomModule(ctx, seed, { chains: true });
  const run = (m: Module, pipeline: string): Module => runPipeline(m, parsePipeline(pipeline, ctx.passes), ctx);
  const canonical = run(module, canonicalPipeline(2));
  const f = canonical.funcs[0];
  const points = [...quantPoints(f, ctx.ops).points];
  if (points.length === 0) return null;
  const values = evaluateModule({ ...canonical, funcs: [{ ...f, results: points, resultNames: points }] }, ctx, inputs);
  const statistics = new Map<ValueId, Statistics>();
  for (const [i, id] of points.entries()) {
    const x = numbersOf(values[i]).filter((v) => Number.isFinite(v));
    const power = x.reduce((sum, v) => sum + v * v, 0) / Math.max(1, x.length);
    statistics.set(id, { min: Math.min(0, ...x), max: Math.max(0, ...x), power, samples: 1, calibrator: "min-max", data: [] });
  }
  const observed = withRecipe(withObservers(canonical, statistics), presetRecipe(PRESETS[seed % PRESETS.length]));
  return { module: run(observed, "fake-quant"), inputs };
}

function repairDiffers(repair: Repair, ctx: PassContext, { module, inputs }: RandomModule): string | null {
  const print = (m: Module): string => printModule(m, ctx, { locs: true });
  const before = print(module);
  const repaired = repair.apply(module, ctx);
  if (print(module) !== before) return "it changes its argument";
  const [wrong] = verifyModule(repaired, ctx.ops, ctx.blobs);
  if (wrong) return `the result is not well formed: ${wrong.code} ${wrong.message}`;
  if (print(repair.apply(module, ctx)) !== print(repaired)) return "a second call gives another module";
  if (print(parseModule(print(repaired), "check.qc", ctx)) !== print(repaired))
    return "the result reads back from its text as another module";
  const [want, got] = [module, repaired].map((m) => evaluateModule(m, ctx, inputs));
  if (want.length !== got.length) return `${want.length} results, then ${got.length}`;
  for (const [i, t] of want.entries()) {
    if (got[i].type !== t.type) return `result ${i} is ${typeText(t.type)}, then ${typeText(got[i].type)}`;
    const [x, y] = [numbersOf(t), numbersOf(got[i])];
    const lost = x.findIndex((v, k) => Number.isFinite(v) && !Number.isFinite(y[k]));
    if (lost >= 0) return `result ${i}, element ${lost}: ${x[lost]}, then ${y[lost]}`;
  }
  return null;
}

export function repairKeepsModules(repair: Repair, ctx: PassContext): Property<RandomModule> {
  let [changed, seen] = [0, 0];
  return ofModules(ctx, {
    name: "results stay, the same each time",
    draw: (seed) => drawSimulated(ctx, seed),
    differs(m) {
      seen++;
      if (repair.apply(m.module, ctx) !== m.module) changed++;
      return repairDiffers(repair, ctx, m);
    },
    simpler: () => [], // quantize and dequantize nodes belong together
    remark: () => (seen === 0 || changed > 0 ? null : `it repaired none of ${seen} networks`),
  });
}
