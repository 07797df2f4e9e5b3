/** Functions that generated C calls for what C has no operator with the meaning of the loop IR. Only those in use are printed. */
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";
import { invariant } from "../../support/assert.js";
import { constantText, valueType } from "./types.js";

/** Name and text of a function, and the functions it calls. */
interface Helper {
  readonly text: string;
  readonly calls?: readonly string[];
}

const fn = (result: string, name: string, params: string, ...lines: readonly string[]): string =>
  lines.length === 1
    ? `static inline ${result} ${name}(${params}) { ${lines[0]} }`
    : [`static inline ${result} ${name}(${params}) {`, ...lines.map((l) => `  ${l}`), "}"].join("\n");

const unsignedOf = (t: DType): string => `uint${Math.max(32, dtypeInfo(t).bits)}_t`;
const two = (t: DType): string => `${valueType(t)} a, ${valueType(t)} b`;
/** The result of an operation on `t`, cut to its width. */
export function cut(t: DType, x: string): string {
  if (t === "i4") return `wrap_i4(${x})`;
  return t === "u4" ? `(uint8_t)((${x}) & 15)` : `(${valueType(t)})(${x})`;
}
const nibble = (t: DType): readonly string[] => (t === "i4" ? ["wrap_i4"] : []);

/** +, - and * that wrap: in unsigned arithmetic, where nothing overflows. */
const wrapping =
  (op: string, sign: string) =>
  (t: DType): Helper => ({
    text: fn(valueType(t), `${op}_${t}`, two(t), `return (${valueType(t)})((${unsignedOf(t)})a ${sign} (${unsignedOf(t)})b);`),
  });

/** Division that never traps: x / 0 = x % 0 = 0, and the least value by -1 wraps. */
const division =
  (op: "div" | "mod", sign: string) =>
  (t: DType): Helper => {
    const byMinusOne =
      op === "mod" ? "0" : t === "i32" || t === "i64" ? `(${valueType(t)})(0u - (${unsignedOf(t)})a)` : cut(t, "-a");
    const lines = [
      "if (b == 0) return 0;",
      ...(dtypeInfo(t).signed ? [`if (b == -1) return ${byMinusOne};`] : []),
      `return (${valueType(t)})(a ${sign} b);`,
    ];
    return { text: fn(valueType(t), `${op}_${t}`, two(t), ...lines), calls: op === "div" ? nibble(t) : [] };
  };

/** Shifts in at least 32 bits, the amount modulo 32; a 64-bit value is shifted out by 64 and more. */
const shift =
  (op: "shl" | "shr") =>
  (t: DType): Helper => {
    const wide = dtypeInfo(t).bits === 64;
    const signed = dtypeInfo(t).signed;
    const beyond = signed ? "b < 0 || b > 63" : "b > 63";
    const name = `${op}_${t}`;
    const calls = nibble(t);
    if (op === "shl") {
      const shifted = `(${unsignedOf(t)})a << (b & ${wide ? 63 : 31})`;
      const result = wide ? `${beyond} ? 0 : (${valueType(t)})(${shifted})` : cut(t, shifted);
      return { text: fn(valueType(t), name, two(t), `return ${result};`), calls };
    }
    if (wide) {
      const out = signed ? "a < 0 ? -1 : 0" : "0";
      return { text: fn(valueType(t), name, two(t), `if (${beyond}) return ${out};`, "return a >> b;") };
    }
    return { text: fn(valueType(t), name, two(t), `return ${cut(t, "a >> (b & 31)")};`), calls };
  };

const extreme =
  (op: "min" | "max", sign: string) =>
  (t: DType): Helper => ({
    text: fn(valueType(t), `${op}_${t}`, two(t), `return a ${sign} b ? a : b;`),
  });

/** The step of a reduction: NaN where either is. */
const extremeOrNan =
  (op: "min" | "max", sign: string) =>
  (t: DType): Helper => ({
    text: fn(valueType(t), `nan${op}_${t}`, two(t), `return a ${sign} b || a != a ? a : b;`),
  });

/** Words of the two float formats. */
const FORMATS = {
  f32: { type: "float", word: "uint32_t", f: "f", fraction: 23, one: "1u", int: "int32_t", bits: 32 },
  f64: { type: "double", word: "uint64_t", f: "", fraction: 52, one: "UINT64_C(1)", int: "int64_t", bits: 64 },
} as const;
type Format = keyof typeof FORMATS;
const isFormat = (t: string): t is Format => t === "f32" || t === "f64";
const whole = (t: Format): string => (t === "f32" ? "8388608.0f" : "4503599627370496.0");

const bits = (t: Format): readonly string[] => [`bits_of_${t}`, `${t}_of_bits`];

