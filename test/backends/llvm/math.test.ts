import { describe, expect, it } from "vitest";
import { type JsOptions, runKernel } from "../../../src/backends/js/run-kernel.js";
import type { MultiFn, UnaryFn } from "../../../src/ir/loop/expr.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import type { FloatType } from "../../../src/ir/math/builder.js";
import { MATH, type MathFn, type MathFunction } from "../../../src/ir/math/functions.js";
import { erf, errorOf, exactError, reference } from "../../ir/math/reference.js";
import { buildNative, openNative } from "./native.js";

const POINTS = 1 << 17;
const LANES = 16;
const STEP = 16;

/** y[i] = f(x[i], z[i]), lane by lane or in vectors of 16. */
function mapKernel(fn: string, t: FloatType, vector: boolean, points = POINTS): Kernel {
  const i = make.variable("i");
  const at = vector ? make.ramp(make.mul(i, make.index(LANES)), 1, LANES) : i;
  const args = ["x", "z"].slice(0, MATH[fn as MathFn].arity);
  const value = make.call(
    fn as UnaryFn | MultiFn,
    args.map((a) => make.load(a, t, [at])),
  );
  const body = make.loop("i", vector ? points / LANES : points, make.store("y", [at], value));
  const buffer = (name: string, role: "in" | "out") => ({ name, dtype: t, shape: [points], role });
  return {
    name: fn,
    buffers: [buffer("x", "in"), buffer("z", "in"), buffer("y", "out")],
    stages: [{ name: fn, body }],
    prepare: [],
  };
}

const native = openNative();
const functions = (Object.keys(MATH) as MathFn[]).filter((fn) => fn !== "mulerr");
const cases = functions.flatMap((fn) => (["f32", "f64"] as const).map((t) => ({ fn, t })));
const kernels = cases.flatMap(({ fn, t }) => [mapKernel(fn, t, false), mapKernel(fn, t, true)]);

