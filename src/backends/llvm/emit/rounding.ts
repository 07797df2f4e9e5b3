import { copySign, intrinsic, selectValue } from "./arith.js";
import type { Body } from "./body.js";
import { floatText, splatText, typeOf, type Value } from "./types.js";

export type Rounding = "floor" | "ceil" | "trunc" | "round";

const INTRINSIC: Readonly<Record<Rounding, string>> = { floor: "floor", ceil: "ceil", trunc: "trunc", round: "roundeven" };

const hasRounding = (body: Body): boolean => body.module.arch === "aarch64" || body.module.features.has("sse4.1");

/** x rounded to a whole number; without SSE4.1, where LLVM would call libm, by adding and taking away 1.5 * 2^fraction. */
export function roundFloat(body: Body, how: Rounding, x: Value): Value {
  if (hasRounding(body)) return intrinsic(body, INTRINSIC[how], [x]);
  const type = typeOf(x.t, x.lanes);
  const element = typeOf(x.t);
  const c = (v: number): Value => ({ ...x, v: splatText(element, floatText(v), x.lanes) });
  const op = (name: string, a: Value, b: Value): Value => ({ ...x, v: body.pure(`${name} ${type} ${a.v}, ${b.v}`) });
  const compare = (cond: string, a: Value, b: Value): Value => ({
    t: "bool",
    lanes: x.lanes,
    v: body.pure(`fcmp ${cond} ${type} ${a.v}, ${b.v}`),
  });
  const whole = x.t === "f32" ? 2 ** 23 : 2 ** 52;
  const magnitude = intrinsic(body, "fabs", [x]);
  const nearest = op("fsub", op("fadd", magnitude, c(whole)), c(whole));
  const signed = (v: Value): Value => copySign(body, v, x);
  const lower = (v: Value, bound: Value): Value => selectValue(body, compare("ogt", v, bound), op("fsub", v, c(1)), v);
  const candidates: Readonly<Record<Rounding, () => Value>> = {
    round: () => signed(nearest),
    trunc: () => signed(lower(nearest, magnitude)),
    floor: () => signed(lower(signed(nearest), x)),
    ceil: () => {
      const v = signed(nearest);
      return signed(selectValue(body, compare("olt", v, x), op("fadd", v, c(1)), v));
    },
  };
  return selectValue(body, compare("olt", magnitude, c(whole)), candidates[how](), x);
}
