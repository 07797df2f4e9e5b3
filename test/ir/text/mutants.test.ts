/** Damaged texts are refused with a code and a place, never with another exception. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomModule } from "../../../src/check/draw/random-module.js";
import { createGen } from "../../../src/ir/op/sample.js";
import { parseText } from "../../../src/ir/text/parse-module.js";
import { printKernel } from "../../../src/ir/text/print-kernel.js";
import { printModule } from "../../../src/ir/text/print-module.js";
import { QcError } from "../../../src/support/diag.js";
import { irContext } from "../../helpers/ir-context.js";
import { randomLoops } from "../../helpers/random-loops.js";

const ctx = irContext();
const PIECES = [
  "",
  "",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  ":",
  "=",
  "%x",
  "#w",
  "@f",
  "-",
  "0",
  "9",
  "99999999999",
  "-1",
  "1e999",
  "nan",
  "f32[4]",
  "i8[2] q(0.5, 0)",
  "\n",
  "//",
  "\\",
  "\u0000",
  "é",
  "return",
  "loc",
  "* 9999999999",
];

/** The text with some pieces put in, or spans taken out, at random. */
function mutant(text: string, seed: number): string {
  const g = createGen(seed);
  let out = text;
  for (let i = g.int(1, 3); i > 0; i--) {
    const at = g.int(0, out.length);
    out = out.slice(0, at) + g.pick(PIECES) + out.slice(at + g.pick([0, 0, 1, 1, 2, 5, 30]));
  }
  return out;
}

function readOrRefuse(text: string): string {
  try {
    parseText(text, "m.qc", ctx);
    return "read";
  } catch (e) {
    if (!(e instanceof QcError)) throw e;
    expect(e.code).toMatch(/^QC-[A-Z]+-\d+$/);
    expect(e.diags[0].pos, e.message).toMatchObject({ file: "m.qc", line: expect.any(Number), column: expect.any(Number) });
    return "refused";
  }
}

describe("mutants", () => {
  it("of modules", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, change) => {
        readOrRefuse(mutant(printModule(randomModule(ctx, seed).module, ctx, { locs: change % 2 === 0 }), change));
      }),
      { numRuns: 1000 },
    );
  });

  it("of kernels", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        (seed, change) => void readOrRefuse(mutant(printKernel(randomLoops(seed)), change)),
      ),
      { numRuns: 1000 },
    );
  });
});

describe("texts that exhaust something", () => {
  it.each([
    ["parentheses", `kernel @k { out y : f32[] stage s { y[] = ${"(".repeat(50_000)}0:f32${")".repeat(50_000)}; } }`],
    ["blocks", `kernel @k { stage s ${"{".repeat(50_000)}${"}".repeat(50_000)} }`],
    ["locations", `func @f(%x: f32[1]) -> f32[1] { %y = relu(%x) loc(${'"a" "b" from('.repeat(50_000)}`],
    ["scales", "func @f(%x: i8[1] q(axis 0: 0.5 * 99999999999, 0 * 99999999999)) -> () { return }"],
    ["dimensions", "func @f(%x: f32[99999999999999999999]) -> () { return }"],
    ["elements", "const #c : f32[999999999, 999999999] = dense<1>\nfunc @f() -> () { return }"],
  ])("%s", (_, text) => expect(readOrRefuse(text)).toBe("refused"));
});
