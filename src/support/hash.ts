import { createHash } from "node:crypto";

/** SHA-256 of the bytes (or of the text in UTF-8) as 64 lowercase hex digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The first `digits` hex digits of the SHA-256: names for caches and files, never a checksum. */
export function shortHash(data: Uint8Array | string, digits = 12): string {
  return sha256Hex(data).slice(0, digits);
}

/** SHA-256 over parts as if they were one array. */
export function sha256OfParts(parts: Iterable<Uint8Array | string>): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/**
 * JSON text with sorted keys and without white space: equal values give equal text, different ones different text. Keys whose value is
 * undefined are left out; what JSON cannot tell apart (big integers, infinities, NaN, -0) is written as a one-element list of its name.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, v: unknown) => {
    if (typeof v === "bigint") return [`${v}n`];
    if (typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0))) return [Object.is(v, -0) ? "-0" : String(v)];
    if (v === null || typeof v !== "object" || Array.isArray(v)) return v;
    const record = v as Record<string, unknown>;
    return Object.fromEntries(
      Object.keys(record)
        .sort()
        .map((k) => [k, record[k]]),
    );
  });
}

/** SHA-256 of the canonical JSON of a plain value. */
export function hashJson(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
