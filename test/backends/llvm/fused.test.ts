import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel } from "../../../src/ir/loop/stmt.js";
import type { FloatType } from "../../../src/ir/math/builder.js";
import { buildNative, openNative } from "./native.js";

const POINTS = 1 << 15;

/** y[i] = fn(a[i], b[i], c[i]); `mulerr` takes the first two. */
function kernelOf(fn: "fma" | "mulerr", t: FloatType): Kernel {
  const i = make.variable("i");
  const buffer = (name: string, role: Buffer["role"]): Buffer => ({ name, dtype: t, shape: [POINTS], role });
  const args = ["a", "b", "c"].slice(0, fn === "fma" ? 3 : 2).map((name) => make.load(name, t, [i]));
  const body = make.loop("i", POINTS, make.store("y", [i], make.call(fn, args)));
  return {
    name: fn,
    buffers: [buffer("a", "in"), buffer("b", "in"), buffer("c", "in"), buffer("y", "out")],
    stages: [{ name: fn, body }],
    prepare: [],
  };
}

let seed = 99;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const sign = () => (random() < 0.5 ? -1 : 1);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
const dataOf = (t: FloatType, v: readonly number[]) => (t === "f32" ? Float32Array.from(v) : Float64Array.from(v));

/** Operands whose sums end in halves of the last place, cancel, overflow and underflow: where one rounding is not two. */
function triple(t: FloatType): [number, number, number] {
  const places = t === "f32" ? 23 : 52;
  const most = t === "f32" ? 127 : 1023;
  const short = () => sign() * (1 + Math.floor(random() * 2 ** pick([2, 8, places])) * 2 ** -pick([2, 8, places]));
  const round = (v: number) => (t === "f32" ? Math.fround(v) : v);
  const [a, b] = [round(short()), round(short())];
  const near = round(-(a * b));
  switch (Math.floor(random() * 6)) {
    case 0:
      return [a, b, near];
    case 1:
      return [a, b, round(near * (1 + 2 ** -places))];
    case 2:
      return [a, b, short() * 2 ** pick([-places - 1, -places, -1, 1, places, places + 1, 2 * places])];
    case 3:
      return [a * 2 ** (most - 1), b * pick([1, 0.5, 2]), sign() * pick([0, 2 ** most, 2 ** (most - places - 1)])];
    case 4:
      return [a * 2 ** (1 - most), b * 2 ** -pick([0, 1, places]), short() * 2 ** (1 - most - pick([0, places]))];
    default:
      return [pick([a, 0, -0, Infinity, Number.NaN]), pick([b, 0, -0, -Infinity]), pick([a, 0, -0, Infinity, -Infinity])];
  }
}

const native = openNative();
describe.each(["llvm", "llvm -mcpu=x86-64"])("multiply-add on %s", (targetName) => {
  const target = native.target(targetName);
  const types = ["f32", "f64"] as const;
  const kernels = types.flatMap((t) => [kernelOf("fma", t), kernelOf("mulerr", t)]);
  const built = native.runsHere(target) ? buildNative(native, kernels, target) : null;
  const fma = target.features.includes("fma") ? "once" : "twice";

  it.skipIf(!built).each(types.map((t, k) => ({ t, k })))("fma of $t has the bits of JavaScript", ({ t, k }) => {
    const triples = Array.from({ length: POINTS }, () => triple(t));
    const [a, b, c] = [0, 1, 2].map((j) =>
      dataOf(
        t,
        triples.map((v) => v[j]),
      ),
    );
    const want = built?.run(2 * k, { a, b, c }).y as Float32Array;
    const got = runKernel(kernels[2 * k], { a, b, c }, { fma }).y as Float32Array;
    for (let i = 0; i < POINTS; i++) {
      if (!Object.is(got[i], want[i])) expect({ a: a[i], b: b[i], c: c[i], got: got[i] }).toEqual({ want: want[i] });
    }
  });

  it.skipIf(!built).each(types.map((t, k) => ({ t, k })))("mulerr of $t is what the product lost", ({ t, k }) => {
    const wide = () => sign() * (1 + random()) * 2 ** Math.floor((random() - 0.5) * (t === "f32" ? 60 : 800));
    const [a, b] = [0, 1].map(() => dataOf(t, Array.from({ length: POINTS }, wide)));
    const y = built?.run(2 * k + 1, { a, b, c: b }).y as Float32Array;
    const js = runKernel(kernels[2 * k + 1], { a, b, c: b }).y as Float32Array;
    for (let i = 0; i < POINTS; i++) {
      // through a fused multiply-add of the JavaScript backend, which the test before holds to the hardware
      const minus = t === "f32" ? -Math.fround(a[i] * b[i]) : -(a[i] * b[i]);
      if (t === "f32") expect(y[i] + 0).toBe(a[i] * b[i] + minus);
      if (js[i] !== y[i]) expect({ a: a[i], b: b[i], js: js[i] }).toEqual({ native: y[i] });
    }
  });
});
