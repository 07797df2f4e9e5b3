/**
 * The polynomials of the math library. Each is the Chebyshev interpolant (within a small factor of the minimax polynomial) of a smooth
 * function on an interval, computed with 448 fractional bits and rounded at the end.
 */
import { writeFileSync } from "node:fs";
import { runScript } from "./command-line.mjs";
import * as fx from "./fixed-point.mjs";

const { ONE, mul, div, ratio, fromDouble } = fx;

/** Newton's divided differences at Chebyshev nodes, expanded around `center`: coefficients of powers of (x - center), lowest first. */
function interpolate(f, a, b, degree, center) {
  const n = degree + 1;
  const [mid, half] = [(a + b) / 2n, (b - a) / 2n];
  const nodes = Array.from({ length: n }, (_, j) => mid + mul(half, fx.cos((fx.PI * BigInt(2 * j + 1)) / BigInt(2 * n))));
  const values = nodes.map(f);
  for (let k = 1; k < n; k++)
    for (let j = n - 1; j >= k; j--) values[j] = div(values[j] - values[j - 1], nodes[j] - nodes[j - k]);
  let poly = [];
  for (let j = n - 1; j >= 0; j--) {
    // poly * (x - node) + value, in powers of (x - center)
    const shift = nodes[j] - center;
    const next = new Array(poly.length + 1).fill(0n);
    poly.forEach((c, i) => {
      next[i + 1] += c;
      next[i] -= mul(c, shift);
    });
    next[0] += values[j];
    poly = next;
  }
  return poly;
}

const evaluate = (poly, x) => poly.reduceRight((sum, c) => mul(sum, x) + c, 0n);

const square = (x) => mul(x, x);
const powerOf = (x, n) => Array.from({ length: n }).reduce((p) => mul(p, x), ONE);
/** g(z) = h(sqrt z): the even part of an odd or even function, as a function of the square. */
const ofSquare = (h) => (z) => h(fx.sqrt(z));

const ln2Half = (fx.LN2 * 502n) / 1000n;
const ln2Low = (fx.LN2 * -500n) / 1000n;
const root2 = fx.sqrt(2n * ONE);
const logS = div(root2 - ONE, root2 + ONE);
const tiny = ONE >> 60n;

/** name: [type, degree, from, to, function, what it is, center] */
const FITS = {
  expF32: ["f32", 4, ln2Low, ln2Half, (r) => div(fx.exp(r) - ONE - r, square(r)), "(e^r - 1 - r) / r^2, |r| <= ln 2 / 2"],
  expF64: ["f64", 10, ln2Low, ln2Half, (r) => div(fx.exp(r) - ONE - r, square(r)), "(e^r - 1 - r) / r^2, |r| <= ln 2 / 2"],
  logF32: [
    "f32",
    8,
    (root2 >> 1n) - ONE,
    root2 - ONE,
    (f) => div(fx.log(ONE + f) - f + (square(f) >> 1n), powerOf(f, 3)),
    "(log(1 + f) - f + f^2 / 2) / f^3, 1 + f in [sqrt(1/2), sqrt 2]",
  ],
  logF64: [
    "f64",
    6,
    tiny,
    square(logS),
    ofSquare((s) => div(div(fx.log(div(ONE + s, ONE - s)), s) - 2n * ONE, square(s))),
    "(log((1 + s) / (1 - s)) / s - 2) / s^2 in z = s^2, |s| <= (sqrt 2 - 1) / (sqrt 2 + 1)",
  ],
  sinF64: [
    "f64",
    5,
    tiny,
    square(fx.PI / 4n) + (ONE >> 12n),
    ofSquare((x) => div(div(fx.sin(x), x) - ONE, square(x))),
    "(sin(x) / x - 1) / x^2 in z = x^2, |x| <= pi / 4",
  ],
  cosF64: [
    "f64",
    5,
    tiny,
    square(fx.PI / 4n) + (ONE >> 12n),
    ofSquare((x) => div(fx.cos(x) - ONE + (square(x) >> 1n), powerOf(x, 4))),
    "(cos(x) - 1 + x^2 / 2) / x^4 in z = x^2, |x| <= pi / 4",
  ],
  asinF64: [
    "f64",
    12,
    tiny,
    ratio(1, 4),
    ofSquare((x) => div(div(fx.asin(x), x) - ONE, square(x))),
    "(asin(x) / x - 1) / x^2 in z = x^2, |x| <= 1/2",
  ],
  atanF64: [
    "f64",
    11,
    tiny,
    square(root2 - ONE) + (ONE >> 12n),
    ofSquare((x) => div(div(fx.atan(x), x) - ONE, square(x))),
    "(atan(x) / x - 1) / x^2 in z = x^2, |x| <= tan(pi / 8)",
  ],
  tanhF32: [
    "f32",
    5,
    tiny,
    square(fromDouble(0.625)),
    ofSquare((x) => div(div(fx.tanh(x), x) - ONE, square(x))),
    "(tanh(x) / x - 1) / x^2 in z = x^2, |x| <= 0.625",
  ],
  erfF32: [
    "f32",
    15,
    tiny,
    square(fromDouble(3.875)),
    ofSquare((x) => div(fx.erf(x), x)),
    "erf(x) / x in x^2 - 7.9375, |x| <= 3.875",
    fromDouble(7.9375),
  ],
  erfSmallF64: [
    "f64",
    13,
    tiny,
    square(fromDouble(0.9375)),
    ofSquare((x) => div(fx.erf(x), x) - ONE),
    "erf(x) / x - 1 in z = x^2, |x| <= 0.9375",
  ],
  erfLargeF64: [
    "f64",
    27,
    fromDouble(0.9375),
    fromDouble(6),
    (x) => -fx.log(ONE - fx.erf(x)),
    "-log(erfc(x)) in x - 3.5, 0.9375 <= x <= 6",
    fromDouble(3.5),
  ],
};

