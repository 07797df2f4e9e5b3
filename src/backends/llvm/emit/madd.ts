import type { Body } from "./body.js";
import { type Value, vectorOf } from "./types.js";

/** x86's vpmaddwd by the number of i32 results, widest first. */
const PMADDWD: readonly (readonly [lanes: number, feature: string, name: string])[] = [
  [16, "avx512bw", "@llvm.x86.avx512.pmaddw.d.512"],
  [8, "avx2", "@llvm.x86.avx2.pmadd.wd"],
  [4, "", "@llvm.x86.sse2.pmadd.wd"],
];

const range = (n: number, from = 0, step = 1): readonly number[] => Array.from({ length: n }, (_, i) => from + i * step);

function shuffle(body: Body, type: string, a: string, b: string, order: readonly number[]): string {
  const mask = order.map((i) => `i32 ${i}`).join(", ");
  return body.pure(`shufflevector ${type} ${a}, ${type} ${b}, <${order.length} x i32> <${mask}>`);
}

/** a[2l] * b[2l] + a[2l+1] * b[2l+1] by shuffles: what targets without the instruction do. */
function byShuffles(body: Body, a: string, b: string, lanes: number): string {
  const pairs = vectorOf("i16", lanes * 2);
  const half = vectorOf("i16", lanes);
  const wide = vectorOf("i32", lanes);
  const extend = (v: string, odd: number): string => {
    const part =
      lanes === 1
        ? body.pure(`extractelement ${pairs} ${v}, i64 ${odd}`)
        : shuffle(body, pairs, v, "poison", range(lanes, odd, 2));
    return body.pure(`sext ${half} ${part} to ${wide}`);
  };
  const products = [0, 1].map((odd) => body.pure(`mul nsw ${wide} ${extend(a, odd)}, ${extend(b, odd)}`));
  return body.pure(`add ${wide} ${products[0]}, ${products[1]}`);
}

function pairProducts(body: Body, a: string, b: string, lanes: number): string {
  const { arch, features } = body.module;
  const [best] = arch === "x86_64" ? PMADDWD.filter(([n, f]) => lanes % n === 0 && (f === "" || features.has(f))) : [];
  if (best === undefined) return byShuffles(body, a, b, lanes);
  const [width, , name] = best;
  if (width === lanes) {
    const [to, from] = [vectorOf("i32", lanes), vectorOf("i16", lanes * 2)];
    body.module.declare(`declare ${to} ${name}(${from}, ${from})`);
    return body.pure(`call ${to} ${name}(${from} ${a}, ${from} ${b})`);
  }
  const type = vectorOf("i16", lanes * 2);
  const half = lanes / 2;
  if (!Number.isInteger(half)) return byShuffles(body, a, b, lanes);
  const [low, high] = [0, lanes].map((from) => {
    const [x, y] = [a, b].map((v) => shuffle(body, type, v, "poison", range(lanes, from)));
    return pairProducts(body, x, y, half);
  });
  return shuffle(body, vectorOf("i32", half), low, high, range(lanes));
}

/** Pair products of i16 vectors, i32 of half the lanes. */
export function multiplyPairs(body: Body, a: Value, b: Value): Value {
  const lanes = a.lanes / 2;
  return { t: "i32", lanes, v: pairProducts(body, a.v, b.v, lanes) };
}
