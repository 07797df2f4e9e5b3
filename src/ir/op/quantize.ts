/** What an op says of integers: which form it has where its operands are bytes on grids (real = scale (q - zero)). */
import type { ValueId } from "../graph/module.js";
import type { DType } from "../type/dtype.js";
import type { NodeBuilder } from "./node-builder.js";

/** A per-tensor grid that a result is stored on. */
export interface StoredGrid {
  readonly dtype: DType;
  readonly scale: number;
  readonly zero: number;
}

/** Makes the nodes of an integer form, typed by the ops' own rules. */
export interface IntegerBuilder extends NodeBuilder {
  /** An i32 number. */
  integer(value: number): ValueId;
}

/**
 * Sums of products: the op itself, on bytes, gives i32 of scale sx sw. `reads` are its factors; one that is constant weights (`OpDef.weights`)
 * has its grid from its own values, a bias is rounded to the grid of the sums.
 */
export interface Accumulates {
  readonly form: "accumulate";
  readonly reads: readonly number[];
}

/** Selects or moves elements: op(dq(x), ..) = dq(op(x, ..)) exactly, where the operands `grid` lie on one grid, that of the results. */
export interface KeepsGrid<A> {
  readonly form: "same-grid";
  /** Other operands are read as they are: indices. */
  readonly grid: readonly number[] | "all";
  /** Moves or picks elements, cheap in any type: it is integer where its result has to be, never on its own account. */
  readonly moves: boolean;
  /** Why there is no integer form for these attributes; null: there is one. */
  refuses?(attrs: A): string | null;
}

/** Exact in i32: op(dq(x)) = dq(integer(x)), `x` being operand 0, a byte tensor with one grid. Null: not for these types. */
export interface ExactWide<A> {
  readonly form: "wide";
  integer(b: IntegerBuilder, x: ValueId, attrs: A): ValueId | null;
}

/** Rounded once, to the grid that is asked for: q(op(dq(x))) = integer(x, grid), `x` being operand 0, a byte tensor with one grid. */
export interface RoundsOnce<A> {
  readonly form: "round";
  /** How far a result may lie from the exact one, in steps of the grid; half a step, one rounding, unless given. */
  readonly steps?: number;
  integer(b: IntegerBuilder, x: ValueId, attrs: A, grid: StoredGrid): ValueId | null;
}

/**
 * An element-wise function of operand 0 whose float results may differ between targets in their last bit: on bytes it is a table of 256
 * entries, the same on all. Element-wise ops that are single IEEE operations need none.
 */
export interface Tabulated {
  readonly form: "table";
}

export type OpQuantize<A> = Accumulates | KeepsGrid<A> | ExactWide<A> | RoundsOnce<A> | Tabulated;

/** Moves elements of operand 0. */
export const movesElements = { form: "same-grid", grid: [0], moves: true } as const satisfies KeepsGrid<unknown>;

/** Operands that share a grid with the results. */
export function sameGridOperands(q: OpQuantize<never> | undefined, operands: number): readonly number[] {
  if (q?.form !== "same-grid") return [];
  return q.grid === "all" ? Array.from({ length: operands }, (_, i) => i) : q.grid.filter((i) => i < operands);
}

/** Operands that the integer form reads as bytes. */
export function integerOperands(q: OpQuantize<never> | undefined, operands: number): readonly number[] {
  switch (q?.form) {
    case undefined:
      return [];
    case "accumulate":
      return q.reads.filter((i) => i < operands);
    case "same-grid":
      return sameGridOperands(q, operands);
    default:
      return [0];
  }
}
