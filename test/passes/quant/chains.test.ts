/**
 * Where quantizers meet ops: every op of the registry in front of affine chains, BatchNorm, pads, transposes, residuals and a last sum of products,
 * through every preset of decisions. QC_CHAINS=N draws N chains for each op and preset (default 1).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "../../../src/backends/js/run-program.js";
import { planModule } from "../../../src/build/plan.js";
import { openToolchain } from "../../../src/build/toolchain.js";
import { buildShared } from "../../../src/build/write.js";
import { opChain } from "../../../src/check/draw/op-chain.js";
import { difference } from "../../../src/check/same-values.js";
import { createContext } from "../../../src/context.js";
import { type Module, type Node, producersOf, type ValueId } from "../../../src/ir/graph/module.js";
import { hasTrait, type OpDef } from "../../../src/ir/op/define.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { numbersOf, type Tensor, type TypedArray, tensorOf } from "../../../src/ir/op/tensor.js";
import { verifyModule } from "../../../src/ir/op/verify.js";
import type { IrContext } from "../../../src/ir/pass/context.js";
import type { Prop } from "../../../src/ir/pass/pass.js";
import { isFloat } from "../../../src/ir/type/dtype.js";
import { quantAt } from "../../../src/ir/type/quant.js";
import { runPipeline } from "../../../src/passes/manager.js";
import { parsePipeline } from "../../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../../src/passes/presets.js";
import { integerForm } from "../../../src/passes/quant/points.js";
import { PRESETS, type Preset, presetRecipe, withRecipe } from "../../../src/passes/quant/recipe/recipe.js";
import { calibrate } from "../../../src/quantize/calibrate.js";
import { load } from "../../../src/runtime/index.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { QcError } from "../../../src/support/diag.js";
import { joinModules } from "../../helpers/join-modules.js";
import { referenceNet } from "../../quantize/reference-net.js";
import { MACHINES } from "../../schedules/cpu/machines.js";

const CHAINS = Number(process.env.QC_CHAINS ?? 1);
/** Chains that reach a NaN or an infinity have no ranges: others are drawn instead, so many for each one wanted. */
const DRAWS = 6;
const ctx = createContext();
const ops = ctx.ops.all() as readonly OpDef[];

const run = (m: Module, pipeline: string, assumed: readonly Prop[] = []): Module => {
  const after = runPipeline(m, parsePipeline(pipeline, ctx.passes), ctx, [], assumed);
  expect(verifyModule(after, ctx.ops, ctx.blobs)).toEqual([]);
  return after;
};

interface Quantized {
  readonly what: string;
  readonly inputs: readonly Tensor[];
  readonly float: Module;
  readonly simulated: Module;
  readonly lowered: Module;
  /** Are its results the same bits on every target? */
  readonly exact: boolean;
}

/** The chain of this seed, calibrated on its inputs; null where it has none, or where a value on the way is not finite. */
async function quantized(def: OpDef, seed: number, preset: Preset): Promise<Quantized | null> {
  const chain = opChain(ctx, def, seed, "contraction");
  if (!chain) return null;
  const g = createGen(seed);
  const level = g.pick([1, 2, 3, 3] as OptLevel[]);
  const float = run(chain.module, canonicalPipeline(level));
  const [{ paramNames }] = float.funcs;
  const sample = { values: Object.fromEntries(paramNames.map((n, i) => [n, chain.inputs[i].data])) };
  const recipe = presetRecipe(preset);
  const samples = async function* () {
    yield sample;
  };
  const observed = await calibrate(float, ctx, recipe, samples(), async (m) => referenceNet(m, ctx)).catch((e: unknown) => {
    if (e instanceof QcError && e.diags[0].code === "QC-QUANT-002") return null;
    throw e;
  });
  if (!observed || !evaluateModule(float, ctx, chain.inputs).every((t) => numbersOf(t).every(Number.isFinite))) return null;
  const simulated = run(withRecipe(observed.module, recipe), "fake-quant", ["observed"]);
  const lowered = run(simulated, loweredPipeline(level, g.pick(["NCHW", "NHWC"] as const)));
  return {
    what: `${def.name}, seed ${seed}, ${preset}`,
    inputs: chain.inputs,
    float,
    simulated,
    lowered,
    exact: isExact(run(simulated, "quantize,fold-constants,dce")),
  };
}

async function chainsOf(def: OpDef, preset: Preset): Promise<readonly Quantized[]> {
  const found: Quantized[] = [];
  const first = 1000 * (ops.indexOf(def) + ops.length * PRESETS.indexOf(preset));
  for (let seed = first; found.length < CHAINS && seed < first + DRAWS * CHAINS; seed++) {
    const q = await quantized(def, seed, preset);
    if (q) found.push(q);
  }
  return found;
}

/** The context with every dequantized value moved by up to `steps` steps of its grid, differently at every use. */
function dithered(seed: number, steps: number): IrContext {
  const g = createGen(seed);
  const dequantize = ctx.ops.get("dequantize")!;
  const noisy: OpDef = {
    ...(dequantize as OpDef),
    eval([x], attrs, types) {
      const [y] = dequantize.eval([x], attrs as never, types);
      const quant = x!.type.quant!;
      const axis = quant.kind === "axis" ? quant.axis : -1;
      const inner = axis < 0 ? 1 : x!.type.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const channel = (i: number) => (axis < 0 ? 0 : Math.floor(i / inner) % x!.type.shape[axis]);
      return [
        tensorOf(
          y.type,
          numbersOf(y).map((v, i) => v + g.f32({ min: -steps, max: steps }) * quantAt(quant, channel(i)).scale),
        ),
      ];
    },
  };
  return { ...ctx, ops: { ...ctx.ops, get: (name) => (name === "dequantize" ? (noisy as never) : ctx.ops.get(name)) } };
}

