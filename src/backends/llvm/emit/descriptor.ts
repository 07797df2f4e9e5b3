import { type Datum, type Fields, type FieldType, RECORDS, type RecordName, type Row, recordBytes } from "../../descriptor.js";
import { WEIGHTS } from "../../native/constants.js";
import { escapeText, floatText } from "./types.js";

const TYPES: Readonly<Record<FieldType, string>> = { u32: "i32", i32: "i32", i64: "i64", f64: "double", ptr: "ptr" };
const ELEMENTS = { i64: "i64", i32: "i32", f32: "float" } as const;

const recordType = (name: RecordName): string =>
  `{ ${Object.values(RECORDS[name])
    .map((t) => TYPES[t])
    .join(", ")} }`;

/** Constants that other constants point to. */
interface Pool {
  readonly text: readonly string[];
  string(s: string): string;
  array(element: string, values: readonly string[]): string;
}

function createPool(): Pool {
  const text: string[] = [];
  const known = new Map<string, string>();
  const add = (type: string, value: string): string => {
    const key = `${type} ${value}`;
    const name = known.get(key) ?? `@c${known.size}`;
    if (!known.has(key)) text.push(`${name} = private unnamed_addr constant ${key}`);
    known.set(key, name);
    return `ptr ${name}`;
  };
  return {
    text,
    string: (s) => add(`[${Buffer.byteLength(s) + 1} x i8]`, `c"${escapeText(s)}\\00"`),
    array: (element, values) =>
      values.length === 0
        ? "ptr null"
        : add(`[${values.length} x ${element}]`, `[${values.map((v) => `${element} ${v}`).join(", ")}]`),
  };
}

/** The exported constant `qc_model`, a qc_descriptor, and what it points to. */
export function descriptorText(descriptor: Fields<"qc_descriptor">, pointerBytes: number): string {
  const pool = createPool();
  const value = (d: Datum, type: FieldType): string => {
    switch (d.k) {
      case "number":
        return `${TYPES[type]} ${type === "f64" ? floatText(d.value) : d.value}`;
      case "size":
        return `${TYPES[type]} ${recordBytes("qc_descriptor", pointerBytes)}`;
      case "text":
        return pool.string(d.value);
      case "array":
        return pool.array(ELEMENTS[d.of], d.values.map(d.of === "f32" ? floatText : String));
      case "table":
        return d.rows.length === 0 ? "ptr null" : `ptr @${d.name}`;
      case "state":
        return d.offset === null ? "ptr null" : `ptr getelementptr inbounds (i8, ptr @${WEIGHTS}, i64 ${d.offset})`;
      case "run":
        return "ptr @run";
      default:
        return d satisfies never;
    }
  };
  const fields = (of: RecordName, row: Row): string =>
    Object.entries<FieldType>(RECORDS[of])
      .map(([name, type]) => value(row[name], type))
      .join(", ");
  const tables = Object.values(descriptor).flatMap((d) => {
    if (d.k !== "table" || d.rows.length === 0) return [];
    const rows = d.rows.map((row) => `  %${d.of} { ${fields(d.of, row)} }`);
    return [`@${d.name} = internal constant [${rows.length} x %${d.of}] [\n${rows.join(",\n")}\n]`];
  });
  const model = `@qc_model = constant ${recordType("qc_descriptor")} { ${fields("qc_descriptor", descriptor)} }, align 8`;
  const types = (["qc_tensor", "qc_phase"] as const).map((name) => `%${name} = type ${recordType(name)}`);
  return [...types, ...pool.text, ...tables, model].join("\n");
}
