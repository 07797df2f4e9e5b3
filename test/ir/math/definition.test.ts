import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { walkExpr } from "../../../src/ir/loop/visit.js";
import { mathDefinition, mathKernel } from "../../../src/ir/math/definition.js";
import { MATH, type MathFn, type MathFunction } from "../../../src/ir/math/functions.js";
import { parseText } from "../../../src/ir/text/parse-module.js";
import { printKernel } from "../../../src/ir/text/print-kernel.js";
import { irContext } from "../../helpers/ir-context.js";
import { erf, errorOf, exactError, reference } from "./reference.js";

const FUNCTIONS = Object.keys(MATH) as MathFn[];
const CASES = FUNCTIONS.flatMap((fn) => (["f32", "f64"] as const).map((t) => ({ fn, t })));

describe.each(CASES)("$fn of $t as loop IR", ({ fn, t }) => {
  it("verifies, and is what its text says", () => {
    const kernel = mathKernel(fn, t);
    verifyKernel(kernel);
    expect(parseText(printKernel(kernel), "math.qc", irContext())).toEqual({ module: null, kernels: [kernel] });
  });

  it("names every operation once, and calls nothing but arithmetic", () => {
    const { lets } = mathDefinition(fn, t);
    expect(lets.length).toBeLessThan(250);
    const texts = new Set<string>();
    for (const { value } of lets) {
      const text = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : Object.is(v, -0) ? "-0" : v));
      expect(texts.has(text), text).toBe(false);
      texts.add(text);
      walkExpr(value, (e) => {
        if (e.k === "call") expect(["fma", "mulerr", "neg", "abs", "sqrt", "round", "not", "isnan", "bitcast"]).toContain(e.fn);
      });
    }
  });

  it("is one list for every width", () => {
    const names = (lanes: number) => mathDefinition(fn, t, lanes).lets.map((l) => `${l.name} ${l.value.k} ${l.value.t}`);
    expect(names(8)).toEqual(names(1));
  });

  it("runs within its bound as a kernel of its own", () => {
    const info: MathFunction = MATH[fn];
    const [x, y] = [0.625, 0.8125];
    const data = (v: number) => (t === "f32" ? Float32Array.of(v) : Float64Array.of(v));
    const at = fn === "acosh" ? 1 + x : x;
    const { out } = runKernel(mathKernel(fn, t), info.arity === 2 ? { xs: data(at), ys: data(y) } : { xs: data(at) });
    const want = fn === "mulerr" ? 0 : reference(fn, at, y);
    expect(errorOf(Number(out[0]), want, t)).toBeLessThanOrEqual(info.ulp[t] + (t === "f64" ? 1 : 0));
  });
});

it("docs/makers/math.md states the bounds that are tested", () => {
  const text = readFileSync(new URL("../../../docs/makers/math.md", import.meta.url), "utf8");
  const rows = Array.from(text.matchAll(/^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| (.*) \|$/gm), ([, fn, f32, f64, range]) => ({
    fn,
    ulp: { f32: Number(f32), f64: Number(f64) },
    bounded: range !== "all",
  }));
  const known = Object.entries<MathFunction>(MATH).map(([fn, f]) => ({ fn, ulp: f.ulp, bounded: f.limit !== undefined }));
  expect(rows).toEqual(known.filter(({ fn }) => fn !== "mulerr"));
});

it("the reference of erf is exact to a few ulps of a double", () => {
  for (const x of [0.001, 0.5, 1, 2.4, 2.5, -3, 5]) expect(exactError("erf", x, 0, erf(x)), `erf(${x})`).toBeLessThan(15);
});
