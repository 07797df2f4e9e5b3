/** Constants as initialised arrays, printed piece by piece: their text is several times their size. */
import { dataFromBytes, type TypedArray } from "../../ir/op/tensor.js";
import { type DType, isFloat } from "../../ir/type/dtype.js";
import { memoryName } from "./prelude.js";
import { constantText, isHalf } from "./types.js";

/** Elements whose text is one piece. */
const CHUNK = 4096;
const PER_LINE: Readonly<Partial<Record<DType, number>>> = { f32: 8, f64: 4, i64: 4, u64: 4 };

/** `name[] = { ... }` of the elements that bytes hold; the bytes are read when the first piece is. */
export function* tablePieces(
  name: string,
  comment: string,
  dtype: DType,
  count: number,
  bytes: () => Uint8Array,
): Iterable<string> {
  yield `/* ${comment} */\nstatic const ${memoryName(dtype, false)} ${name}[${Math.max(1, count)}] = {\n`;
  const element = elementWriter(dtype);
  const perLine = PER_LINE[dtype] ?? 16;
  const data = dataFromBytes(dtype, bytes());
  if (count === 0) yield "  0\n";
  for (let from = 0; from < count; from += CHUNK) {
    let text = "";
    for (let i = from; i < Math.min(count, from + CHUNK); i++) {
      text += `${i % perLine === 0 ? "  " : " "}${element(data, i)}${i === count - 1 || i % perLine === perLine - 1 ? ",\n" : ","}`;
    }
    yield text;
  }
  yield "};\n";
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
