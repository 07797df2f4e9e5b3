import { invariant } from "../../support/assert.js";
import type { DType } from "../type/dtype.js";
import type { TensorType } from "../type/tensor-type.js";
import type { Expr } from "./expr.js";
import * as make from "./make.js";
import type { Buffer, ReduceOp, Stage, Stmt } from "./stmt.js";

/** A tensor as the lowering of an op sees it: a named buffer of the tensor's shape, with its type. */
export interface BufferRef {
  readonly name: string;
  readonly type: TensorType;
}

export interface LowerIO {
  /** Operands, null where absent. */
  readonly ins: readonly (BufferRef | null)[];
  readonly outs: readonly BufferRef[];
}

/**
 * Collects the unscheduled stages of one or several ops.
 *
 * Conventions that schedules and fusion rely on:
 *  - a stage is a perfect nest whose outer loops run over the dimensions of the buffer it writes, named `i0`, `i1`, ... in order;
 *  - the loops of a reduction stand inside them and are named `r0`, `r1`, ...; the accumulator is initialised by a stage of its own;
 *  - a value that is a pure function of its position is written by `elementwise`, one Store per element.
 */
export interface LowerBuilder {
  /** A temporary of the kernel. */
  temp(dtype: DType, shape: readonly number[], hint?: string): BufferRef;
  load(b: BufferRef, index: readonly Expr[], pred?: Expr | null): Expr;
  /** Appends a stage with the given body. */
  stage(name: string, body: Stmt): void;
  /** for i0.. over out's shape: out[i] = f(i). The only form that fusion inlines. */
  elementwise(out: BufferRef, f: (i: readonly Expr[]) => Expr, name?: string): void;
  /** acc = init (default: the identity of `op`); for i over acc's shape, r over `extents`: acc[i] = op(acc[i], f(i, r)). */
  reduction(
    acc: BufferRef,
    op: ReduceOp,
    extents: readonly number[],
    f: (i: readonly Expr[], r: readonly Expr[]) => Expr,
    options?: { name?: string; init?: (i: readonly Expr[]) => Expr },
  ): void;
  /** An arbitrary body under loops over `extents`, named `i0`.. . For what is neither of the above: sorting, scans. */
  forEach(name: string, extents: readonly number[], body: (i: readonly Expr[]) => Stmt): void;
}

export interface LoweredStages {
  readonly temps: readonly Buffer[];
  readonly stages: readonly Stage[];
}

/** Nests `body` in loops `prefix0`, `prefix1`, ... */
export function nest(prefix: string, extents: readonly number[], body: Stmt): Stmt {
  return extents.reduceRight((inner, extent, d) => make.loop(`${prefix}${d}`, extent, inner), body);
}
export const loopVars = (prefix: string, n: number): Expr[] =>
  Array.from({ length: n }, (_, d) => make.variable(`${prefix}${d}`));

/** A builder that names temporaries `t_0`, `acc_1`, ... (operands have no underscore) and stages by op and position. */
export function createLowerBuilder(): LowerBuilder & { finish(): LoweredStages } {
  const temps: Buffer[] = [];
  const stages: Stage[] = [];
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  const stage = (name: string, body: Stmt) => {
    let free = name;
    let n = numbers.get(name) ?? 1;
    for (; taken.has(free); n++) free = `${name}.${n}`;
    numbers.set(name, n);
    taken.add(free);
    stages.push({ name: free, body });
  };
  const b: LowerBuilder = {
    temp(dtype, shape, hint = "t") {
      const name = `${hint}_${temps.length}`;
      temps.push({ name, dtype, shape, role: "scratch" });
      return { name, type: { dtype, shape, quant: null } };
    },
    load: (buf, index, pred = null) => {
      invariant(index.length === buf.type.shape.length, `${buf.name}: ${index.length} indices for rank ${buf.type.shape.length}`);
      return make.load(buf.name, buf.type.dtype, index, pred);
    },
    stage,
    elementwise(out, f, name = "map") {
      const i = loopVars("i", out.type.shape.length);
      stage(name, nest("i", out.type.shape, make.store(out.name, i, f(i))));
    },
    reduction(acc, op, extents, f, { name = "reduce", init } = {}) {
      const { dtype, shape } = acc.type;
      const i = loopVars("i", shape.length);
      const r = loopVars("r", extents.length);
      const first = init ?? (() => make.constant(dtype, make.reduceIdentity(op, dtype)));
      stage(`${name}.init`, nest("i", shape, make.store(acc.name, i, first(i))));
      stage(name, nest("i", shape, nest("r", extents, make.reduce(op, acc.name, i, f(i, r)))));
    },
    forEach(name, extents, body) {
      stage(name, nest("i", extents, body(loopVars("i", extents.length))));
    },
  };
  return { ...b, finish: () => ({ temps, stages }) };
}
