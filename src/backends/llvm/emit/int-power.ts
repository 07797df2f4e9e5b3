import type { Body } from "./body.js";
import { castValue } from "./convert.js";
import { isSigned, typeOf, type Value, vectorOf } from "./types.js";

/** x^y by squaring, wrapping; for y < 0 the reciprocal toward zero: 1, -1 or 0 (0 for x = 0 too). */
function powerText(name: string, signed: boolean): string {
  return [
    `define internal i64 ${name}(i64 %x, i64 %y) #0 {`,
    `  %negative = icmp slt i64 %y, ${signed ? "0" : "-9223372036854775808"}`,
    "  br i1 %negative, label %reciprocal, label %loop",
    "reciprocal:",
    "  %odd = and i64 %y, 1",
    "  %isodd = icmp ne i64 %odd, 0",
    "  %one = icmp eq i64 %x, 1",
    "  %minus = icmp eq i64 %x, -1",
    "  %alternating = select i1 %isodd, i64 -1, i64 1",
    "  %other = select i1 %minus, i64 %alternating, i64 0",
    "  %r = select i1 %one, i64 1, i64 %other",
    "  ret i64 %r",
    "loop:",
    "  %n = phi i64 [ %y, %0 ], [ %n.next, %loop ]",
    "  %b = phi i64 [ %x, %0 ], [ %b.next, %loop ]",
    "  %a = phi i64 [ 1, %0 ], [ %a.next, %loop ]",
    "  %bit = and i64 %n, 1",
    "  %use = icmp ne i64 %bit, 0",
    "  %product = mul i64 %a, %b",
    "  %a.next = select i1 %use, i64 %product, i64 %a",
    "  %b.next = mul i64 %b, %b",
    "  %n.next = lshr i64 %n, 1",
    "  %done = icmp eq i64 %n.next, 0",
    "  br i1 %done, label %end, label %loop",
    "end:",
    "  ret i64 %a.next",
    "}",
  ].join("\n");
}

/** Integer power, lane by lane, in 64 bits and then wrapped. */
export function intPower(body: Body, x: Value, y: Value): Value {
  const signed = isSigned(x.t);
  const name = `@qc_pow_${signed ? "i64" : "u64"}`;
  body.module.helper(name, () => powerText(name, signed));
  const wide = signed ? "i64" : "u64";
  const [a, b] = [castValue(body, x, wide), castValue(body, y, wide)];
  const type = vectorOf("i64", x.lanes);
  let out: Value = { t: wide, lanes: x.lanes, v: "poison" };
  for (let l = 0; l < x.lanes; l++) {
    const [p, q] = [a, b].map((v) => (x.lanes === 1 ? v.v : body.pure(`extractelement ${type} ${v.v}, i64 ${l}`)));
    const r = body.pure(`call i64 ${name}(i64 ${p}, i64 ${q})`);
    out = { ...out, v: x.lanes === 1 ? r : body.pure(`insertelement ${typeOf(wide, x.lanes)} ${out.v}, i64 ${r}, i64 ${l}`) };
  }
  return castValue(body, out, x.t);
}