/** By the name before the type. Ops on a format: f32 or f64; on an integer: any. */
const FLOAT_HELPERS: Readonly<Record<string, (t: Format) => Helper>> = {
  bits_of: (t) => {
    const { type, word } = FORMATS[t];
    return {
      text: fn(word, `bits_of_${t}`, `${type} x`, `union { ${type} value; ${word} bits; } u;`, "u.value = x;", "return u.bits;"),
    };
  },
  abs: (t) => {
    const { type, f } = FORMATS[t];
    return { text: fn(type, `abs_${t}`, `${type} x`, `return x > 0.0${f} ? x : 0.0${f} - x;`) };
  },
  with_sign: (t) => {
    const { type, one, bits: n } = FORMATS[t];
    const sign = `(${one} << ${n - 1})`;
    const line = `return ${t}_of_bits((bits_of_${t}(x) & ~${sign}) | (bits_of_${t}(sign) & ${sign}));`;
    return { text: fn(type, `with_sign_${t}`, `${type} x, ${type} sign`, line), calls: bits(t) };
  },
  is_nan: (t) => ({ text: fn("int", `is_nan_${t}`, `${FORMATS[t].type} x`, "return x != x;") }),
  is_inf: (t) => {
    const { type, f } = FORMATS[t];
    return { text: fn("int", `is_inf_${t}`, `${type} x`, `return x == 1.0${f} / 0.0${f} || x == -1.0${f} / 0.0${f};`) };
  },
  // adding 2^fraction leaves no room for a fraction: the sum is rounded to nearest even
  round: (t) => {
    const { type } = FORMATS[t];
    const lines = [
      `${type} size = abs_${t}(x);`,
      `if (!(size < ${whole(t)})) return x;`,
      `return with_sign_${t}((size + ${whole(t)}) - ${whole(t)}, x);`,
    ];
    return { text: fn(type, `round_${t}`, `${type} x`, ...lines), calls: [`abs_${t}`, `with_sign_${t}`] };
  },
  trunc: (t) => {
    const { type, int } = FORMATS[t];
    const lines = [`if (!(abs_${t}(x) < ${whole(t)})) return x;`, `return with_sign_${t}((${type})(${int})x, x);`];
    return { text: fn(type, `trunc_${t}`, `${type} x`, ...lines), calls: [`abs_${t}`, `with_sign_${t}`] };
  },
  floor: (t) => toward(t, "floor", "rounded > x", "-"),
  ceil: (t) => toward(t, "ceil", "rounded < x", "+"),
  // bit by bit, as in fdlibm's e_sqrt.c (Sun Microsystems, 1993)
  sqrt: (t) => {
    const { type, word, f, fraction, one } = FORMATS[t];
    const bias = t === "f32" ? 127 : 1023;
    const lines = [
      `${word} word = bits_of_${t}(x), root = 0, twice = 0, bit, sum;`,
      "int exponent;",
      `if (!(x > 0.0${f}) || x == 1.0${f} / 0.0${f}) return x < 0.0${f} ? 0.0${f} / 0.0${f} : x;`,
      `exponent = (int)(word >> ${fraction}) - ${bias};`,
      `word &= (${one} << ${fraction}) - 1;`,
      `if (exponent == -${bias}) {`,
      `  for (; !(word >> ${fraction}); exponent--) word <<= 1;`,
      "  exponent++;",
      "}",
      `word |= ${one} << ${fraction};`,
      "if (exponent & 1) word <<= 1;",
      "word <<= 1;",
      `for (bit = ${one} << ${fraction + 1}; bit; bit >>= 1) {`,
      "  sum = twice + bit;",
      "  if (sum <= word) {",
      "    twice = sum + bit;",
      "    word -= sum;",
      "    root += bit;",
      "  }",
      "  word <<= 1;",
      "}",
      "if (word) root += root & 1;",
      `return ${t}_of_bits((root >> 1) + ((${word})((exponent - (exponent & 1)) / 2 + ${bias - 1}) << ${fraction}));`,
    ];
    return { text: fn(type, `sqrt_${t}`, `${type} x`, ...lines), calls: bits(t) };
  },
  // the remainder of the long division of the significands: exact
  mod: (t) => {
    const { type, word, f, fraction, one, bits: n } = FORMATS[t];
    const hidden = `(${one} << ${fraction})`;
    const part = (v: string) => [
      `if (!(${v} >> ${fraction})) for (e${v} = 1; !(${v} >> ${fraction}); e${v}--) ${v} <<= 1;`,
      `else ${v} = (${v} & (${hidden} - 1)) | ${hidden};`,
    ];
    const lines = [
      `${word} sign = bits_of_${t}(x) & (${one} << ${n - 1}), a = bits_of_${t}(x) ^ sign, b = bits_of_${t}(y) & ~(${one} << ${n - 1});`,
      `int ea = (int)(a >> ${fraction}), eb = (int)(b >> ${fraction});`,
      `if (b == 0 || x != x || y != y || ea == ${(1 << (n - 1 - fraction)) - 1}) return 0.0${f} / 0.0${f};`,
      "if (a < b) return x;",
      ...part("a"),
      ...part("b"),
      "for (;; ea--) {",
      "  if (a >= b) a -= b;",
      "  if (ea == eb) break;",
      "  a <<= 1;",
      "}",
      `if (a == 0) return ${t}_of_bits(sign);`,
      `for (; !(a >> ${fraction}); ea--) a <<= 1;`,
      `a = ea > 0 ? (a ^ ${hidden}) | (${word})ea << ${fraction} : a >> (1 - ea);`,
      `return ${t}_of_bits(a | sign);`,
    ];
    return { text: fn(type, `mod_${t}`, `${type} x, ${type} y`, ...lines), calls: bits(t) };
  },
};

