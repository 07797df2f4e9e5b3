import { isAble } from "../../../ir/target/arch.js";
import type { Body } from "./body.js";
import { floatText, splatText, suffixOf, vectorOf } from "./types.js";

/** Whether float <-> half is an instruction here. */
const hasHalfConversion = (body: Body): boolean => isAble(body.module.arch, body.module.features, "half");

/** float16 bits --> float, exact. */
export function f16ToFloat(body: Body, bits: string, lanes: number): string {
  const [i16, i32, f32] = [vectorOf("i16", lanes), vectorOf("i32", lanes), vectorOf("float", lanes)];
  const c = (v: number): string => splatText("i32", String(v), lanes);
  if (hasHalfConversion(body)) {
    const half = body.pure(`bitcast ${i16} ${bits} to ${vectorOf("half", lanes)}`);
    return body.pure(`fpext ${vectorOf("half", lanes)} ${half} to ${f32}`);
  }
  // exponent and fraction in place, then times 2^112: the difference of the exponent biases; subnormals come out exact
  const wide = body.pure(`zext ${i16} ${bits} to ${i32}`);
  const abs = body.pure(`and ${i32} ${wide}, ${c(0x7fff)}`);
  const shifted = body.pure(`shl ${i32} ${abs}, ${c(13)}`);
  const small = body.pure(`bitcast ${i32} ${shifted} to ${f32}`);
  const scaled = body.pure(`fmul ${f32} ${small}, ${splatText("float", floatText(2 ** 112), lanes)}`);
  const finite = body.pure(`bitcast ${f32} ${scaled} to ${i32}`);
  const special = body.pure(`icmp uge ${i32} ${abs}, ${c(0x7c00)}`);
  const infinite = body.pure(`or ${i32} ${finite}, ${c(0x7f800000)}`);
  const magnitude = body.pure(`select ${vectorOf("i1", lanes)} ${special}, ${i32} ${infinite}, ${i32} ${finite}`);
  const signBit = body.pure(`and ${i32} ${wide}, ${c(0x8000)}`);
  const sign = body.pure(`shl ${i32} ${signBit}, ${c(16)}`);
  const whole = body.pure(`or ${i32} ${magnitude}, ${sign}`);
  return body.pure(`bitcast ${i32} ${whole} to ${f32}`);
}

/** float --> float16 bits, to nearest even; the cases are those of support/half.ts. */
export function floatToF16(body: Body, x: string, lanes: number): string {
  const [i16, i32, f32, i1] = [vectorOf("i16", lanes), vectorOf("i32", lanes), vectorOf("float", lanes), vectorOf("i1", lanes)];
  const c = (v: number): string => splatText("i32", String(v), lanes);
  if (hasHalfConversion(body)) {
    const half = body.pure(`fptrunc ${f32} ${x} to ${vectorOf("half", lanes)}`);
    return body.pure(`bitcast ${vectorOf("half", lanes)} ${half} to ${i16}`);
  }
  const bits = body.pure(`bitcast ${f32} ${x} to ${i32}`);
  const abs = body.pure(`and ${i32} ${bits}, ${c(0x7fffffff)}`);
  const shifted = body.pure(`lshr ${i32} ${abs}, ${c(13)}`);
  const odd = body.pure(`and ${i32} ${shifted}, ${c(1)}`);
  const biased = body.pure(`add ${i32} ${abs}, ${c(0xfff - 0x38000000)}`);
  const rounded = body.pure(`add ${i32} ${biased}, ${odd}`);
  const normal = body.pure(`lshr ${i32} ${rounded}, ${c(13)}`);
  // |x| + 0.5: the unit of the sum, 2^-24, is that of a subnormal float16
  const magnitude = body.pure(`bitcast ${i32} ${abs} to ${f32}`);
  const sum = body.pure(`fadd ${f32} ${magnitude}, ${splatText("float", floatText(0.5), lanes)}`);
  const sumBits = body.pure(`bitcast ${f32} ${sum} to ${i32}`);
  const subnormal = body.pure(`sub ${i32} ${sumBits}, ${c(0x3f000000)}`);
  const payload = body.pure(`and ${i32} ${shifted}, ${c(0x1ff)}`);
  const nan = body.pure(`or ${i32} ${payload}, ${c(0x7e00)}`);
  const pick = (cond: string, limit: number, a: string, b: string): string =>
    body.pure(`select ${i1} ${body.pure(`icmp ${cond} ${i32} ${abs}, ${c(limit)}`)}, ${i32} ${a}, ${i32} ${b}`);
  const finite = pick("ult", 0x38800000, subnormal, normal);
  const value = pick("ugt", 0x7f800000, nan, pick("uge", 0x477ff000, c(0x7c00), finite));
  const high = body.pure(`lshr ${i32} ${bits}, ${c(16)}`);
  const sign = body.pure(`and ${i32} ${high}, ${c(0x8000)}`);
  return body.pure(`trunc ${i32} ${body.pure(`or ${i32} ${value}, ${sign}`)} to ${i16}`);
}

