import type { Body } from "./body.js";
import { floatText, suffixOf, typeOf, type Value, vectorOf } from "./types.js";

/**
 * The exact remainder with the sign of x, by long division of the significands, one bit a step: as many steps as the exponents differ.
 * NaN for y = 0, infinite x, or a NaN.
 */
function fmodText(name: string, type: string, int: string, fraction: number): string {
  const width = Number(int.slice(1));
  const one = 1n << BigInt(fraction);
  const inf = ((1n << BigInt(width - 1 - fraction)) - 1n) << BigInt(fraction);
  const normalise = (v: string): readonly string[] => [
    `%e${v} = lshr ${int} %a${v}, ${fraction}`,
    `%f${v} = and ${int} %a${v}, ${one - 1n}`,
    `%n${v} = or ${int} %f${v}, ${one}`,
    `%z${v} = call ${int} @llvm.ctlz.${int}(${int} %a${v}, i1 false)`,
    `%s${v} = sub ${int} %z${v}, ${width - 1 - fraction}`,
    `%t${v} = shl ${int} %f${v}, %s${v}`,
    `%d${v} = sub ${int} 1, %s${v}`,
    `%u${v} = icmp eq ${int} %e${v}, 0`,
    `%m${v} = select i1 %u${v}, ${int} %t${v}, ${int} %n${v}`,
    `%x${v} = select i1 %u${v}, ${int} %d${v}, ${int} %e${v}`,
  ];
  return [
    `define internal ${type} ${name}(${type} %x, ${type} %y) #0 {`,
    `  %bx = bitcast ${type} %x to ${int}`,
    `  %by = bitcast ${type} %y to ${int}`,
    `  %ax = and ${int} %bx, ${(1n << BigInt(width - 1)) - 1n}`,
    `  %ay = and ${int} %by, ${(1n << BigInt(width - 1)) - 1n}`,
    `  %sign = xor ${int} %bx, %ax`,
    `  %y0 = icmp eq ${int} %ay, 0`,
    `  %xinf = icmp uge ${int} %ax, ${inf}`,
    `  %ynan = icmp ugt ${int} %ay, ${inf}`,
    "  %bad0 = or i1 %y0, %xinf",
    "  %bad = or i1 %bad0, %ynan",
    "  br i1 %bad, label %nan, label %finite",
    "nan:",
    `  ret ${type} ${floatText(Number.NaN)}`,
    "finite:",
    `  %less = icmp ult ${int} %ax, %ay`,
    "  br i1 %less, label %same, label %divide",
    "same:",
    `  ret ${type} %x`,
    "divide:",
    ...[...normalise("x"), ...normalise("y")].map((l) => `  ${l}`),
    "  br label %step",
    "step:",
    `  %e = phi ${int} [ %xx, %divide ], [ %e.next, %more ]`,
    `  %m = phi ${int} [ %mx, %divide ], [ %m.next, %more ]`,
    `  %d = sub ${int} %m, %my`,
    `  %fits = icmp uge ${int} %m, %my`,
    `  %r = select i1 %fits, ${int} %d, ${int} %m`,
    `  %last = icmp eq ${int} %e, %xy`,
    "  br i1 %last, label %pack, label %more",
    "more:",
    `  %m.next = shl ${int} %r, 1`,
    `  %e.next = sub ${int} %e, 1`,
    "  br label %step",
    "pack:",
    `  %lz = call ${int} @llvm.ctlz.${int}(${int} %r, i1 false)`,
    `  %up = sub ${int} %lz, ${width - 1 - fraction}`,
    `  %zero = icmp eq ${int} %r, 0`,
    `  %shift = select i1 %zero, ${int} 0, ${int} %up`,
    `  %exp = sub ${int} %xy, %shift`,
    `  %norm = shl ${int} %r, %shift`,
    `  %frac = xor ${int} %norm, ${one}`,
    `  %place = shl ${int} %exp, ${fraction}`,
    `  %normal = or ${int} %frac, %place`,
    `  %down = sub ${int} 1, %exp`,
    `  %tiny = icmp slt ${int} %exp, 1`,
    `  %safe = select i1 %tiny, ${int} %down, ${int} 0`,
    `  %sub = lshr ${int} %norm, %safe`,
    `  %mag0 = select i1 %tiny, ${int} %sub, ${int} %normal`,
    `  %mag = select i1 %zero, ${int} 0, ${int} %mag0`,
    `  %bits = or ${int} %mag, %sign`,
    `  %out = bitcast ${int} %bits to ${type}`,
    `  ret ${type} %out`,
    "}",
  ].join("\n");
}

/** x mod y of floats, lane by lane. */
export function floatMod(body: Body, x: Value, y: Value): Value {
  const single = x.t === "f32";
  const [type, int, fraction] = single ? ["float", "i32", 23] : ["double", "i64", 52];
  const name = body.module.helper(`@qc_fmod_${x.t}`, () => {
    body.module.declare(`declare ${int} @llvm.ctlz.${suffixOf(int, 1)}(${int}, i1)`);
    return fmodText(`@qc_fmod_${x.t}`, type, int, fraction);
  });
  if (x.lanes === 1) return { ...x, v: body.pure(`call ${type} ${name}(${type} ${x.v}, ${type} ${y.v})`) };
  const vector = typeOf(x.t, x.lanes);
  let out = "poison";
  for (let l = 0; l < x.lanes; l++) {
    const [a, b] = [x, y].map((v) => body.pure(`extractelement ${vector} ${v.v}, i64 ${l}`));
    const r = body.pure(`call ${type} ${name}(${type} ${a}, ${type} ${b})`);
    out = body.pure(`insertelement ${vectorOf(type, x.lanes)} ${out}, ${type} ${r}, i64 ${l}`);
  }
  return { ...x, v: out };
}
