/**
 * Where passes meet ops: every op of the registry in front of affine chains, BatchNorm, pads, transposes and residuals, through every preset.
 * An op that no chain draws fails. QC_CHAINS=N draws N chains for each op (default 2) and builds one of each op natively.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runProgram } from "../../src/backends/js/run-program.js";
import { planModule } from "../../src/build/plan.js";
import { openToolchain } from "../../src/build/toolchain.js";
import { buildShared } from "../../src/build/write.js";
import { opChain } from "../../src/check/draw/op-chain.js";
import { createContext } from "../../src/context.js";
import type { Module } from "../../src/ir/graph/module.js";
import type { OpDef } from "../../src/ir/op/define.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { numbersOf, type Tensor, type TypedArray } from "../../src/ir/op/tensor.js";
import { verifyModule } from "../../src/ir/op/verify.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline, type OptLevel } from "../../src/passes/presets.js";
import { load } from "../../src/runtime/index.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";
import { MACHINES } from "../schedules/cpu/machines.js";

const CHAINS = Number(process.env.QC_CHAINS ?? 2);
const ctx = createContext();
const ops = ctx.ops.all() as readonly OpDef[];
/** Every op's first chain is built for this machine in a long run, every sixth op's otherwise. */
const isBuilt = (def: OpDef): boolean => process.env.QC_CHAINS !== undefined || ops.indexOf(def) % 6 === 0;

const run = (m: Module, pipeline: string): Module => {
  const after = runPipeline(m, parsePipeline(pipeline, ctx.passes), ctx);
  expect(verifyModule(after, ctx.ops, ctx.blobs)).toEqual([]);
  return after;
};

const rangeOf = (y: Float64Array): number => y.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);

/** How `got` differs from `want` by more than `share` of the greatest result; null where it does not. */
function apart(want: readonly Tensor[], got: readonly Tensor[], share: number): string | null {
  for (const [r, t] of want.entries()) {
    const [x, y] = [numbersOf(t), numbersOf(got[r])];
    if (x.length !== y.length) return `result ${r}: ${x.length} elements, then ${y.length}`;
    const bound = share * (1 + rangeOf(x));
    const at = x.findIndex(
      (v, i) => !(Object.is(v, y[i]) || Math.abs(v - y[i]) <= bound || (Number.isNaN(v) && Number.isNaN(y[i]))),
    );
    if (at >= 0) return `result ${r}, element ${at}: ${x[at]}, then ${y[at]}`;
  }
  return null;
}

const chainsOf = (def: OpDef) =>
  Array.from({ length: CHAINS }, (_, i) => ({ seed: i + 1, chain: opChain(ctx, def, i + 1) })).flatMap(({ seed, chain }) =>
    chain ? [{ seed, ...chain }] : [],
  );

const PRESETS = ([0, 1, 2, 3] as OptLevel[]).flatMap((level) =>
  (["NCHW", "NHWC"] as const).map((layout) => `${canonicalPipeline(level)},${loweredPipeline(level, layout)}`),
);

const work = mkdtempSync(join(tmpdir(), "qc-chains-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const tools = openToolchain();

/** The lowered module built for this machine and run on the inputs. */
async function native(lowered: Module, inputs: readonly Tensor[], name: string): Promise<Tensor[]> {
  const { program } = planModule(lowered, ctx, (k) => scheduleKernel(k, tools.target).kernel);
  const file = join(work, `${name}.so`);
  buildShared(program, ctx.blobs, tools, file);
  const net = await load(file);
  const { paramNames, resultNames, results, body } = lowered.funcs[0];
  const out = (await net.run(Object.fromEntries(paramNames.map((n, i) => [n, inputs[i].data])) as never)) as Record<
    string,
    TypedArray
  >;
  net.close();
  const types = new Map(body.flatMap((n) => n.outputs.map((o) => [o.id, o.type] as const)));
  return results.map((id, i) => ({ type: types.get(id)!, data: out[resultNames[i]] }));
}

describe("eval(m) = eval(passes(m)) = js(scheduled) = native, every op in front of every neighbourhood, every preset", () => {
  for (const def of ops)
    it(def.name, async () => {
      const chains = chainsOf(def);
      expect(chains.length, "chains drawn").toBeGreaterThan(0);
      for (const { module, inputs, seed } of chains) {
        const want = evaluateModule(module, ctx, inputs);
        for (const preset of PRESETS) {
          const after = run(module, preset);
          expect(apart(want, evaluateModule(after, ctx, inputs), 1e-4), `${def.name}, seed ${seed}, ${preset}`).toBeNull();
          if (preset !== PRESETS[PRESETS.length - 1]) continue;
          const { program } = planModule(after, ctx, (k) => scheduleKernel(k, MACHINES.avx2).kernel);
          expect(apart(want, runProgram(program, ctx.blobs, inputs), 1e-4), `${def.name}, seed ${seed}, scheduled`).toBeNull();
          if (seed !== 1 || !isBuilt(def)) continue;
          const got = await native(after, inputs, `${def.name}-${seed}`);
          expect(apart(want, got, 1e-4), `${def.name}, seed ${seed}, native`).toBeNull();
        }
      }
    });
});