function toward(t: Format, name: string, test: string, sign: string): Helper {
  const { type, f } = FORMATS[t];
  const lines = [`${type} rounded = trunc_${t}(x);`, `return ${test} ? with_sign_${t}(rounded ${sign} 1.0${f}, x) : rounded;`];
  return { text: fn(type, `${name}_${t}`, `${type} x`, ...lines), calls: [`trunc_${t}`, `with_sign_${t}`] };
}

const INTEGER_HELPERS: Readonly<Record<string, (t: DType) => Helper>> = {
  add: wrapping("add", "+"),
  sub: wrapping("sub", "-"),
  mul: wrapping("mul", "*"),
  div: division("div", "/"),
  mod: division("mod", "%"),
  shl: shift("shl"),
  shr: shift("shr"),
  abs: (t) => {
    const negated = dtypeInfo(t).bits < 32 ? cut(t, "-x") : `(${valueType(t)})(0u - (${unsignedOf(t)})x)`;
    return { text: fn(valueType(t), `abs_${t}`, `${valueType(t)} x`, `return x < 0 ? ${negated} : x;`), calls: nibble(t) };
  },
  // by squaring, wrapping; for y < 0 the reciprocal toward zero: 1, -1 or 0
  pow: (t) => {
    const word = t === "u64" ? "uint64_t" : "int64_t";
    const lines = [
      `uint64_t power = 1, base = (uint64_t)x, n = (uint64_t)y;`,
      ...(t === "u64" ? [] : ["if (y < 0) return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;"]),
      "for (; n; n >>= 1, base *= base)",
      "  if (n & 1) power *= base;",
      `return (${word})power;`,
    ];
    return { text: fn(word, `pow_${t}`, `${word} x, ${word} y`, ...lines) };
  },
};

const OTHER_HELPERS: Readonly<Record<string, Helper>> = {
  wrap_i4: { text: fn("int8_t", "wrap_i4", "int x", "return (int8_t)(((x & 15) ^ 8) - 8);") },
  f32_of_bits: ofBits("f32"),
  f64_of_bits: ofBits("f64"),
  mulhi31: {
    text: fn(
      "int32_t",
      "mulhi31",
      "int32_t a, int32_t b",
      "int64_t product = (int64_t)a * b;",
      "if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;",
      "return (int32_t)((product + (product >= 0 ? 1073741824 : 1 - 1073741824)) / INT64_C(2147483648));",
    ),
  },
  // exponent and fraction in place, then times 2^112, the difference of the biases: subnormals come out exact
  f16_to_f32: {
    text: fn(
      "float",
      "f16_to_f32",
      "uint16_t half",
      "uint32_t size = half & 0x7fffu;",
      "uint32_t word = bits_of_f32(f32_of_bits(size << 13) * 5192296858534827628530496329220096.0f);",
      "return f32_of_bits(word | (size >= 0x7c00u ? 0x7f800000u : 0u) | (uint32_t)(half & 0x8000u) << 16);",
    ),
    calls: bits("f32"),
  },
  f32_to_f16: {
    text: fn(
      "uint16_t",
      "f32_to_f16",
      "float x",
      "uint32_t word = bits_of_f32(x), size = word & 0x7fffffffu, half;",
      "if (size > 0x7f800000u) half = 0x7e00u | (size >> 13 & 0x1ffu);",
      "else if (size >= 0x477ff000u) half = 0x7c00u;",
      "else if (size < 0x38800000u) half = bits_of_f32(f32_of_bits(size) + 0.5f) - 0x3f000000u;",
      "else half = (size - 0x38000000u + 0xfffu + (size >> 13 & 1u)) >> 13;",
      "return (uint16_t)(half | (word >> 16 & 0x8000u));",
    ),
    calls: bits("f32"),
  },
  bf16_to_f32: {
    text: fn("float", "bf16_to_f32", "uint16_t half", "return f32_of_bits((uint32_t)half << 16);"),
    calls: bits("f32"),
  },
  f32_to_bf16: {
    text: fn(
      "uint16_t",
      "f32_to_bf16",
      "float x",
      "uint32_t word = bits_of_f32(x);",
      "if (x != x) return (uint16_t)(word >> 16 | 0x40u);",
      "return (uint16_t)((word + 0x7fffu + (word >> 16 & 1u)) >> 16);",
    ),
    calls: bits("f32"),
  },
  // the float beside a double whose last bit is odd, unless it is exact: rounding that to a half is rounding the double once
  odd_f32: {
    text: fn(
      "float",
      "odd_f32",
      "double x",
      "float close = (float)x;",
      "double back = close;",
      "uint32_t word = bits_of_f32(close);",
      "if (x == back || x != x || word & 1u) return close;",
      "return f32_of_bits((back < 0.0 ? back > x : back < x) ? word + 1u : word - 1u);",
    ),
    calls: bits("f32"),
  },
  round_f16: {
    text: fn("float", "round_f16", "float x", "return f16_to_f32(f32_to_f16(x));"),
    calls: ["f16_to_f32", "f32_to_f16"],
  },
  round_bf16: {
    text: fn("float", "round_bf16", "float x", "return bf16_to_f32(f32_to_bf16(x));"),
    calls: ["bf16_to_f32", "f32_to_bf16"],
  },
  index_of_i64: {
    text: fn(
      "ptrdiff_t",
      "index_of_i64",
      "int64_t x",
      "return x < PTRDIFF_MIN ? PTRDIFF_MIN : x > PTRDIFF_MAX ? PTRDIFF_MAX : (ptrdiff_t)x;",
    ),
  },
};

