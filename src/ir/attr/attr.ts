/**
 * Attribute schemas: what an op's or a pass's parameters are called, their types, defaults and meaning.
 * Values are plain JSON data, so a Module stays plain JSON. Infinite and NaN floats are allowed (the text form spells them).
 */
import type { DType } from "../type/dtype.js";

export type AttrValue = number | boolean | string | readonly number[] | readonly string[];
export type Attrs = Readonly<Record<string, AttrValue>>;

export interface AttrSpec<T extends AttrValue = AttrValue> {
  readonly kind: "int" | "float" | "bool" | "string" | "ints" | "floats" | "strings" | "dtype" | "blob" | "func";
  readonly default?: T;
  readonly doc: string;
  /** The allowed strings. */
  readonly values?: readonly string[];
}

export type AttrSchema = Readonly<Record<string, AttrSpec>>;

/** The attribute record that a schema describes, defaults filled in. */
export type AttrsOf<S extends AttrSchema> = { readonly [K in keyof S]: S[K] extends AttrSpec<infer T> ? T : never };

const spec =
  <T extends AttrValue>(kind: AttrSpec["kind"]) =>
  (doc: string, def?: T): AttrSpec<T> =>
    ({ kind, doc, default: def }) as AttrSpec<T>;

export const attr = {
  int: spec<number>("int"),
  f32: spec<number>("float"),
  bool: spec<boolean>("bool"),
  string: spec<string>("string"),
  ints: spec<readonly number[]>("ints"),
  floats: spec<readonly number[]>("floats"),
  strings: spec<readonly string[]>("strings"),
  dtype: spec<DType>("dtype"),
  /** Name of a function of the module. */
  func: spec<string>("func"),
  oneOf: <const V extends string>(doc: string, values: readonly V[], def?: V): AttrSpec<V> =>
    ({ kind: "string", doc, values, default: def }) as AttrSpec<V>,
};

function matches(s: AttrSpec, v: unknown): boolean {
  const num = (x: unknown) => typeof x === "number";
  const str = (x: unknown) => typeof x === "string";
  switch (s.kind) {
    case "int":
      return Number.isInteger(v);
    case "float":
      return num(v);
    case "bool":
      return typeof v === "boolean";
    case "string":
      return str(v) && (!s.values || s.values.includes(v as string));
    case "dtype":
    case "blob":
    case "func":
      return str(v);
    case "ints":
      return Array.isArray(v) && v.every(Number.isInteger);
    case "floats":
      return Array.isArray(v) && v.every(num);
    case "strings":
      return Array.isArray(v) && v.every(str);
  }
}

/** Fills in defaults. Returns a text that names the first wrong, missing or unknown attribute instead of throwing. */
export function completeAttrs(schema: AttrSchema, given: Attrs): Attrs | string {
  const out: Record<string, AttrValue> = {};
  for (const key of Object.keys(given)) if (!Object.hasOwn(schema, key)) return `unknown attribute '${key}'`;
  for (const [key, s] of Object.entries(schema)) {
    const v = given[key] ?? s.default;
    if (v === undefined) return `missing attribute '${key}' (${s.doc})`;
    if (!matches(s, v)) return `attribute '${key}' is ${JSON.stringify(v)}, expected ${s.values ? s.values.join(" | ") : s.kind}`;
    out[key] = v;
  }
  return out;
}