let seed = 12345;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const SPECIAL = [0, -0, 1, -1, 0.5, -0.5, 2, -2, 3, -3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const EDGES = [
  1e-45,
  -1e-45,
  5e-324,
  2 ** -126,
  2 ** -1022,
  88.7,
  88.8,
  -87.4,
  -103.9,
  -104.5,
  709.7,
  709.8,
  -708.5,
  -745.1,
  -746,
  1e30,
  -1e30,
];

/** Half from every exponent that the function makes sense of, half between -8 and 8; special values first. */
function points(fn: string, t: FloatType, { limit }: MathFunction): Float32Array | Float64Array {
  const data = t === "f32" ? new Float32Array(POINTS) : new Float64Array(POINTS);
  const unit = fn === "asin" || fn === "acos" || fn === "atanh";
  const most = unit ? 0 : Math.log2(limit?.[t] ?? (t === "f32" ? 2 ** 127 : 2 ** 1000));
  for (let i = 0; i < POINTS; i++) {
    const wide = (random() < 0.5 ? -1 : 1) * 2 ** (most - random() * (t === "f32" ? most + 140 : most + 300));
    const narrow = (random() * 2 - 1) * (unit ? 1 : 8);
    data[i] = i % 2 ? narrow : wide;
  }
  data.set([...SPECIAL, ...EDGES].filter((v) => !Number.isFinite(v) || Math.abs(v) <= 2 ** most));
  return data;
}

/** Half a million floats from 2^-5 to 4, where erf rounds most, and beyond: within the bound, odd, and exactly 1 from 3.875 on. */
function expectErf(built: ReturnType<typeof buildNative>, kernel: number, bound: number): void {
  const [from, to] = [new Uint32Array(new Float32Array([2 ** -5]).buffer)[0], new Uint32Array(new Float32Array([4]).buffer)[0]];
  const rounds = 4;
  const step = Math.floor((to - from) / (rounds * POINTS)) + 1;
  for (let r = 0; r < rounds; r++) {
    const x = new Float32Array(Uint32Array.from({ length: POINTS }, (_, k) => from + (k * rounds + r) * step).buffer);
    x.set([3.875, 3.9, 4, 100, 3.4e38, Number.POSITIVE_INFINITY]);
    const z = x;
    const y = Float32Array.from(built.run(kernel, { x, z }).y as Float32Array);
    const mirrored = built.run(kernel, { x: x.map((v) => -v), z }).y as Float32Array;
    let worst = { ulp: 0, x: 0 };
    for (let k = 0; k < POINTS; k++) {
      const ulp = errorOf(y[k], erf(x[k]), "f32");
      if (ulp > worst.ulp) worst = { ulp, x: x[k] };
      if (mirrored[k] !== -y[k] || (x[k] >= 3.875 && y[k] !== 1))
        expect(`erf(${x[k]}) = ${y[k]}, erf(-x) = ${mirrored[k]}`).toBe("");
    }
    expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(bound);
  }
}

/** Every `STEP`-th result, computed by the JavaScript backend. */
function resultsOfJs(fn: MathFn, t: FloatType, x: Float32Array | Float64Array, z: typeof x, fma: JsOptions["fma"]) {
  const every = (data: typeof x) => data.filter((_, k) => k % STEP === 0);
  return runKernel(mapKernel(fn, t, false, POINTS / STEP), { x: every(x), z: every(z) }, { fma }).y as typeof x;
}

for (const targetName of ["llvm", "llvm -mcpu=x86-64"]) {
  const target = native.target(targetName);
  describe.skipIf(!native.runsHere(target))(`math library on ${targetName}`, () => {
    const built = buildNative(native, kernels, target);
    it.each(cases.map((c, i) => ({ ...c, i })))("$fn of $t", ({ fn, t, i }) => {
      const info: MathFunction = MATH[fn];
      const x = points(fn, t, info);
      let worstExact = { ulp: 0, x: 0, z: 0 };
      const z = points(fn, t, info).map((v, k) => (k % 3 ? v : Math.round(v % 8)));
      if (fn === "pow") for (let k = 0; k < POINTS; k++) if (k % 5) x[k] = Math.abs(x[k]);
      const scalar = built.run(2 * i, { x, z }).y as Float32Array;
      const vector = built.run(2 * i + 1, { x, z }).y as Float32Array;
      let worst = { ulp: 0, x: 0, z: 0, got: 0, want: 0 };
      for (let k = 0; k < POINTS; k++) {
        const want = reference(fn, x[k], z[k]);
        const ulp = Math.max(errorOf(scalar[k], want, t), errorOf(vector[k], want, t));
        if (ulp > worst.ulp) worst = { ulp, x: x[k], z: z[k], got: scalar[k], want };
      }
      const inJs = resultsOfJs(fn, t, x, z, target.features.includes("fma") ? "once" : "twice");
      inJs.forEach((y, k) => {
        const bits = (v: number): string => `${fn}(${x[k * STEP]}, ${z[k * STEP]}) = ${Object.is(v, -0) ? "-0" : v}`;
        if (!Object.is(y, scalar[k * STEP])) expect(bits(y), "JavaScript and native").toBe(bits(scalar[k * STEP]));
        if (!Object.is(y, vector[k * STEP])) expect(bits(y), "JavaScript and native vectors").toBe(bits(vector[k * STEP]));
      });
      if (t === "f64") {
        for (let k = 101; k < 5101; k += 10) {
          const inDomain = (fn !== "acosh" || x[k] >= 1) && (fn !== "log" || x[k] > 0);
          if (!inDomain) continue;
          const exact = exactError(fn, x[k], z[k], vector[k]);
          if (process.env.QC_PRINT_ULP && exact > worstExact.ulp) worstExact = { ulp: exact, x: x[k], z: z[k] };
          expect(exact, `${fn}(${x[k]}, ${z[k]}) = ${vector[k]}`).toBeLessThanOrEqual(info.ulp.f64);
        }
        if (process.env.QC_PRINT_ULP) console.log("exact", fn, JSON.stringify(worstExact));
      }
      if (fn === "sin" || fn === "cos") {
        const huge = x.map(
          (v, k) => (k % 2 ? 1 : -1) * 2 ** (32 + (k % (t === "f32" ? 95 : 990)) + (Number.isFinite(v) ? v % 1 : 0)),
        );
        for (const v of built.run(2 * i + 1, { x: huge, z }).y as Float32Array) if (!(Math.abs(v) <= 1.02)) expect(v).toBe(1);
      }
      if (fn === "erf" && t === "f32") expectErf(built, 2 * i + 1, info.ulp.f32);
      // in f64 the reference is itself off by up to an ulp, erf by a few
      const slack = t === "f32" ? 0 : fn === "erf" ? 14 : fn === "sigmoid" ? 2.5 : 1;
      if (process.env.QC_PRINT_ULP) console.log(fn, t, JSON.stringify(worst));
      expect(worst.ulp, `${JSON.stringify(worst)}`).toBeLessThanOrEqual(info.ulp[t] + slack);
    });
  });
}