/** A constant as a sum of doubles with `bits` significant bits each, the last one whole. */
function parts(value, ...bits) {
  let rest = value;
  return [...bits, 0].map((n) => {
    if (n === 0) return fx.toDouble(rest);
    const drop = BigInt(rest.toString(2).length - n);
    const head = (rest >> drop) << drop;
    rest -= head;
    return fx.toDouble(head);
  });
}

const CONSTANTS = {
  ln2PartsF32: [parts(fx.LN2, 15).map(Math.fround), "ln 2; the first part times a whole number below 2^9 is exact in f32"],
  ln2PartsF64: [parts(fx.LN2, 41), "ln 2; the first part times a whole number below 2^12 is exact"],
  halfPiParts33: [parts(fx.PI / 2n, 33, 33), "pi / 2; the first two parts times a whole number below 2^20 are exact"],
  halfPiParts22: [parts(fx.PI / 2n, 22, 22), "pi / 2; the first two parts times a whole number below 2^31 are exact"],
  halfPi: [parts(fx.PI / 2n, 53), "pi / 2 in two doubles"],
  ln2Double: [parts(fx.LN2, 53), "ln 2 in two doubles"],
  log2eParts: [parts(div(ONE, fx.LN2), 53), "log2(e) in two doubles"],
  thirdParts: [parts(ratio(1, 3), 53), "1 / 3 in two doubles"],
};

const literal = (v) => (Object.is(v, -0) ? "-0" : String(v));

function main() {
  const lines = [
    "// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: parts of constants, each exact",
    "/** Made by scripts/fit-math.mjs; polynomials are listed from the constant term up. */",
    "",
  ];
  for (const [name, [type, degree, a, b, f, what, center = 0n]] of Object.entries(FITS)) {
    const poly = interpolate(f, a, b, degree, center);
    const rounded = poly.map(fx.toDouble).map((v) => (type === "f32" ? Math.fround(v) : v));
    let worst = 0;
    for (let i = 0; i <= 40; i++) {
      const x = a + ((b - a) * BigInt(i)) / 40n + 1n;
      worst = Math.max(worst, Math.abs(fx.toDouble(evaluate(poly, x - center) - f(x))));
    }
    console.log(name.padEnd(14), `degree ${degree}`, `largest error ${worst.toExponential(2)}`);
    lines.push(`/** ${what}. */`, `export const ${name}: readonly number[] = [`, ...rounded.map((c) => `  ${literal(c)},`), "];");
  }
  for (const [name, [values, what]] of Object.entries(CONSTANTS)) {
    lines.push(`/** ${what}. */`, `export const ${name}: readonly number[] = [${values.map(literal).join(", ")}];`);
  }
  writeFileSync(new URL("../src/ir/math/coefficients.ts", import.meta.url), `${lines.join("\n")}\n`);
}

const command = {
  run: "node scripts/fit-math.mjs",
  about: "Fits the polynomials of the math library, prints the largest error of each, and writes src/ir/math/coefficients.ts.",
};
await runScript(command, main);
