/** Observed value ranges, kept as module properties `range:%value` = [min, max, mean square], so that they print, parse and replay. */
import type { Module, ValueId } from "../../ir/graph/module.js";
import type { Observed } from "./grids.js";

const key = (v: ValueId): string => `range:${v}`;

export function rangeOf(m: Module, v: ValueId): Observed | null {
  const r = m.props[key(v)];
  return Array.isArray(r) ? { min: Number(r[0]), max: Number(r[1]), power: Number(r[2] ?? 0) } : null;
}

export function withRanges(m: Module, ranges: ReadonlyMap<ValueId, Observed>): Module {
  return { ...m, props: { ...m.props, ...Object.fromEntries([...ranges].map(([v, r]) => [key(v), [r.min, r.max, r.power]])) } };
}

export const hasRanges = (m: Module): boolean => Object.keys(m.props).some((k) => k.startsWith(key("")));
