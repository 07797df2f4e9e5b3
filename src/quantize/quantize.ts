/** From a canonical float module to one with simulated quantization: calibrate, simulate, repair, measure, and say what was lost. */
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import type { Prop } from "../ir/pass/pass.js";
import { decisionsFor } from "../passes/quant/recipe/decide.js";
import { type Recipe, withRecipe } from "../passes/quant/recipe/recipe.js";
import type { Net } from "../runtime/index.js";
import { fail } from "../support/diag.js";
import { type CalibrationSamples, calibrate } from "./calibrate.js";
import { type Measured, type MeasuredValue, measure } from "./measure.js";
import { type QuantizedValue, quantizationReport } from "./report.js";

/** What quantizing a module needs from the line. */
export interface QuantizeTools {
  readonly ctx: Context;
  /** Opens the samples; called once for each pass over them. */
  samples(): CalibrationSamples;
  /** A module compiled for this machine. */
  build(m: Module): Promise<Net>;
  passes(m: Module, pipeline: string, assumed: readonly Prop[]): Module;
}

export interface Quantized {
  readonly simulated: Module;
  /** Samples of the calibration. */
  readonly count: number;
  readonly values: readonly QuantizedValue[];
  readonly measured: Measured;
}

/** Below this, at a value and at a result, a network is likely to answer wrongly. */
export const LEAST_DB = { point: 15, output: 20 } as const;

/** Warnings: QC-QUANT-004 a name of the recipe that the model lacks, 005 much of the signal is lost, 006 one sample. */
export async function quantizeModule(canonical: Module, recipe: Recipe, tools: QuantizeTools): Promise<Quantized> {
  const { ctx, build } = tools;
  for (const d of decisionsFor(canonical, ctx, recipe).misfits) ctx.report(d);
  const { module, statistics, count } = await calibrate(canonical, ctx, recipe, tools.samples(), build);
  if (count === 1) {
    ctx.report({
      severity: "warning",
      code: "QC-QUANT-006",
      message: "the ranges come from one sample only",
      help: "list 50 to 200 samples that look like what the network will see",
    });
  }
  const start = tools.passes(withRecipe(module, recipe), "fake-quant", ["observed"]);
  const judge = (m: Module) => measure(canonical, m, ctx, tools.samples(), build);
  const { simulated, measured } = await repaired(start, recipe, ctx, judge);
  warnOfLosses(measured, ctx);
  return { simulated, count, values: quantizationReport(simulated, statistics), measured };
}

/** Tries the repairs of the recipe one after the other: each stays where no result loses a tenth of a dB by it. */
async function repaired(
  start: Module,
  recipe: Recipe,
  ctx: Context,
  judge: (m: Module) => Promise<Measured>,
): Promise<{ readonly simulated: Module; readonly measured: Measured }> {
  let [simulated, measured] = [start, await judge(start)];
  for (const name of recipe.repairs) {
    const repair = ctx.quantization.repairs.get(name) ?? fail("QC-QUANT-009", `there is no repair '${name}'`);
    const candidate = repair.apply(simulated, ctx);
    if (candidate === simulated) continue;
    const after = await judge(candidate);
    const isWorse = after.outputs.some((o, i) => o.db < measured.outputs[i].db - 0.1);
    ctx.report({
      severity: "remark",
      code: "QC-QUANT-010",
      message: `repair ${name} ${isWorse ? "is dropped: a result would lose by it" : "is kept"}`,
    });
    if (!isWorse) [simulated, measured] = [candidate, after];
  }
  return { simulated, measured };
}

const MOST_NAMED = 4;

function warnOfLosses({ samples, points, outputs }: Measured, ctx: Context): void {
  const lost = (what: string, values: readonly MeasuredValue[], least: number): void => {
    const low = values.filter((v) => v.db < least).sort((a, b) => a.db - b.db);
    if (low.length === 0) return;
    const named = low.slice(0, MOST_NAMED).map((v) => `'${v.node}' ${v.db.toFixed(1)} dB`);
    const more = low.length > MOST_NAMED ? ` and ${low.length - MOST_NAMED} more` : "";
    ctx.report({
      severity: "warning",
      code: "QC-QUANT-005",
      message: `quantization loses much at ${what}: signal to noise on ${samples} sample${samples === 1 ? "" : "s"} is ${named.join(", ")}${more} (below ${least} dB)`,
      help: `look for outliers among the samples; or keep the worst in floats: ${low[0].users.map((u) => `--keep_float "${u}"`).join(" ")}`,
    });
  };
  lost("a value", points, LEAST_DB.point);
  lost("a result", outputs, LEAST_DB.output);
}
