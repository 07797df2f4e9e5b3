/** Spelling of names, numbers and the values of constants. Every number reads back as the same bits. */
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../support/half.js";
import { dataFromBytes, emptyData, roundTo } from "../op/tensor.js";
import { type DType, dtypeInfo } from "../type/dtype.js";

const PLAIN = /^[A-Za-z0-9_.]+$/;

export const quoted = (text: string): string => JSON.stringify(text);

/** `%x`, `#w`, `@main`; what holds other characters than letters, digits, `_` and `.` is quoted: `%"a/b"`. */
/** Words of the text that are no names. */
const RESERVED: readonly string[] = ["return", "true", "false", "inf", "nan", "_"];

/** The key of an attribute, in quotes where it is no word. */
export const keyText = (key: string): string =>
  /^[A-Za-z_][A-Za-z0-9_.]*$/.test(key) && !RESERVED.includes(key) ? key : quoted(key);

export const sigilName = (sigil: string, name: string): string => sigil + (PLAIN.test(name) ? name : quoted(name));

/** The shortest decimal that reads back as the same double; `nan`, `inf`, `-inf`, `-0`. */
export function numberText(v: number): string {
  if (Number.isNaN(v)) return "nan";
  if (!Number.isFinite(v)) return v > 0 ? "inf" : "-inf";
  return Object.is(v, -0) ? "-0" : String(v);
}

/** The shortest decimal whose nearest value of the type is `v`, which is one of its values. */
function shortText(dtype: DType, v: number): string {
  if (dtype === "f64" || !Number.isFinite(v) || (Number.isInteger(v) && Math.abs(v) < 1e9)) return numberText(v);
  for (let digits = 1; digits <= 9; digits++) {
    const near = Number(v.toPrecision(digits));
    if (roundTo(dtype, near) === v) return numberText(near);
  }
  return numberText(v);
}

export function readNumber(text: string): number {
  switch (text) {
    case "nan":
    case "-nan":
      return Number.NaN;
    case "inf":
      return Number.POSITIVE_INFINITY;
    case "-inf":
      return Number.NEGATIVE_INFINITY;
    default:
      return Number(text);
  }
}

/** The NaN that `nan` stands for; others are spelled by their bits. */
const NAN_BITS: Readonly<Record<string, bigint>> = { f16: 0x7e00n, bf16: 0x7fc0n, f32: 0x7fc00000n, f64: 0x7ff8000000000000n };

type Bits = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;
const bitsOf = (bytes: Uint8Array, size: number): Bits => {
  const b = bytes.slice();
  const Ctor = size === 8 ? BigUint64Array : size === 4 ? Uint32Array : size === 2 ? Uint16Array : Uint8Array;
  return new Ctor(b.buffer, 0, b.byteLength / size);
};

/** The elements of a constant, separated by commas: decimals, or `0x` and the bits where a NaN has a payload. */
export function elementsText(dtype: DType, bytes: Uint8Array): string {
  const data = dataFromBytes(dtype, bytes);
  const bits = bitsOf(bytes, dtypeInfo(dtype).bytes);
  const text = (v: number | bigint, i: number): string => {
    if (typeof v === "bigint") return String(v);
    const value = dtype === "f16" ? f16ToF32(v) : dtype === "bf16" ? bf16ToF32(v) : v;
    return Number.isNaN(value) && BigInt(bits[i]) !== NAN_BITS[dtype] ? `0x${bits[i].toString(16)}` : shortText(dtype, value);
  };
  return Array.from(data as ArrayLike<number | bigint>, text).join(", ");
}

/** What is wrong with a list of elements: `at` is the position in it. */
export interface BadElement {
  readonly at: number;
  readonly message: string;
}

/** The bytes of a list of elements, or what is wrong with it. */
export function elementBytes(dtype: DType, texts: readonly string[]): Uint8Array | BadElement {
  const info = dtypeInfo(dtype);
  const data = emptyData(dtype, texts.length);
  const bytes = new Uint8Array(data.buffer);
  const bits = new DataView(data.buffer);
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    const bad = (why: string): BadElement => ({ at: i, message: `'${text}' ${why}` });
    if (text.startsWith("0x") && info.kind === "float") {
      if (!/^0x[0-9a-fA-F]+$/.test(text) || text.length > 2 + 2 * info.bytes) return bad(`are no bits of ${dtype}`);
      if (info.bytes === 8) bits.setBigUint64(8 * i, BigInt(text), true);
      else if (info.bytes === 4) bits.setUint32(4 * i, Number(text), true);
      else bits.setUint16(2 * i, Number(text), true);
      continue;
    }
    if (!/^-?(nan|inf|\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(text)) return bad("is not a number");
    if (info.kind === "float") {
      const v = readNumber(text);
      data[i] = dtype === "f16" ? f32ToF16(v) : dtype === "bf16" ? f32ToBf16(v) : v;
      if (Number.isNaN(v)) bytes.set(nanBytes(dtype), i * info.bytes);
      continue;
    }
    if (!/^-?\d+$/.test(text)) return bad(`is not a whole number, which ${dtype} holds`);
    const v = BigInt(text);
    const [min, max] = range(dtype);
    if (v < min || v > max) return bad(`lies outside ${dtype}: ${min} to ${max}`);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[i] = v;
    else data[i] = Number(v);
  }
  return bytes;
}

function nanBytes(dtype: DType): Uint8Array {
  const b = new Uint8Array(8);
  new DataView(b.buffer).setBigUint64(0, NAN_BITS[dtype], true);
  return b.subarray(0, dtypeInfo(dtype).bytes);
}

/** Exact limits of an integer type. */
function range(dtype: DType): readonly [bigint, bigint] {
  const { bits, signed } = dtypeInfo(dtype);
  const n = BigInt(bits);
  return signed ? [-(1n << (n - 1n)), (1n << (n - 1n)) - 1n] : [0n, (1n << n) - 1n];
}
