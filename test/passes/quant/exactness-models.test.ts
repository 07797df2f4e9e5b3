/**
 * Integer networks from real models: native bytes = the bytes of the unscheduled loops in JS, and of op.eval where that is quick.
 * Where a float tail ends the network (softmax, log_softmax, a mean of floats) its results are compared within a bound, and the integers
 * that it reads byte for byte.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { load } from "../../../src/runtime/index.js";
import { f16ToF32 } from "../../../src/support/half.js";
import type { TypedArray } from "../../../src/support/npy.js";
import {
  type Built,
  build,
  buildModule,
  evaluated,
  type Inputs,
  integerFront,
  interpreted,
  native,
} from "../../e2e/quantized.js";
import {
  inputShapes,
  isQuantized,
  onnxModels,
  pathOf,
  recordedCases,
  SHARED,
  type SharedModel,
  stepOf,
} from "../../e2e/shared-models.js";

const CALIBRATION = 2;
const TESTED = 3;
/** Largest difference of a float tail, as a share of 1 + |y|: a few units in the last place of f32, or of f16. */
const TAIL = { f32: 2e-6, f16: 2e-3 };

/** Scan. */
const UNSUPPORTED = /tract-qlstm/;
/** Those that take the JS engine 20 s and more each; QC_EXACT_MODELS=all runs them too. */
const SLOW = /squeezenet-fp16|fastestdet|yunet-n|ultraface|bert-toy|mobilenet-v2-224-dynamic/;
const isRun = ({ file }: SharedModel): boolean => process.env.QC_EXACT_MODELS === "all" || !SLOW.test(file);
/** A row for each model; slow ones are skipped, and counted. */
function each(models: readonly SharedModel[], test: (m: SharedModel) => Promise<void>): void {
  for (const m of models) it.skipIf(!isRun(m))(m.file, { timeout: 120_000 }, () => test(m));
}

const work = mkdtempSync(join(tmpdir(), "qc-exact-models-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type Samples = (root: string, m: SharedModel, split: string, limit: number) => { inputs: TypedArray[] } | null;
const labelled = onnxModels().filter((m) => m.accuracy && /^float/.test(m.dtype));
const others = onnxModels().filter((m) => !m.accuracy && !isQuantized(m) && m.references);
const already = onnxModels().filter((m) => isQuantized(m) && m.references && !UNSUPPORTED.test(m.file));

async function samplesOf(m: SharedModel, split: string, limit: number): Promise<readonly Inputs[]> {
  const { samples } = (await import(join(SHARED, "acceptance/samples.mjs"))) as { samples: Samples };
  return samples(join(SHARED, "models"), m, split, limit)!.inputs.map((x) => [x]);
}

/** Values of a result, for the bound: f16 as numbers. */
function values(y: Buffer, dtype: string): Float64Array {
  const copy = Uint8Array.from(y).buffer;
  if (dtype === "f16") return Float64Array.from(new Uint16Array(copy), f16ToF32);
  return Float64Array.from(new Float32Array(copy));
}

/**
 * Native bytes against the references. `tail`: the network ends in floats that need not be equal, only near; the integers that they are
 * computed from are made results of a second build, and compared byte for byte.
 */
async function compare(
  built: Built,
  inputs: readonly Inputs[],
  { tail, quick }: { tail: boolean; quick: boolean },
): Promise<void> {
  const net = await load(built.folder, { threads: 2 });
  const got = inputs.map((x) => native(net, x));
  const outputs = net.outputs;
  net.close();
  if (!tail) {
    inputs.map(interpreted(built)).forEach((want, i) => same(got[i], want, `input ${i}`));
    if (quick) same(got[0], evaluated(built, inputs[0]), "op.eval");
    return;
  }
  const front = integerFront(built.integer);
  const open = await buildModule(front.module, built.ctx);
  const run = interpreted({ fused: open.fused, ctx: built.ctx });
  inputs.forEach((x, i) => {
    const want = run(x);
    same(native(open.net, x).slice(0, front.count), want.slice(0, front.count), `integers of input ${i}`);
    got[i].forEach((y, o) => near(y, want[front.count + o], outputs[o].dtype, `output ${o} of input ${i}`));
  });
  open.net.close();
}

function same(got: readonly Buffer[], want: readonly Buffer[], what: string): void {
  expect(got.length).toBe(want.length);
  got.forEach((y, o) => {
    const at = y.length === want[o].length ? y.findIndex((byte, k) => byte !== want[o][k]) : 0;
    expect(at, `${what}: result ${o} differs at this byte of ${y.length}`).toBe(-1);
  });
}

function near(got: Buffer, want: Buffer, dtype: string, what: string): void {
  const [a, b] = [values(got, dtype), values(want, dtype)];
  const worst = a.reduce((p, v, k) => Math.max(p, Object.is(v, b[k]) ? 0 : Math.abs(v - b[k]) / (1 + Math.abs(b[k]))), 0);
  expect(worst, what).toBeLessThan(dtype === "f16" ? TAIL.f16 : TAIL.f32);
}

/** Networks that end in floats that are not element-wise: softmax, log_softmax, means, exp and div, LSTM; all others are exact to the end. */
const TAILS = ["SqueezeNet_fp16", "mnist-bn", "FastestDet", "yunet", "RFB-320", "magika", "dtln", "silero"];
const endsInFloats = (file: string): boolean => TAILS.some((name) => file.includes(name));

/** Networks of so many operations that op.eval, or many runs of the JS backend, would take too long. */
const LARGE = ["SqueezeNet", "FastestDet", "yunet", "RFB-320", "mobilenet", "dnsmos"];
const isLarge = (file: string): boolean => LARGE.some((name) => file.includes(name));

async function check(
  m: SharedModel,
  quantizer: "none" | "symmetricpc",
  calibration: readonly Inputs[],
  inputs: readonly Inputs[],
) {
  const built = await build({ inputPath: pathOf(m), folder: join(work, m.file), quantizer, shapes: inputShapes(m) }, calibration);
  expect(built.report.floatIslands.filter((i) => ["conv", "dense"].includes(i.op))).toEqual([]);
  await compare(built, inputs, { tail: endsInFloats(m.file), quick: !isLarge(m.file) });
}

/** Recorded inputs; of a stream, its first steps from the initial state. */
const recorded = (m: SharedModel): readonly Inputs[] =>
  recordedCases(m).flatMap((c): Inputs[] =>
    m.stream
      ? Array.from({ length: CALIBRATION }, (_, t) => c.inputs.map((a, i) => (i === 0 ? stepOf(a, t).data : a.data)))
      : [c.inputs.map((a) => a.data)],
  );

describe.skipIf(labelled.length === 0)("labelled float classifiers, symmetricpc", () => {
  each(labelled, async (m) => {
    const inputs = await samplesOf(m, "dev", isLarge(m.file) ? 1 : TESTED);
    await check(m, "symmetricpc", await samplesOf(m, "calib", CALIBRATION), inputs);
  });
});

describe.skipIf(others.length === 0)("other float networks, symmetricpc", () => {
  each(others, async (m) => {
    const inputs = recorded(m);
    await check(m, "symmetricpc", inputs, inputs.slice(0, 1));
  });
});

describe.skipIf(already.length === 0)("networks that come quantized", () => {
  each(already, async (m) => {
    await check(m, "none", [], recorded(m).slice(0, 1));
  });
});

if (onnxModels().length === 0) it.skip("22 networks: ../shared/models is absent", () => {});
