import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createContext } from "../../src/context.js";
import { importIrText } from "../../src/frontends/ir-text/frontend.js";
import type { ImportOptions } from "../../src/frontends/shared/inputs.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { numbersOf, tensorOf } from "../../src/ir/op/tensor.js";
import { verifyModule } from "../../src/ir/op/verify.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";
import { diagsOf } from "./onnx/helpers/build.js";

const work = mkdtempSync(join(tmpdir(), "qc-text-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const TWO = `const #b : f32[2] = dense<5, 6>
func @main(%a: f32[2] as "in:a", %b: f32[2]) -> (f32[2], f32[2]) {
  %s = add(%a, %b)
  %t = mul(%s, #b)
  return %t, %b
}
`;

function read(text: string, options: ImportOptions = {}) {
  const file = join(work, "m.qc");
  writeFileSync(file, text);
  const ctx = createContext();
  const m = importIrText(file, ctx, options);
  expect(verifyModule(m, ctx.ops, ctx.blobs)).toEqual([]);
  return {
    m,
    run: (...values: number[][]) =>
      evaluateModule(
        m,
        ctx,
        m.funcs[0].params.map((p, i) => tensorOf(p.type, values[i])),
      ).map((t) => [...numbersOf(t)]),
  };
}
const f32 = (values: number[]) => tensorOf(tensorType("f32", [values.length]), values);
const code = (text: string, options?: ImportOptions) => diagsOf(() => read(text, options))[0].code;
const named = (shapes: Record<string, number[]>) => ({ shapes: { named: shapes, positional: [] } });

describe("IR text as a model", () => {
  it("has the inputs and results that it names", () => {
    const { m, run } = read(TWO, named({ "in:a": [2] }));
    expect(m.funcs[0].paramNames).toEqual(["in:a", "b"]);
    expect(run([1, 2], [3, 4])).toEqual([
      [20, 36],
      [3, 4],
    ]);
  });
  it("loses the inputs that are frozen, whatever uses them; a name that is taken is not taken again", () => {
    const { m, run } = read(TWO, { freeze: { b: f32([3, 4]) } });
    expect(m.funcs[0].paramNames).toEqual(["in:a"]);
    expect(Object.keys(m.consts)).toEqual(["#b", "#b_1"]);
    expect(run([1, 2])).toEqual([
      [20, 36],
      [3, 4],
    ]);
  });
  it("keeps its states where a frozen input stood before them", () => {
    const stateful = `module "m" version 1
func @main(%a: f32[2], %h: f32[2] state) -> (f32[2] as "y", f32[2] as "next" state %h) {
  %y = add(%a, %h)
  return %y, %y
}
`;
    const parse = (options?: ImportOptions) => read(stateful, options);
    const { states } = parse().m;
    expect(parse({ freeze: { a: f32([1, 2]) } }).m.states).toEqual(states.map((s) => ({ ...s, param: 0 })));
    expect(code(stateful, { freeze: { h: f32([1, 2]) } })).toBe("QC-TEXT-030");
  });
  it("is refused where options contradict it, and where it is no module of one function", () => {
    expect(code(TWO, { freeze: { c: f32([1]) } })).toBe("QC-TEXT-030");
    expect(code(TWO, named({ a: [2] }))).toBe("QC-TEXT-030");
    expect(code(TWO, named({ b: [3] }))).toBe("QC-TEXT-031");
    expect(code(TWO, { freeze: { b: f32([1, 2, 3]) } })).toBe("QC-TEXT-032");
    expect(code("const #b : f32[1] = dense<1>\n")).toBe("QC-TEXT-011");
    expect(code(`${TWO}\nfunc @f(%x: f32[2]) -> f32[2] {\n  return %x\n}\n`)).toBe("QC-TEXT-033");
    expect(code(`${TWO}\nkernel @k {\n  in x : f32[1]\n  out y : f32[1]\n  stage s {\n    y[0] = x[0];\n  }\n}\n`)).toBe(
      "QC-TEXT-033",
    );
  });
});
