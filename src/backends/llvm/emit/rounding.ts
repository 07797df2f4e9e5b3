import { isAble } from "../../../ir/target/arch.js";
import { copySign, intrinsic, selectValue } from "./arith.js";
import type { Body } from "./body.js";
import { floatText, splatText, typeOf, type Value } from "./types.js";

export type Rounding = "floor" | "ceil" | "trunc" | "round";

const INTRINSIC: Readonly<Record<Rounding, string>> = { floor: "floor", ceil: "ceil", trunc: "trunc", round: "roundeven" };

const hasRounding = (body: Body): boolean => isAble(body.module.arch, body.module.features, "round");

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

/** x86's float --> i32 by the rounding mode, which is half to even, by lanes. */
const TO_INT: Readonly<Record<number, { readonly feature: string | null; readonly name: string; readonly more: string }>> = {
  16: { feature: "avx512f", name: "@llvm.x86.avx512.mask.cvtps2dq.512", more: "<16 x i32> zeroinitializer, i16 -1, i32 4" },
  8: { feature: "avx", name: "@llvm.x86.avx.cvt.ps2dq.256", more: "" },
  4: { feature: null, name: "@llvm.x86.sse2.cvtps2dq", more: "" },
};

/** i32(round(x)) of vectors in range as one instruction; null where the target makes one of the two itself, or has none. */
export function roundToInt(body: Body, x: Value): Value | null {
  const how = TO_INT[x.lanes];
  if (x.t !== "f32" || body.module.arch !== "x86_64" || !how) return null;
  if (how.feature && !body.module.features.has(how.feature)) return null;
  const [from, to] = [typeOf("f32", x.lanes), typeOf("i32", x.lanes)];
  const types = how.more ? `, ${to}, i16, i32` : "";
  const args = how.more ? `, ${how.more}` : "";
  body.module.declare(`declare ${to} ${how.name}(${from}${types})`);
  return { t: "i32", lanes: x.lanes, v: body.pure(`call ${to} ${how.name}(${from} ${x.v}${args})`) };
}