/** bfloat16 bits --> float: the upper half of the float's bits. */
export function bf16ToFloat(body: Body, bits: string, lanes: number): string {
  const i32 = vectorOf("i32", lanes);
  const wide = body.pure(`zext ${vectorOf("i16", lanes)} ${bits} to ${i32}`);
  const high = body.pure(`shl ${i32} ${wide}, ${splatText("i32", "16", lanes)}`);
  return body.pure(`bitcast ${i32} ${high} to ${vectorOf("float", lanes)}`);
}

/** float --> bfloat16 bits, to nearest even; NaN stays NaN. */
export function floatToBf16(body: Body, x: string, lanes: number): string {
  const [i32, f32] = [vectorOf("i32", lanes), vectorOf("float", lanes)];
  const c = (v: number): string => splatText("i32", String(v), lanes);
  const bits = body.pure(`bitcast ${f32} ${x} to ${i32}`);
  const high = body.pure(`lshr ${i32} ${bits}, ${c(16)}`);
  const odd = body.pure(`and ${i32} ${high}, ${c(1)}`);
  const biased = body.pure(`add ${i32} ${bits}, ${c(0x7fff)}`);
  const rounded = body.pure(`lshr ${i32} ${body.pure(`add ${i32} ${biased}, ${odd}`)}, ${c(16)}`);
  const quiet = body.pure(`or ${i32} ${high}, ${c(0x40)}`);
  const isNan = body.pure(`fcmp uno ${f32} ${x}, ${x}`);
  const value = body.pure(`select ${vectorOf("i1", lanes)} ${isNan}, ${i32} ${quiet}, ${i32} ${rounded}`);
  return body.pure(`trunc ${i32} ${value} to ${vectorOf("i16", lanes)}`);
}

/** double --> the float next to it whose last bit is odd, unless it is exact: rounding that to a half is rounding the double once. */
export function doubleToOddFloat(body: Body, x: string, lanes: number): string {
  const [i32, f32, f64, i1] = [
    vectorOf("i32", lanes),
    vectorOf("float", lanes),
    vectorOf("double", lanes),
    vectorOf("i1", lanes),
  ];
  const c = (v: number): string => splatText("i32", String(v), lanes);
  const near = body.pure(`fptrunc ${f64} ${x} to ${f32}`);
  const back = body.pure(`fpext ${f32} ${near} to ${f64}`);
  const bits = body.pure(`bitcast ${f32} ${near} to ${i32}`);
  const last = body.pure(`and ${i32} ${bits}, ${c(1)}`);
  const even = body.pure(`icmp eq ${i32} ${last}, ${c(0)}`);
  const inexact = body.pure(`fcmp one ${f64} ${back}, ${x}`);
  const fabs = (v: string): string => {
    const name = `@llvm.fabs.${suffixOf("double", lanes)}`;
    body.module.declare(`declare ${f64} ${name}(${f64})`);
    return body.pure(`call ${f64} ${name}(${f64} ${v})`);
  };
  const below = body.pure(`fcmp olt ${f64} ${fabs(back)}, ${fabs(x)}`);
  const step = body.pure(`select ${i1} ${below}, ${i32} ${c(1)}, ${i32} ${c(-1)}`);
  const moved = body.pure(`add ${i32} ${bits}, ${step}`);
  const change = body.pure(`and ${i1} ${even}, ${inexact}`);
  const odd = body.pure(`select ${i1} ${change}, ${i32} ${moved}, ${i32} ${bits}`);
  return body.pure(`bitcast ${i32} ${odd} to ${f32}`);
}
