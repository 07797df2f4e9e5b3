/** Texts grow long in many ways: what is wide is read, what is deep is refused before it takes the stack. */
import { expect, it } from "vitest";
import { parseModule, parseText } from "../../../src/ir/text/parse-module.js";
import { printKernel } from "../../../src/ir/text/print-kernel.js";
import { printModule } from "../../../src/ir/text/print-module.js";
import { irContext } from "../../helpers/ir-context.js";

const parseKernel = (text: string, file: string) => parseText(text, file, irContext()).kernels[0];
const list = (n: number, of: string) => new Array(n).fill(of).join(", ");
const kernel = (body: string) => `kernel @k {\n  in x : f32[4]\n  out y : f32[4]\n  stage s {\n${body}\n  }\n}\n`;

it.each([
  [
    "a constant of 70,000 elements",
    `module "m" version 1\nconst #w : u8[70000] = dense<${list(70_000, "1")}>\nfunc @main(%x: f32[4]) -> f32[4] {\n  return %x\n}\n`,
  ],
  [
    "the same behind a name outside of the first plane",
    `module "\u{1f600}" version 1\nconst #w : u8[70000] = dense<${list(70_000, "1")}>\nfunc @main(%x: f32[4]) -> f32[4] {\n  return %x\n}\n`,
  ],
  [
    "quantization with 20,000 scales",
    `module "m" version 1\nfunc @main(%x: f32[20000]) -> f32[20000] {\n  %q = quantize(%x) {dtype = "i8", scales = [${list(20_000, "0.25")}], axis = 0}\n  %y = dequantize(%q)\n  return %y\n}\n`,
  ],
])("%s is read back as it was printed", (_, text) => {
  const ctx = irContext();
  const printed = printModule(parseModule(text, "long.qc", ctx), ctx);
  expect(printModule(parseModule(printed, "again.qc", ctx), ctx)).toBe(printed);
});

it("a sum of 1000 terms and a block of 1000 names are read and printed", () => {
  const sum = kernel(`    y[0] = ${new Array(1000).fill("x[0]").join(" + ")};`);
  const names = kernel(`    ${Array.from({ length: 1000 }, (_, i) => `let v${i} = x[0];`).join(" ")} y[0] = v0;`);
  for (const text of [sum, names]) {
    const printed = printKernel(parseKernel(text, "wide.qc"));
    expect(printKernel(parseKernel(printed, "again.qc"))).toBe(printed);
  }
});

it.each([
  ["a sum of 3000 terms", `    y[0] = ${new Array(3000).fill("x[0]").join(" + ")};`],
  ["a block of 20,000 names", `    ${Array.from({ length: 20_000 }, (_, i) => `let v${i} = x[0];`).join(" ")} y[0] = v0;`],
  [
    "a block of 20,000 buffers",
    `    ${Array.from({ length: 20_000 }, (_, i) => `alloc b${i} : f32[1];`).join(" ")} y[0] = x[0];`,
  ],
  ["brackets 20,000 deep", `    y[0] = ${"(".repeat(20_000)}x[0]${")".repeat(20_000)};`],
])("%s is refused", (_, body) => {
  expect(() => parseKernel(kernel(body), "deep.qc")).toThrow(/^QC-TEXT-015/);
});
