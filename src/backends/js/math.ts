import type { FloatType } from "../../ir/math/builder.js";
import { mathDefinition } from "../../ir/math/definition.js";
import type { MathFn } from "../../ir/math/functions.js";
import { type ExprScope, exprText, type Rounded } from "./expr.js";

/** The functions of the math library that a text uses, each written out on its first use. */
export interface MathTexts {
  nameOf(fn: MathFn, t: FloatType): string;
  /** All that was asked for, those before that others call. */
  text(): string;
}

export function createMathTexts(fma: Rounded): MathTexts {
  const written = new Map<string, string>();
  const nameOf = (fn: MathFn, t: FloatType): string => {
    const name = `${fn}_${t}_`;
    if (!written.has(name)) written.set(name, functionText(name, fn, t));
    return name;
  };
  const functionText = (name: string, fn: MathFn, t: FloatType): string => {
    const { params, lets, result } = mathDefinition(fn, t);
    const scope: ExprScope = {
      variable: (v) => v,
      buffer: (b) => {
        throw new Error(`internal error: '${fn}' reads buffer '${b}'`);
      },
      mathFunction: nameOf,
      fma,
      checked: false,
    };
    const lines = lets.map(({ name: v, value }) => `const ${v} = ${exprText(value, "0", scope)};`);
    const args = params.map((p) => p.name).join(", ");
    return `function ${name}(${args}) {\n${lines.join("\n")}\nreturn ${exprText(result, "0", scope)};\n}`;
  };
  return { nameOf, text: () => [...written.values()].join("\n") };
}
