/**
 * Integer contractions in groups of neighbours along the depth, for instructions that add up their products:
 *   quads   bytes, four at a time (VPDPBUSD, SDOT): the activation stays as it is, 1x1 convolutions read it in place
 *   pairs   i16, two at a time (VPMADDWD): the activation is widened first
 */

import { attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { LayoutPart, Step } from "../../ir/schedule/step.js";
import type { Machine } from "../../ir/target/machine.js";

/** How the innermost reduction loop is taken in groups: by which step, how many at a time. */
export interface Grouping {
  readonly step: "pairs" | "quads";
  readonly size: number;
}

/** The innermost reduction loop, where both operands hold neighbours of it side by side. */
export interface DepthLoop {
  readonly loop: string;
  /** Dimension of the weights that it runs over. */
  readonly dim: number;
  readonly extent: number;
}

export interface QuadQuestion {
  readonly stage: string;
  readonly activation: { readonly buffer: string; readonly dtype: string };
  readonly weights: string;
  readonly depth: DepthLoop;
  /** The activation is read under predicates: padding, which becomes a halo. */
  readonly predicated: boolean;
  /** Layout of the packed weights for groups of a size. */
  layout(size: number): readonly LayoutPart[];
}

/** The byte type that a machine's four-product instruction takes beside signed weights; null where it has none that is exact. */
export function byteOperand(m: Machine, of: string): "u8" | "i8" | null {
  const has = (f: string): boolean => m.features.includes(f);
  if (of !== "u8" && of !== "i8") return null;
  if (has("avx512vnni") || has("avxvnni")) return "u8";
  if (has("i8mm")) return of;
  return has("dotprod") ? "i8" : null;
}

/** Whether products of i16 pairs are added by the instruction that makes them. */
export const fusesPairs = (m: Machine): boolean => m.features.includes("avx512vnni") || m.features.includes("avxvnni");

export const upTo = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;

/**
 * bytes; a copy in bytes where there is padding, or the last group of four reaches beyond the channels; weights packed
 * [k / KT][taps..][c / 4][KT][4], zeros behind the last channel; weights whose zero point takes them out of i8 are recentred. Null where
 * the machine or the operands do not allow it.
 */
export function inQuads(s: Scheduled, m: Machine, q: QuadQuestion): Scheduled | null {
  const { stage, depth } = q;
  const dtype = byteOperand(m, q.activation.dtype);
  if (!dtype) return null;
  const missing = upTo(depth.extent, 4) - depth.extent;
  const steps = (apart: boolean): readonly Step[] => [
    { step: "bytes", stage, buffer: q.activation.buffer, dtype },
    ...(q.predicated || missing
      ? [{ step: "cache", stage, buffer: q.activation.buffer, dtype, ...(missing ? { slack: missing } : {}) } as const]
      : []),
    ...(apart ? [{ step: "recentre", stage, buffer: q.weights } as const] : []),
    { step: "cache", stage, buffer: q.weights, layout: q.layout(4), dtype: "i8" },
    ...(missing ? [{ step: "widen", stage, loop: depth.loop, extent: depth.extent + missing } as const] : []),
  ];
  const all = (apart: boolean): Scheduled | null =>
    steps(apart).reduce<Scheduled | null>((done, step) => done && attempt(done, step), s);
  return all(false) ?? all(true);
}
