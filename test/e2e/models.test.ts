/** Every real ONNX network of the set beside the repository: compiled in this process, run natively, equal to what was recorded. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compileModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";
import { load, type Net, type TypedArray } from "../../src/runtime/index.js";
import { QcError } from "../../src/support/diag.js";
import type { NdArray } from "../../src/support/npy.js";
import {
  inputShapes,
  isQuantized,
  numbers,
  onnxModels,
  pathOf,
  type RecordedCase,
  recordedCases,
  type SharedModel,
  stepOf,
} from "./shared-models.js";

const MAX_UNSUPPORTED = 6;
/** Steps of a stream that are compared: errors of the state grow, so the last matters most; these networks have 20 to 25. */
const MAX_STEPS = 25;
/** ONNX Runtime's sigmoid is off by as much near 0: yunet's obj_32 reaches 4.4e-4 and is 1e-7 off there, our exact reference agrees with qc. */
const SIGMOID_ERROR = 2 ** -23;

const models = onnxModels().filter((m) => m.references);
const work = mkdtempSync(join(tmpdir(), "qc-models-"));
const unsupported: string[] = [];
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Largest and mean difference as shares of the output's range, and how many values break rtol 1e-3, atol 1e-4 of the range. */
interface Difference {
  readonly worst: number;
  readonly mean: number;
  readonly bad: number;
}

function difference(got: TypedArray, want: NdArray): Difference {
  expect(got.length).toBe(want.data.length);
  const [a, b] = [numbers(want.dtype, got), numbers(want.dtype, want.data)];
  const finite = b.filter(Number.isFinite);
  const [lo, hi] = [finite.reduce((p, v) => Math.min(p, v), Infinity), finite.reduce((p, v) => Math.max(p, v), -Infinity)];
  const range = Math.max(hi - lo, Math.abs(hi), Math.abs(lo), 1e-12);
  const [result, sum] = [{ worst: 0, mean: 0, bad: 0 }, { value: 0 }];
  a.forEach((v, i) => {
    const d = Object.is(v, b[i]) || v === b[i] ? 0 : Math.abs(v - b[i]);
    if (!(d <= 1e-4 * range + 1e-3 * Math.abs(b[i]) + SIGMOID_ERROR)) result.bad++;
    result.worst = Math.max(result.worst, Number.isNaN(d) ? Infinity : d / range);
    sum.value += d / range;
  });
  return { ...result, mean: sum.value / Math.max(1, a.length) };
}

const named = (net: Net, data: (i: number) => TypedArray): Record<string, TypedArray> =>
  Object.fromEntries(net.inputs.map((spec, i) => [spec.name, data(i)]));

/** Runs one case, step by step where the network is fed so, its states carried over. */
function* runCase(net: Net, m: SharedModel, c: RecordedCase): Generator<Difference> {
  if (!m.stream) {
    const got = net.run(named(net, (i) => c.inputs[i].data));
    for (const [o, want] of c.outputs.entries()) yield difference(got[net.outputs[o].name], want);
    return;
  }
  const state = new Map(Object.keys(m.stream).map((i) => [Number(i), c.inputs[Number(i)].data]));
  const steps = Math.min(MAX_STEPS, c.inputs[0].shape[0]);
  for (let t = 0; t < steps; t++) {
    const got = net.run(named(net, (i) => state.get(i) ?? (i === 0 ? stepOf(c.inputs[0], t).data : c.inputs[i].data)));
    for (const [o, want] of c.outputs.entries()) yield difference(got[net.outputs[o].name], stepOf(want, t));
    for (const [i, o] of Object.entries(m.stream)) state.set(Number(i), got[net.outputs[o].name]);
  }
}

async function build(m: SharedModel, outputPath: string): Promise<Net | null> {
  try {
    await compileModel({ inputPath: pathOf(m), outputPath, shapes: inputShapes(m) }, createContext());
  } catch (error) {
    if (!(error instanceof QcError) || error.code !== "QC-ONNX-017") throw error;
    unsupported.push(m.file);
    return null;
  }
  return load(outputPath, { threads: 2 });
}

describe.skipIf(models.length === 0)(`${models.length} recorded models`, () => {
  it.each(models.map((m) => [m.file, m] as const))("%s", { timeout: 120_000 }, async (_file, m) => {
    const cases = recordedCases(m);
    expect(cases.length).toBeGreaterThan(0);
    const folder = join(work, "model");
    const net = await build(m, folder);
    if (!net) return;
    const differences = cases.flatMap((c) => [...runCase(net, m, c)]);
    net.close();
    rmSync(folder, { recursive: true });
    expect(differences.length).toBeGreaterThanOrEqual(cases.length);
    const worst = Math.max(...differences.map((d) => d.worst));
    const mean = differences.reduce((sum, d) => sum + d.mean, 0) / differences.length;
    const bad = differences.reduce((sum, d) => sum + d.bad, 0);
    // a rounding that falls the other way moves one value by a step, and what follows from it by a little more
    if (isQuantized(m))
      expect({ worst, mean }).toSatisfy((e: { worst: number; mean: number }) => e.worst <= 0.05 && e.mean <= 0.005);
    else expect({ bad, worst }).toEqual({ bad: 0, worst });
  });

  it(`at most ${MAX_UNSUPPORTED} are unsupported`, () => {
    expect(unsupported.length, unsupported.join(", ")).toBeLessThanOrEqual(MAX_UNSUPPORTED);
  });
});

if (models.length === 0) it.skip("23 recorded models: ../shared/models is absent", () => {});
