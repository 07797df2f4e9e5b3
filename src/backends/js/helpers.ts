import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16, f64ToBf16, f64ToF16 } from "../../support/half.js";
import { fusedF32, fusedF64 } from "./fused.js";

/** Nearest integer, ties to even; the sign of zero is kept. */
function rne(x: number): number {
  const r = Math.round(x);
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
}

/** x^y by squaring, wrapping to 64 bits; for y < 0 the reciprocal toward zero: 1, -1 or 0 (0 for x = 0 too). */
function bigPow(x: bigint, y: bigint): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y & 1n ? -1n : 1n) : 0n;
  let [result, base] = [1n, x];
  for (let n = y; n > 0n; n >>= 1n) {
    if (n & 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return result;
}

/** Truncates and saturates to [lo, hi]; NaN gives 0. */
const toInt = (x: number, lo: number, hi: number): number => (x > lo ? (x < hi ? Math.trunc(x) : hi) : x <= lo ? lo : 0);

function toBig(x: number, lo: bigint, hi: bigint): bigint {
  if (Number.isNaN(x)) return 0n;
  if (x <= Number(lo)) return lo;
  return x >= Number(hi) ? hi : BigInt(Math.trunc(x));
}

/** Nearest float32 of a 64-bit integer, rounded once: bits below the 40th leave only a sticky one. */
function bigToF32(x: bigint): number {
  const d = Number(x);
  if (Number.isSafeInteger(d)) return Math.fround(d);
  const sticky = x & 0xffffn ? 0x10000n : 0n;
  return Math.fround(Number(((x >> 17n) << 17n) | (x & 0x10000n) | sticky));
}

/** SaturatingRoundingDoublingHighMul of gemmlowp. */
function mulhi31(a: number, b: number): number {
  if (a === -2147483648 && b === -2147483648) return 2147483647;
  const ab = BigInt(a) * BigInt(b);
  return Number((ab + (ab >= 0n ? 0x40000000n : 1n - 0x40000000n)) / 0x80000000n);
}

/** Flat position of an element; throws where an index leaves its dimension. */
function at(name: string, shape: readonly number[], index: readonly number[]): number {
  let flat = 0;
  for (let d = 0; d < shape.length; d++) {
    const i = index[d];
    if (!(i >= 0 && i < shape[d])) throw new RangeError(`${name}[${index.join(", ")}] is outside [${shape.join(", ")}]`);
    flat = flat * shape[d] + i;
  }
  return flat;
}

/** What generated code may call, under the names that it uses. */
export const helpers = {
  fr: Math.fround,
  imul: Math.imul,
  floor: Math.floor,
  min: <T extends number | bigint | boolean>(a: T, b: T): T => (a < b ? a : b),
  max: <T extends number | bigint | boolean>(a: T, b: T): T => (a > b ? a : b),
  nanMin: (a: number, b: number): number => (a < b || Number.isNaN(a) ? a : b),
  nanMax: (a: number, b: number): number => (a > b || Number.isNaN(a) ? a : b),
  bigDiv: (a: bigint, b: bigint): bigint => (b === 0n ? 0n : a / b),
  bigMod: (a: bigint, b: bigint): bigint => (b === 0n ? 0n : a % b),
  bigAbs: (a: bigint): bigint => (a < 0n ? -a : a),
  rne,
  bigPow,
  fusedF32,
  fusedF64,
  toInt,
  toBig,
  bigToF32,
  mulhi31,
  at,
  f16ToF32,
  f32ToF16,
  bf16ToF32,
  f32ToBf16,
  f64ToF16,
  f64ToBf16,
  asI64: (x: bigint): bigint => BigInt.asIntN(64, x),
  asU64: (x: bigint): bigint => BigInt.asUintN(64, x),
  big: BigInt,
  num: Number,
  bits: new DataView(new ArrayBuffer(16)),
} as const;
