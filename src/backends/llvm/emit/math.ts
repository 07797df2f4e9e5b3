import { type MathDefinition, mathDefinition } from "../../../ir/math/definition.js";
import type { MathFn } from "../../../ir/math/functions.js";
import { isAble } from "../../../ir/target/arch.js";
import { invariant } from "../../../support/assert.js";
import { binaryValue, intrinsic } from "./arith.js";
import { createBody } from "./body.js";
import type { Scope } from "./scope.js";
import { typeOf, type Value } from "./types.js";

/** The value of a definition at `args`, its operations written where `s` stands. */
function inlined({ params, lets, result }: MathDefinition, args: readonly Value[], s: Scope): Value {
  const bound = (names: readonly { readonly name: string; value(): Value }[], inner: () => Value): Value => {
    const [first, ...rest] = names;
    return first ? s.withVariable(first.name, { k: "value", value: first.value() }, () => bound(rest, inner)) : inner();
  };
  const operands = params.map(({ name }, i) => ({ name, value: () => args[i] }));
  const named = lets.map(({ name, value }) => ({ name, value: () => s.value(value) }));
  return bound([...operands, ...named], () => s.value(result));
}

/** The name of a function of the math library for `lanes` lanes, defined in the module on first use and inlined everywhere by LLVM. */
function helperOf(fn: MathFn, t: "f32" | "f64", lanes: number, s: Scope): string {
  const name = `@qc_${fn}_${t}${lanes > 1 ? `x${lanes}` : ""}`;
  return s.body.module.helper(name, () => {
    const definition = mathDefinition(fn, t, lanes);
    const args = definition.params.map((p): Value => ({ t, lanes, v: `%${p.name}` }));
    const body = createBody(
      s.body.module,
      args.map((a) => a.v),
    );
    const result = inlined(definition, args, s.elsewhere(body));
    const type = typeOf(t, lanes);
    body.line(`ret ${type} ${result.v}`);
    return `define internal ${type} ${name}(${args.map((a) => `${type} ${a.v}`).join(", ")}) #2 {\n${body.text()}}`;
  });
}

/** What rounding takes from a * b: one instruction where a target fuses multiply and add. */
function productError(t: "f32" | "f64", args: readonly Value[], s: Scope): Value {
  const { arch, features } = s.body.module;
  if (!isAble(arch, features, "fma")) return inlined(mathDefinition("mulerr", t, args[0].lanes), args, s);
  const product = binaryValue(s.body, "mul", args[0], args[1]);
  const negated: Value = { ...product, v: s.body.pure(`fneg ${typeOf(t, product.lanes)} ${product.v}`) };
  return intrinsic(s.body, "fma", [...args, negated]);
}

/** A function of the math library, one call for all lanes. */
export function mathCall(fn: MathFn, args: readonly Value[], s: Scope): Value {
  const [{ t, lanes }] = args;
  invariant(t === "f32" || t === "f64", `${fn} of ${t}`);
  if (fn === "mulerr") return productError(t, args, s);
  const type = typeOf(t, lanes);
  const name = helperOf(fn, t, lanes, s);
  return { t, lanes, v: s.body.pure(`call ${type} ${name}(${args.map((a) => `${type} ${a.v}`).join(", ")})`) };
}