function ofBits(t: Format): Helper {
  const { type, word } = FORMATS[t];
  return {
    text: fn(type, `${t}_of_bits`, `${word} x`, `union { ${type} value; ${word} bits; } u;`, "u.bits = x;", "return u.value;"),
  };
}

/** `i8_of_f32`: toward zero, saturating, NaN to 0. */
function saturating(to: DType | "index", from: Format): Helper {
  const { type, f } = FORMATS[from];
  const result = valueType(to);
  const name = `${to}_of_${from}`;
  if (to === "index") {
    const line = `return x >= (${type})PTRDIFF_MAX ? PTRDIFF_MAX : x > (${type})PTRDIFF_MIN ? (ptrdiff_t)x : x != x ? 0 : PTRDIFF_MIN;`;
    return { text: fn(result, name, `${type} x`, line) };
  }
  const { bits: n, signed } = dtypeInfo(to);
  const top = 2 ** (signed ? n - 1 : n);
  const most = constantText(to, 2n ** BigInt(signed ? n - 1 : n) - 1n);
  const number = (v: number): string => `${v.toFixed(1)}${f}`;
  const line = signed
    ? `return x >= ${number(top)} ? ${most} : x > ${number(-top)} ? (${result})x : x != x ? 0 : ${constantText(to, -(2n ** BigInt(n - 1)))};`
    : `return x >= ${number(top)} ? ${most} : x > 0.0${f} ? (${result})x : 0;`;
  return { text: fn(result, name, `${type} x`, line) };
}

function find(name: string): Helper {
  if (Object.hasOwn(OTHER_HELPERS, name)) return OTHER_HELPERS[name];
  const conversion = /^(\w+)_of_(f32|f64)$/.exec(name);
  if (conversion && conversion[1] !== "bits") return saturating(conversion[1] as DType | "index", conversion[2] as Format);
  const [, op, t] = /^(.+)_(\w+?)$/.exec(name) ?? [];
  if (op === "min" || op === "max") return extreme(op, op === "min" ? "<" : ">")(t as DType);
  if (op === "nanmin" || op === "nanmax")
    return extremeOrNan(op === "nanmin" ? "min" : "max", op === "nanmin" ? "<" : ">")(t as DType);
  const made = isFormat(t) ? FLOAT_HELPERS[op]?.(t) : INTEGER_HELPERS[op]?.(t as DType);
  invariant(made, `a C function '${name}'`);
  return made;
}

/** The functions that a text uses, in the order in which C wants them. */
export interface Helpers {
  /** Notes the use of a function; returns its name. */
  use(name: string): string;
  /** The same for a function whose text is written on its first use. */
  define(name: string, write: () => string): string;
  text(): string;
}

export function createHelpers(): Helpers {
  const found = new Map<string, string>();
  const use = (name: string): string => {
    if (found.has(name)) return name;
    const { text, calls = [] } = find(name);
    for (const c of calls) use(c);
    found.set(name, text);
    return name;
  };
  const define = (name: string, write: () => string): string => {
    if (!found.has(name)) found.set(name, write());
    return name;
  };
  return { use, define, text: () => [...found.values()].join("\n") };
}
