/** a * b + c rounded once, as the fused instructions of hardware do it. */

const word = new DataView(new ArrayBuffer(8));
const FLT_MAX = 2 ** 128 - 2 ** 104;

/** hi + lo = a + b exactly, hi rounded. Knuth 1969. */
function lostBySum(a: number, b: number, hi: number): number {
  const part = hi - a;
  return a - (hi - part) + (b - part);
}

/** The double sum is rounded again only by chance: it then lies in the middle between two floats, and what it lost decides. */
export function fusedF32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const near = Math.fround(sum);
  if (near === sum || !Number.isFinite(sum)) return near;
  const lost = lostBySum(product, c, sum);
  if (lost === 0) return near;
  if (!Number.isFinite(near))
    return lost < 0 === sum > 0 && Math.abs(sum) === FLT_MAX + 2 ** 103 ? Math.sign(sum) * FLT_MAX : near;
  const other = near + 2 * (sum - near);
  if (Math.fround(other) !== other) return near;
  return lost > 0 ? Math.max(near, other) : Math.min(near, other);
}

/** A double as a multiple of 2^-1074. */
function scaled(v: number): bigint {
  word.setFloat64(0, v);
  const bits = word.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return v < 0 ? -magnitude : magnitude;
}

/** The double nearest to n * 2^-2148, ties to even. */
function nearest(n: bigint): number {
  const magnitude = n < 0n ? -n : n;
  const length = magnitude.toString(2).length;
  // what is kept has 53 bits, or ends at 2^-1074
  const drop = BigInt(Math.max(length - 53, 1074));
  const kept = magnitude >> drop;
  const rest = magnitude - (kept << drop);
  const half = 1n << (drop - 1n);
  const rounded = kept + (rest > half || (rest === half && (kept & 1n) === 1n) ? 1n : 0n);
  const exponent = Number(drop) - 2148;
  // in two steps, of which the last is exact or overflows
  const value = exponent > 900 ? Number(rounded) * 2 ** 900 * 2 ** (exponent - 900) : Number(rounded) * 2 ** exponent;
  return n < 0n ? -value : value;
}

/** a * b - product, exactly where nothing overflows. Veltkamp, Dekker 1971. */
function lostByProduct(a: number, b: number, product: number): number {
  const [ca, cb] = [a * 134217729, b * 134217729];
  const [ah, bh] = [ca - (ca - a), cb - (cb - b)];
  const [al, bl] = [a - ah, b - bh];
  return ah * bh - product + (ah * bl + al * bh) + al * bl;
}

/** a + b rounded to odd: the last bit says whether anything was lost. */
function sumToOdd(a: number, b: number): number {
  const sum = a + b;
  const lost = lostBySum(a, b, sum);
  if (lost === 0) return sum;
  word.setFloat64(0, sum);
  const bits = word.getBigInt64(0);
  if (bits & 1n) return sum;
  word.setBigInt64(0, bits + (lost > 0 === sum > 0 ? 1n : -1n));
  return word.getFloat64(0);
}

/** Boldo and Melquiond 2008, section 5, where no intermediate leaves the normal range; else, and for zeros, by whole numbers. */
export function fusedF64(a: number, b: number, c: number): number {
  const product = a * b;
  const [size, other] = [Math.abs(product), Math.abs(c)];
  const inRange = size > 2 ** -900 && size < 2 ** 900 && Math.abs(a) < 2 ** 990 && Math.abs(b) < 2 ** 990;
  if (inRange && other < 2 ** 900 && other > 2 ** -900) {
    const low = lostByProduct(a, b, product);
    const inner = c + low;
    const innerLow = lostBySum(c, low, inner);
    const outer = product + inner;
    return outer + sumToOdd(lostBySum(product, inner, outer), innerLow);
  }
  if (!Number.isFinite(a) || !Number.isFinite(b)) return product + c;
  if (!Number.isFinite(c)) return c;
  if (a === 0 || b === 0) return product + c;
  if (c === 0) return product;
  const exact = scaled(a) * scaled(b) + (scaled(c) << 1074n);
  // a product that is exactly -c gives +0, as any sum does
  return exact === 0n ? 0 : nearest(exact);
}
