/** Elementary functions in fixed point: BigInts that count units of 2^-BITS. For fitting polynomials and for checking results. */

export const BITS = 448n;
export const ONE = 1n << BITS;

export const fromInt = (n) => BigInt(n) << BITS;
export const mul = (a, b) => (a * b) >> BITS;
export const div = (a, b) => (a << BITS) / b;
export const ratio = (a, b) => fromInt(a) / BigInt(b);

/** A double, exactly. */
export function fromDouble(x) {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 0x7ffn);
  const fraction = word & 0xfffffffffffffn;
  const significand = exponent === 0 ? fraction : fraction | (1n << 52n);
  const shift = BITS + BigInt(Math.max(exponent, 1) - 1075);
  const magnitude = shift >= 0n ? significand << shift : significand >> -shift;
  return x < 0 ? -magnitude : magnitude;
}

/** The double nearest to the value, ties to even (normal range). */
export function toDouble(a) {
  if (a === 0n) return 0;
  const negative = a < 0n;
  let m = negative ? -a : a;
  const drop = m.toString(2).length - 53;
  if (drop > 0) {
    const half = 1n << BigInt(drop - 1);
    const rest = m & ((1n << BigInt(drop)) - 1n);
    m >>= BigInt(drop);
    if (rest > half || (rest === half && m & 1n)) m += 1n;
  }
  const value = Number(m) * 2 ** (Math.max(drop, 0) - 224) * 2 ** -224;
  return negative ? -value : value;
}

/** Sum of a power series: term(n) gives the ratio of term n to term n - 1 applied to it. */
function series(first, next) {
  let [term, sum] = [first, first];
  for (let n = 1; term !== 0n && n < 5000; n++) {
    term = next(term, n);
    if (term === -1n) break;
    sum += term;
  }
  return sum;
}

function exp0(x) {
  // halve until small, Taylor, square back
  const halvings = 16n;
  let y = series(ONE, (t, n) => mul(t, x >> halvings) / BigInt(n));
  for (let i = 0n; i < halvings; i++) y = mul(y, y);
  return y;
}

/** 2 atanh(s) = log((1 + s) / (1 - s)) */
function log1(s) {
  const z = mul(s, s);
  let [power, sum] = [s, s];
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = mul(power, z);
    sum += power / n;
  }
  return 2n * sum;
}

export const LN2 = log1(ratio(1, 3));

export function exp(x) {
  const k = x / LN2;
  const y = exp0(x - k * LN2);
  return k >= 0n ? y << k : y >> -k;
}

export function log(x) {
  let [m, k] = [x, 0n];
  while (m >= 2n * ONE) [m, k] = [m >> 1n, k + 1n];
  while (m < ONE) [m, k] = [m << 1n, k - 1n];
  return k * LN2 + log1(div(m - ONE, m + ONE));
}

export function sqrt(x) {
  let r = x > ONE ? x : ONE;
  for (;;) {
    const next = (r + div(x, r)) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}

export function atan(x) {
  // atan(x) = 2 atan(x / (1 + sqrt(1 + x^2)))
  const halvings = 6n;
  let y = x;
  for (let i = 0n; i < halvings; i++) y = div(y, ONE + sqrt(ONE + mul(y, y)));
  const z = -mul(y, y);
  let [power, sum] = [y, y];
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = mul(power, z);
    sum += power / n;
  }
  return sum << halvings;
}

export const PI = 4n * atan(ONE);

export const sin = (x) => series(x, (t, n) => -mul(mul(t, x), x) / BigInt(2 * n * (2 * n + 1)));
export const cos = (x) => series(ONE, (t, n) => -mul(mul(t, x), x) / BigInt(2 * n * (2 * n - 1)));
export const asin = (x) => (x === ONE || x === -ONE ? (x * PI) / (2n * ONE) : atan(div(x, sqrt(ONE - mul(x, x)))));
export const tanh = (x) => {
  const e = exp(2n * x);
  return div(e - ONE, e + ONE);
};
/** Maclaurin series; its terms grow to e^(x^2), which the guard bits hold for |x| < 8. */
export function erf(x) {
  const z = mul(x, x);
  let [power, sum] = [x, x];
  for (let n = 1n; power !== 0n && power !== -1n; n++) {
    power = -mul(power, z) / n;
    sum += power / (2n * n + 1n);
  }
  return div(2n * sum, sqrt(PI));
}
