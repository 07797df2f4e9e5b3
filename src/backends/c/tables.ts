/** Constants as initialised arrays, printed piece by piece: their text is several times their size. */
import { dataFromBytes, type TypedArray } from "../../ir/op/tensor.js";
import { type DType, dtypeInfo, isFloat } from "../../ir/type/dtype.js";
import { memoryName } from "./prelude.js";
import { constantText, isHalf } from "./types.js";

export interface Table {
  readonly name: string;
  readonly dtype: DType;
  readonly count: number;
  readonly comment: string;
}

/**
 * Larger tables are string literals of their bytes, smaller ones numbers. GCC 12 reads 8 MB of floats in 1.0 s and 123 MB of memory as
 * literals, in 7.6 s and 520 MB as numbers; 8 MB of int8 in 1.0 s instead of 14.5 s.
 */
const MOST_NUMBERS = 4096;
/** Bytes of a literal: C99 compilers take 4095 characters. */
const ROW_BYTES = 64;
const ROWS_PER_PIECE = 1024;

const isLiteral = ({ count }: Table): boolean => count > MOST_NUMBERS;

/** The address of the first element, in an expression. */
export const tableText = (t: Table): string =>
  isLiteral(t) ? `((const ${memoryName(t.dtype, false)} *)${t.name}.bytes)` : t.name;

/** Whether the literals are wrong for processors that keep the bytes of an element in the other order. */
const needsByteOrder = (t: Table): boolean => isLiteral(t) && dtypeInfo(t.dtype).bytes > 1;

/** What compilers must know of the tables. */
export function tablePragmas(tables: readonly Table[]): string {
  const rows = [
    "#if defined(__clang__)",
    '#if __has_warning("-Wunterminated-string-initialization")',
    '#pragma clang diagnostic ignored "-Wunterminated-string-initialization"',
    "#endif",
    "#elif defined(__GNUC__) && __GNUC__ >= 15",
    '#pragma GCC diagnostic ignored "-Wunterminated-string-initialization"',
    "#endif",
  ];
  const order = [
    "#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__",
    '#error "the constants of this file are bytes in little-endian order"',
    "#endif",
  ];
  return [...(tables.some(isLiteral) ? rows : []), ...(tables.some(needsByteOrder) ? order : [])].join("\n");
}

/** The definition of a table from its bytes, which are read when the first piece is. */
export function* tablePieces(t: Table, bytes: () => Uint8Array): Iterable<string> {
  yield `/* ${t.comment} */\n`;
  yield* isLiteral(t) ? literal(t, bytes()) : [numbers(t, dataFromBytes(t.dtype, bytes()))];
}

/** The union gives bytes the alignment of every element type. */
function* literal({ name }: Table, data: Uint8Array): Iterable<string> {
  const rows = Math.ceil(data.length / ROW_BYTES);
  yield `static const union {\n  unsigned char bytes[${rows}][${ROW_BYTES}];\n  double as_f64;\n  int64_t as_i64;\n} ${name} = {{\n`;
  for (let from = 0; from < rows; from += ROWS_PER_PIECE) {
    let text = "";
    for (let row = from; row < Math.min(rows, from + ROWS_PER_PIECE); row++) {
      text += '  "';
      for (const byte of data.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES)) text += CHARACTERS[byte];
      text += '",\n';
    }
    yield text;
  }
  yield "}};\n";
}

/** Printable characters as they are, but for those that end an escape or begin another meaning: digits, quotes, backslashes, trigraphs. */
const CHARACTERS = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return byte >= 0x20 && byte < 0x7f && !/[0-9"\\?]/.test(character) ? character : `\\${byte.toString(8)}`;
});

const PER_LINE: Readonly<Partial<Record<DType, number>>> = { f32: 8, f64: 4, i64: 4, u64: 4 };

function numbers({ name, dtype, count }: Table, data: TypedArray): string {
  const element = elementWriter(dtype);
  const perLine = PER_LINE[dtype] ?? 16;
  let text = `static const ${memoryName(dtype, false)} ${name}[${Math.max(1, count)}] = {\n${count === 0 ? "  0\n" : ""}`;
  for (let i = 0; i < count; i++) {
    text += `${i % perLine === 0 ? "  " : " "}${element(data, i)}${i === count - 1 || i % perLine === perLine - 1 ? ",\n" : ","}`;
  }
  return `${text}};\n`;
}

function elementWriter(t: DType): (data: TypedArray, i: number) => string {
  if (isHalf(t)) return (data, i) => `0x${Number(data[i]).toString(16)}`;
  if (!isFloat(t)) return (data, i) => constantText(t, data[i]);
  if (t === "f64") return (data, i) => constantText(t, data[i]);
  // nine digits tell every float apart
  return (data, i) => {
    const value = Number(data[i]);
    if (!Number.isFinite(value) || Number.isInteger(value)) return constantText("f32", value);
    return `${value.toPrecision(9)}f`;
  };
}
