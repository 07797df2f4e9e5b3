/** What parsed JSON must look like, as data. */
export type JsonShape =
  | "text"
  | "number"
  | { readonly oneOf: readonly string[] }
  | { readonly list: JsonShape }
  /** An object of any keys whose values are alike. */
  | { readonly map: JsonShape }
  /** An object with these fields; further ones are let pass. */
  | { readonly fields: Readonly<Record<string, JsonShape>> }
  /** May be absent. */
  | { readonly optional: JsonShape }
  | { readonly orNull: JsonShape };

export const isObject = (x: unknown): x is Readonly<Record<string, unknown>> =>
  x !== null && typeof x === "object" && !Array.isArray(x);

/** Where and how a value departs from the shape, in words (`'inputs[0].name' is 5, not a text`); null: it does not. Numbers are finite and not negative. */
export function departsFrom(shape: JsonShape, x: unknown, path = ""): string | null {
  const isNot = (what: string): string => `'${path}' is ${x === undefined ? "missing" : shortJson(x)}, not ${what}`;
  const first = (entries: readonly (readonly [string, JsonShape, unknown])[]): string | null => {
    for (const [key, inner, value] of entries) {
      const wrong = departsFrom(inner, value, key);
      if (wrong) return wrong;
    }
    return null;
  };
  if (shape === "text") return typeof x === "string" ? null : isNot("a text");
  if (shape === "number") return typeof x === "number" && Number.isFinite(x) && x >= 0 ? null : isNot("a number");
  if ("oneOf" in shape) return shape.oneOf.includes(x as string) ? null : isNot(`one of ${shape.oneOf.join(", ")}`);
  if ("optional" in shape) return x === undefined ? null : departsFrom(shape.optional, x, path);
  if ("orNull" in shape) return x === null ? null : departsFrom(shape.orNull, x, path);
  if ("list" in shape)
    return Array.isArray(x) ? first(x.map((v, i) => [`${path}[${i}]`, shape.list, v] as const)) : isNot("a list");
  if (!isObject(x)) return isNot("an object");
  const prefix = path === "" ? "" : `${path}.`;
  return "map" in shape
    ? first(Object.entries(x).map(([key, v]) => [`${prefix}${key}`, shape.map, v] as const))
    : first(
        Object.entries(shape.fields).map(
          ([key, inner]) => [`${prefix}${key}`, inner, Object.hasOwn(x, key) ? x[key] : undefined] as const,
        ),
      );
}

const shortJson = (x: unknown): string => {
  const text = JSON.stringify(x) ?? String(x);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
};
