import type { DType } from "../type/dtype.js";
import type { Expr } from "./expr.js";

/** How the iterations of a loop run. `parallel` only on the outermost loop of a stage; `unroll` and `vector` extents are small. */
export type LoopKind = "serial" | "parallel" | "unroll";

/** for name in [0, extent). Loop names are unique within a stage. */
export interface ForStmt {
  readonly k: "for";
  readonly name: string;
  readonly extent: number;
  readonly kind: LoopKind;
  readonly body: Stmt;
}
export interface SeqStmt {
  readonly k: "seq";
  readonly body: readonly Stmt[];
}
/** buffer[index] = value; `pred` false stores nothing. */
export interface StoreStmt {
  readonly k: "store";
  readonly buffer: string;
  readonly index: readonly Expr[];
  readonly value: Expr;
  readonly pred: Expr | null;
}
export type ReduceOp = "add" | "mul" | "min" | "max" | "and" | "or";
/**
 * buffer[index] = op(buffer[index], value). Apart from Store, so that a reorder of reduction loops is legal by its syntax.
 * Float `add` and `mul` may be reassociated over reduction loops; float `min` and `max` are NaN where either operand is, unlike BinOp's. A vector value into a scalar index reduces over the lanes.
 */
export interface ReduceStmt {
  readonly k: "reduce";
  readonly op: ReduceOp;
  readonly buffer: string;
  readonly index: readonly Expr[];
  readonly value: Expr;
}
/** A tile-local buffer, alive within `body`, uninitialised. Small ones live in registers after unrolling. */
export interface AllocStmt {
  readonly k: "alloc";
  readonly buffer: Buffer;
  readonly body: Stmt;
}
export interface IfStmt {
  readonly k: "if";
  readonly cond: Expr;
  readonly then: Stmt;
  readonly else: Stmt | null;
}
/** Names a scalar or vector value within `body`. */
export interface LetStmt {
  readonly k: "let";
  readonly name: string;
  readonly value: Expr;
  readonly body: Stmt;
}
export type Stmt = ForStmt | SeqStmt | StoreStmt | ReduceStmt | AllocStmt | IfStmt | LetStmt;

/** A row-major array. `scope`: operand of the kernel, arena scratch of the kernel, or tile-local. */
export interface Buffer {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly role: "in" | "out" | "inout" | "const" | "scratch" | "local";
}

/** One top-level loop nest. Stages run one after the other; each may have one parallel outermost loop. */
export interface Stage {
  readonly name: string;
  readonly body: Stmt;
}

/** Computes a constant operand at compile time from other constants: packing, transforms, folded compensation terms. */
export interface Prepare {
  /** Name of the `const` buffer of the kernel that this fills. */
  readonly buffer: string;
  /** Its `in`/`const` buffers are named like the original constant operands; its `out` buffer is `buffer`. */
  readonly kernel: Kernel;
}

/**
 * A loop program over named buffers. Operand order is the order of `buffers` without scratch ones.
 * Names follow `<dtype>_<op>_<tile>_<epilogue>_<isa>`.
 */
export interface Kernel {
  readonly name: string;
  readonly buffers: readonly Buffer[];
  readonly stages: readonly Stage[];
  readonly prepare: readonly Prepare[];
}