/** Of each result, how far it moves where every value on a grid moves by up to two steps. */
function sensitivity({ simulated, inputs }: Quantized): readonly number[] {
  const base = evaluateModule(simulated, ctx, inputs).map((t) => numbersOf(t));
  const moved = base.map(() => 0);
  for (let seed = 0; seed < 8; seed++)
    evaluateModule(simulated, dithered(seed, 2), inputs).forEach((t, r) => {
      numbersOf(t).forEach((v, i) => (moved[r] = Math.max(moved[r], Math.abs(v - base[r][i]) || 0)));
    });
  return moved;
}

/** Fails where a result of `got` is further from `want` than the grids explain. */
function expectNear(want: readonly Tensor[], got: readonly Tensor[], moved: readonly number[], what: string): void {
  for (const [r, t] of want.entries()) {
    const [x, y] = [numbersOf(t), numbersOf(got[r])];
    const range = x.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const worst = x.reduce((m, v, i) => Math.max(m, Object.is(v, y[i]) ? 0 : Math.abs(v - y[i])), 0);
    expect(worst, `${what}, result ${r} of range ${range}`).toBeLessThanOrEqual(2 * moved[r] + 1e-4 * (1 + range));
  }
}

/**
 * Integers are the same bits on every target, and floats made of such by single IEEE operations or by moving them: an element-wise op
 * that needs no table, or one that keeps a grid with these attributes. Sums of floats, and functions that every target approximates, are not.
 */
function isExact(m: Module): boolean {
  const [f] = m.funcs;
  const makers = producersOf(f);
  const known = new Map<ValueId, boolean>();
  const exact = (v: ValueId): boolean => {
    const n = makers.get(v);
    if (!n) return true;
    const before = known.get(v) ?? (singleOperation(n) && n.inputs.every(exact));
    known.set(v, before);
    return before;
  };
  return f.results.every(exact);
}

function singleOperation(n: Node): boolean {
  const def = ctx.ops.get(n.op)!;
  if (["quantize", "dequantize", "requantize", "with_quant"].includes(n.op) || !isFloat(n.outputs[0].type.dtype)) return true;
  return integerForm(n, ctx.ops)?.form === "same-grid" || (hasTrait(def, "elementwise") && def.quantize?.form !== "table");
}

const work = mkdtempSync(join(tmpdir(), "qc-quant-chains-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const tools = openToolchain();

/** One build of all of them for this machine, and its results on their inputs, module by module. */
async function native(modules: readonly Quantized[], name: string): Promise<Tensor[][]> {
  const joined = run(
    joinModules(
      modules.map((q) => q.simulated),
      ctx,
    ),
    loweredPipeline(),
  );
  const { program } = planModule(joined, ctx, (k) => scheduleKernel(k, tools.target).kernel);
  const file = join(work, `${name}.so`);
  buildShared(program, ctx.blobs, tools, file);
  const net = await load(file);
  const inputs = modules.flatMap((q) => q.inputs);
  const { paramNames, resultNames } = joined.funcs[0];
  const out = (await net.run(Object.fromEntries(paramNames.map((n, i) => [n, inputs[i].data])) as never)) as Record<
    string,
    TypedArray
  >;
  net.close();
  const results = resultNames.map((n) => out[n]);
  return modules.map((q) => evaluateModule(q.lowered, ctx, q.inputs).map(({ type }) => ({ type, data: results.shift()! })));
}

/** Ops in groups that one build runs. */
const GROUPS = Array.from({ length: 4 }, (_, g) => ops.filter((_, i) => i % 4 === g));
const counts = { chains: 0, exact: 0, integer: 0 };

describe("eval(m) is near eval(quantized), which is js(scheduled) and native to the bit, every op in front of every neighbourhood", () => {
  describe.each(PRESETS)("%s", (preset) => {
    GROUPS.forEach((group, at) =>
      it(`${group[0].name} .. ${group[group.length - 1].name}`, async () => {
        const all = (await Promise.all(group.map((def) => chainsOf(def, preset)))).flat();
        const moved = all.map(sensitivity);
        const want = all.map((q) => evaluateModule(q.lowered, ctx, q.inputs));
        all.forEach((q, i) => {
          expectNear(evaluateModule(q.float, ctx, q.inputs), want[i], moved[i], q.what);
          const { program } = planModule(q.lowered, ctx, (k) => scheduleKernel(k, MACHINES.avx2).kernel);
          const got = runProgram(program, ctx.blobs, q.inputs);
          if (q.exact) expect(difference(want[i], got), `${q.what}, scheduled`).toBeNull();
          else expectNear(want[i], got, moved[i], `${q.what}, scheduled`);
        });
        for (const [i, got] of (await native(all, `${preset}-${at}`)).entries()) {
          counts.chains++;
          if (all[i].lowered.funcs.some((f) => f.body.some((n) => n.outputs[0].type.dtype === "i32"))) counts.integer++;
          if (all[i].exact) {
            counts.exact++;
            expect(difference(want[i], got), `${all[i].what}, native`).toBeNull();
          } else expectNear(want[i], got, moved[i], `${all[i].what}, native`);
        }
      }),
    );
  });
  it("most of the chains are integers, and compared to the bit", () => {
    expect(counts.chains).toBeGreaterThan(2.5 * ops.length);
    expect(counts.integer).toBeGreaterThan(0.8 * counts.chains);
    expect(counts.exact).toBeGreaterThan(0.4 * counts.chains);
  });
});
