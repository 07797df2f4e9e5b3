/** Types, names, numbers and attribute values out of the syntax tree. */
import type { Token } from "antlr4ts";
import type { Attrs, AttrValue } from "../attr/attr.js";
import { isDType } from "../type/dtype.js";
import { perAxis, perTensor, type Quant } from "../type/quant.js";
import { type TensorType, tensorType } from "../type/tensor-type.js";
import type {
  AttrContext,
  AttrsContext,
  NumContext,
  NumsContext,
  QuantContext,
  TypeContext,
  ValueContext,
} from "./generated/qcParser.js";
import { readNumber } from "./literal.js";
import { failAt, type Source, tokenText } from "./syntax.js";

/** The characters of a quoted token. QC-TEXT-012 for a bad escape. */
export function readString(source: Source, token: Token, from = 0): string {
  const text = tokenText(source, token).slice(from);
  try {
    return JSON.parse(text) as string;
  } catch {
    return failAt(
      source,
      "QC-TEXT-012",
      token,
      `${text} holds an escape that is none`,
      'escapes are those of JSON: \\" \\\\ \\n \\t \\u0041',
    );
  }
}

/** The name behind a sigil: `%x` --> `x`, `%"a/b"` --> `a/b`. */
export function readName(source: Source, token: Token): string {
  const text = tokenText(source, token);
  return text[1] === '"' ? readString(source, token, 1) : text.slice(1);
}

export const readValueId = (source: Source, token: Token): string => tokenText(source, token)[0] + readName(source, token);

export const readNum = (num: NumContext): number => readNumber(num.text);

/** The numbers of a `[1, 2, 3]` token. */
export function readList(source: Source, token: Token): number[] {
  const inner = tokenText(source, token).slice(1, -1).trim();
  return inner === "" ? [] : inner.split(",").map((s) => readNumber(s.replace(/\s+/g, "")));
}

export interface TypeReader {
  /** A type with its quantization. QC-TEXT-013 where a dimension is missing or too large, or scales and zero points do not pair. */
  type(ctx: TypeContext): TensorType;
  /** A plain type token. */
  plain(token: Token): TensorType;
}

/** Types are read once per spelling. */
export function createTypeReader(source: Source): TypeReader {
  const known = new Map<string, TensorType>();
  const plain = (token: Token): TensorType => {
    const text = tokenText(source, token);
    const cached = known.get(text);
    if (cached) return cached;
    const open = text.indexOf("[");
    const dtype = text.slice(0, open).trim();
    const inner = text.slice(open + 1, -1).trim();
    const dims = inner === "" ? [] : inner.split(",").map((d) => d.trim());
    const shape = dims.map(Number);
    if (!isDType(dtype) || !dims.every((d, i) => /^\d+$/.test(d) && Number.isSafeInteger(shape[i]))) {
      return failAt(
        source,
        "QC-TEXT-013",
        token,
        `'${text}' is no type`,
        "write the dimensions as whole numbers: f32[1, 3, 8, 8]",
        open + 1,
      );
    }
    const type = tensorType(dtype, shape);
    known.set(text, type);
    return type;
  };
  return {
    plain,
    type(ctx) {
      const base = plain(ctx.TYPE().symbol);
      const quant = ctx.quant();
      return quant ? tensorType(base.dtype, base.shape, readQuant(source, quant)) : base;
    },
  };
}

function readQuant(source: Source, ctx: QuantContext): Quant {
  const axisToken = ctx.AXIS();
  if (!axisToken) return perTensor(readNum(ctx.num(0)), readNum(ctx.num(1)));
  const [scales, zeros] = ctx.nums().map((n) => readNums(source, n));
  if (scales.length !== zeros.length) {
    failAt(
      source,
      "QC-TEXT-013",
      ctx.nums(1),
      `${scales.length} scales, but ${zeros.length} zero points`,
      "one zero point for each scale; equal ones are written 0 * 8",
    );
  }
  const [axis, block] = ctx.NUMBER().map((n) => Number(n.text));
  const along = perAxis(axis, scales, zeros) as Extract<Quant, { kind: "axis" }>;
  return block === undefined ? along : { ...along, kind: "block", block };
}

/** Far more than any tensor has channels or blocks. */
const MOST_REPEATS = 2 ** 24;

function readNums(source: Source, ctx: NumsContext): number[] {
  const repeat = ctx.NUMBER();
  const numbers = ctx.num().map(readNum);
  if (!repeat) return numbers;
  const count = Number(repeat.text);
  if (!Number.isInteger(count) || count > MOST_REPEATS) {
    failAt(
      source,
      "QC-TEXT-013",
      repeat.symbol,
      `${repeat.text} repetitions of a number`,
      `a whole number up to ${MOST_REPEATS}`,
    );
  }
  return new Array<number>(count).fill(numbers[0]);
}

/** `{key = value, ...}`. QC-TEXT-014 for a key that stands twice. */
export function readAttrs(source: Source, ctx: AttrsContext | undefined): Attrs {
  const attrs: Record<string, AttrValue> = {};
  for (const a of ctx?.attr() ?? []) {
    const key = readKey(source, a);
    if (Object.hasOwn(attrs, key)) failAt(source, "QC-TEXT-014", a, `attribute '${key}' stands twice`, "remove one of them");
    attrs[key] = readValue(source, a.value());
  }
  return attrs;
}

export function readKey(source: Source, a: AttrContext): string {
  const quoted = a.STRING();
  return quoted ? readString(source, quoted.symbol) : (a.word()?.text ?? "");
}

function readValue(source: Source, ctx: ValueContext): AttrValue {
  const num = ctx.num();
  if (num) return readNum(num);
  const list = ctx.LIST();
  if (list) return readList(source, list.symbol);
  if (ctx.TRUE()) return true;
  if (ctx.FALSE()) return false;
  const symbol = ctx.SYMBOL();
  if (symbol) return readName(source, symbol.symbol);
  const word = ctx.word();
  if (word) return word.text;
  const strings = ctx.STRING().map((s) => readString(source, s.symbol));
  return ctx.start.text === "[" ? strings : strings[0];
}
