import { type Datum, type Fields, type FieldType, RECORDS, type RecordName, type Row } from "../descriptor.js";
import { WEIGHTS } from "../native/constants.js";
import { floatText } from "./types.js";

const ELEMENTS = { i64: "int64_t", i32: "int32_t", f32: "float" } as const;

/** A C string: other than printable ASCII as octal bytes. */
export const stringText = (s: string): string =>
  `"${Array.from(Buffer.from(s, "utf8"), (b) =>
    b >= 0x20 && b < 0x7f && !'"\\?'.includes(String.fromCharCode(b))
      ? String.fromCharCode(b)
      : `\\${b.toString(8).padStart(3, "0")}`,
  ).join("")}"`;

/** The exported constant `qc_model`, and what it points to. */
export function descriptorText(descriptor: Fields<"qc_descriptor">): string {
  const arrays: string[] = [];
  const value = (d: Datum, type: FieldType): string => {
    switch (d.k) {
      case "number":
        return type === "f64"
          ? floatText("f64", d.value)
          : type === "i64"
            ? `INT64_C(${d.value})`
            : `${d.value}${type === "u32" ? "u" : ""}`;
      case "size":
        return "(uint32_t)sizeof(qc_descriptor)";
      case "text":
        return stringText(d.value);
      case "array": {
        if (d.values.length === 0) return "NULL";
        const name = `array_${arrays.length}`;
        const values = d.values.map((v) => (d.of === "f32" ? floatText("f32", v) : String(v)));
        arrays.push(`static const ${ELEMENTS[d.of]} ${name}[] = {${values.join(", ")}};`);
        return name;
      }
      case "table":
        return d.rows.length === 0 ? "NULL" : d.name;
      case "state":
        return d.offset === null ? "NULL" : `${WEIGHTS} + ${d.offset}`;
      case "run":
        return "run";
      default:
        return d satisfies never;
    }
  };
  const fields = (of: RecordName, row: Row): string =>
    Object.entries<FieldType>(RECORDS[of])
      .map(([name, type]) => `.${name} = ${value(row[name], type)}`)
      .join(", ");
  const tables = Object.values(descriptor).flatMap((d) => {
    if (d.k !== "table" || d.rows.length === 0) return [];
    return [`static const ${d.of} ${d.name}[] = {\n${d.rows.map((row) => `  {${fields(d.of, row)}}`).join(",\n")}};`];
  });
  return [...arrays, ...tables, `const qc_descriptor qc_model = {${fields("qc_descriptor", descriptor)}};`].join("\n");
}
