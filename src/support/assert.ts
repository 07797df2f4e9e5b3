/** Closes an exhaustive switch: a forgotten case is a compile error, an impossible value a thrown one. */
export function unreachable(value: never): never {
  throw new Error(`internal error: unexpected ${JSON.stringify(value)}`);
}

/** States an internal invariant; its failure is a bug in qc, never in the input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`internal error: ${message}`);
}
