import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runKernel } from "../../../src/backends/js/run-kernel.js";
import { exprKey, rangeOf } from "../../../src/ir/loop/affine.js";
import type { Expr } from "../../../src/ir/loop/expr.js";
import * as make from "../../../src/ir/loop/make.js";
import { simplifyExpr } from "../../../src/ir/loop/simplify.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";

const EXTENTS = { a: 5, b: 16, c: 3 };
const env = new Map(Object.entries(EXTENTS).map(([v, n]) => [v, [0, n - 1] as const]));
const v = (name: keyof typeof EXTENTS) => make.variable(name);
const n = make.index;

/** The values of index expressions at every point of the loops, through the executor. */
function tabulate(es: readonly Expr[]): number[][] {
  const points = 5 * 16 * 3;
  const at = make.add(make.add(make.mul(v("a"), n(48)), make.mul(v("b"), n(3))), v("c"));
  const body = make.seq(...es.map((e, i) => make.store("y", [n(i), at], make.cast("i32", e))));
  const kernel: Kernel = {
    name: "k",
    buffers: [{ name: "y", dtype: "i32", shape: [es.length, points], role: "out" }],
    stages: [{ name: "s", body: make.loop("a", 5, make.loop("b", 16, make.loop("c", 3, body))) }],
    prepare: [],
  };
  const y = [...(runKernel(kernel, {}).y as Int32Array)];
  return es.map((_, i) => y.slice(i * points, (i + 1) * points));
}

/** Non-negative index expressions. */
const indexExpr: fc.Arbitrary<Expr> = fc.letrec<{ e: Expr }>((tie) => ({
  e: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(v("a"), v("b"), v("c")),
    fc.nat(40).map(n),
    fc.tuple(tie("e"), tie("e")).map(([x, y]) => make.add(x, y)),
    fc.tuple(tie("e"), fc.integer({ min: 1, max: 16 })).map(([x, k]) => make.mul(x, n(k))),
    fc.tuple(tie("e"), fc.integer({ min: 1, max: 48 })).map(([x, k]) => make.div(x, n(k))),
    fc.tuple(tie("e"), fc.integer({ min: 1, max: 48 })).map(([x, k]) => make.mod(x, n(k))),
    fc.tuple(tie("e"), tie("e")).map(([x, y]) => make.min(x, y)),
    fc.tuple(tie("e"), tie("e")).map(([x, y]) => make.max(x, y)),
  ),
})).e;

describe("index simplification", () => {
  const at = make.add(make.mul(v("a"), n(16)), v("b"));
  it.each<[string, Expr, Expr]>([
    ["(16a + b) div 16 = a", make.div(at, n(16)), v("a")],
    ["(16a + b) mod 16 = b", make.mod(at, n(16)), v("b")],
    ["(16a + b) div 32 = a div 2", make.div(at, n(32)), make.div(v("a"), n(2))],
    ["(16a + b) div 80 = 0", make.div(at, n(80)), n(0)],
    ["min(b, 15) = b", make.min(v("b"), n(15)), v("b")],
    ["a - a = 0", make.sub(v("a"), v("a")), n(0)],
    ["b < 16", make.bin("lt", v("b"), n(16)), make.constant("bool", 1)],
    ["16a + b >= 80 is false", make.bin("ge", at, n(80)), make.constant("bool", 0)],
  ])("%s", (_, e, want) => expect(exprKey(simplifyExpr(e, env))).toBe(exprKey(want)));

  it("never changes a value, and bounds hold", () => {
    fc.assert(
      fc.property(indexExpr, (e) => {
        const [before, after] = tabulate([e, simplifyExpr(e, env)]);
        expect(after).toEqual(before);
        const [lo, hi] = rangeOf(e, env);
        expect(Math.min(...before)).toBeGreaterThanOrEqual(lo);
        expect(Math.max(...before)).toBeLessThanOrEqual(hi);
      }),
      { numRuns: 200 },
    );
  });
});
