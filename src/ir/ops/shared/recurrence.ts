/**
 * What lstm, gru and rnn share. They step over time on pre-activations that a dense layer computed for all steps at once:
 * z [T, B, G H], recurrent weights r [H, G H] (input-major, so that the innermost loop runs over gates), state h [B, H].
 */
import { attr } from "../../attr/attr.js";
import type { Expr } from "../../loop/expr.js";
import { type BufferRef, type LowerBuilder, loopVars, nest } from "../../loop/lower-builder.js";
import * as make from "../../loop/make.js";
import type { Stmt } from "../../loop/stmt.js";
import type { Cost, InferFail } from "../../op/define.js";
import type { Gen } from "../../op/sample.js";
import { numbersOf, type Tensor, tensorOf } from "../../op/tensor.js";
import { isFloat } from "../../type/dtype.js";
import { byteSize, numElements, type TensorType, tensorType } from "../../type/tensor-type.js";
import { activate, activateExpr, isRecurrentActivation, RECURRENT_ACTIVATIONS } from "./activations.js";
import { accumulatorOf } from "./contraction.js";

export const recurrentAttrs = {
  reverse: attr.bool("step from the last element of each sequence to the first", false),
  activations: attr.strings("activation functions in the operator's order"),
  alpha: attr.floats("first parameter of each activation"),
  beta: attr.floats("second parameter of each activation"),
  clip: attr.f32("bound on the inputs of the gates' activations; 0: none", 0),
} as const;

export interface RecurrentAttrs {
  readonly reverse: boolean;
  readonly activations: readonly string[];
  readonly alpha: readonly number[];
  readonly beta: readonly number[];
  readonly clip: number;
}

export interface Extents {
  readonly steps: number;
  readonly batch: number;
  readonly hidden: number;
}

type MaybeType = TensorType | null | undefined;

/** Checks z, r, lens and the states; gives T, B and H. */
export function recurrentExtents(
  op: string,
  gates: number,
  functions: number,
  a: RecurrentAttrs,
  operands: { readonly z: MaybeType; readonly r: MaybeType; readonly lens: MaybeType; readonly states: readonly MaybeType[] },
  fail: InferFail,
): Extents & { readonly type: TensorType } {
  const { z, r, lens } = operands;
  if (!z || !r) return fail("QC-NN-005", `${op}: z and r are required`);
  const hidden = r.shape[0];
  if (z.shape.length !== 3 || r.shape.length !== 2 || r.shape[1] !== gates * hidden || z.shape[2] !== gates * hidden) {
    return fail("QC-NN-070", `${op}: z [${z.shape}] and r [${r.shape}] do not agree; [T, B, ${gates} H] and [H, ${gates} H]`);
  }
  const [steps, batch] = z.shape;
  if (!isFloat(z.dtype) || r.dtype !== z.dtype)
    fail("QC-NN-071", `${op}: z is ${z.dtype}, r ${r.dtype}; both must be the same float`);
  if (lens && (lens.dtype !== "i32" || lens.shape.join() !== `${batch}`)) fail("QC-NN-072", `${op}: lens must be i32[${batch}]`);
  for (const s of operands.states) {
    if (s && s !== tensorType(z.dtype, [batch, hidden]))
      fail("QC-NN-073", `${op}: initial states must be ${z.dtype}[${batch}, ${hidden}]`);
  }
  if ([a.activations, a.alpha, a.beta].some((l) => l.length !== functions) || !a.activations.every(isRecurrentActivation)) {
    fail("QC-NN-074", `${op}: needs ${functions} activations with alpha and beta, of ${RECURRENT_ACTIVATIONS.join(", ")}`);
  }
  return { steps, batch, hidden, type: z };
}

/** Activation k on a number. */
export function applyActivation(a: RecurrentAttrs, k: number, x: number): number {
  const kind = a.activations[k];
  return isRecurrentActivation(kind) ? activate(kind, x, a.alpha[k], a.beta[k]) : Number.NaN;
}
export function applyActivationExpr(a: RecurrentAttrs, k: number, x: Expr): Expr {
  const kind = a.activations[k];
  if (!isRecurrentActivation(kind)) throw new Error(`unknown activation ${kind}`);
  return activateExpr(kind, x, a.alpha[k], a.beta[k]);
}
export const clipNumber = (a: RecurrentAttrs, x: number): number => (a.clip > 0 ? Math.min(Math.max(x, -a.clip), a.clip) : x);
export const clipExpr = (a: RecurrentAttrs, x: Expr): Expr =>
  a.clip > 0 ? make.min(make.constant(x.t, a.clip), make.max(make.constant(x.t, -a.clip), x)) : x;

/** Runs `step(t, b)` on every element of every sequence in stepping order, one sequence after the other. */
export function eachStep(
  { steps, batch }: Extents,
  lens: Tensor | null | undefined,
  reverse: boolean,
  step: (t: number, b: number) => void,
): void {
  const lengths = lens ? numbersOf(lens) : null;
  for (let b = 0; b < batch; b++) {
    const length = lengths ? Math.min(Math.max(lengths[b], 0), steps) : steps;
    for (let s = 0; s < length; s++) step(reverse ? length - 1 - s : s, b);
  }
}

/** A state of one sequence as doubles, from its initial value or zero. */
export const stateOf = (initial: Tensor | null | undefined, n: Extents): Float64Array =>
  initial ? numbersOf(initial) : new Float64Array(n.batch * n.hidden);

export interface Steps {
  readonly acc: BufferRef["type"]["dtype"];
  /** Time index that sequence b has at this step, and whether the sequence is still running (null: always). */
  at(b: Expr): { t: Expr; running: Expr | null };
}

/** The stage that steps: `body` gives the statements of one step. Its outer loop is `t0` and must stay serial. */
export function stepStage(
  b: LowerBuilder,
  name: string,
  n: Extents,
  z: BufferRef,
  lens: BufferRef | null | undefined,
  reverse: boolean,
  body: (s: Steps) => readonly Stmt[],
): void {
  const s = make.variable("t0");
  const last = make.index(n.steps - 1);
  const at = (row: Expr): { t: Expr; running: Expr | null } => {
    if (!lens) return { t: reverse ? make.sub(last, s) : s, running: null };
    const bound = make.max(make.constant("i32", 0), make.min(make.constant("i32", n.steps), b.load(lens, [row])));
    const length = make.cast("index", bound);
    const running = make.bin("lt", s, length);
    return { t: reverse ? make.select(running, make.sub(make.sub(length, make.index(1)), s), s) : s, running };
  };
  b.stage(name, make.loop("t0", n.steps, make.seq(...body({ acc: accumulatorOf(z.type.dtype), at }))));
}

/** sums[b, from + j] = first(b, from + j) + sum over k of h[b, k] r[k, from + j], j in [0, count). Loops `<p>a*`, `<p>b*`. */
export function recurrentSums(
  b: LowerBuilder,
  p: string,
  n: Extents,
  sums: BufferRef,
  columns: { readonly from: number; readonly count: number },
  first: (row: Expr, column: Expr) => Expr,
  h: (row: Expr, k: Expr) => Expr,
  r: BufferRef,
): Stmt {
  const column = (j: Expr) => make.add(j, make.index(columns.from));
  const [a0, a1] = loopVars(`${p}a`, 2);
  const [b0, k, b1] = loopVars(`${p}b`, 3);
  const product = make.mul(h(b0, k), make.cast(sums.type.dtype, b.load(r, [k, column(b1)])));
  return make.seq(
    nest(`${p}a`, [n.batch, columns.count], make.store(sums.name, [a0, column(a1)], first(a0, column(a1)))),
    nest(`${p}b`, [n.batch, n.hidden, columns.count], make.reduce("add", sums.name, [b0, column(b1)], product)),
  );
}

/** A state buffer in the accumulator type, set to its initial value. */
export function initialState(
  b: LowerBuilder,
  n: Extents,
  acc: Steps["acc"],
  initial: BufferRef | null | undefined,
  hint: string,
): BufferRef {
  const state = b.temp(acc, [n.batch, n.hidden], hint);
  b.elementwise(state, (i) => (initial ? make.cast(acc, b.load(initial, i)) : make.constant(acc, 0)), `${hint}.init`);
  return state;
}

/** value where the sequence is running, else `otherwise`. */
export const whileRunning = (running: Expr | null, value: Expr, otherwise: Expr): Expr =>
  running ? make.select(running, value, otherwise) : value;

/** The recurrent products of all steps; the weights are read in each of them, but count once. */
export const recurrentCost = (z: MaybeType, r: MaybeType, y: TensorType): Cost => ({
  flops: z && r ? 2 * z.shape[0] * z.shape[1] * numElements(r.shape) : 0,
  bytes: byteSize(y) + (z ? byteSize(z) : 0) + (r ? byteSize(r) : 0),
});

/** Drawn operands: z, r, lens and `states` initial states. */
export function drawRecurrent(g: Gen, gates: number, functions: number, states: number) {
  const [steps, batch, hidden] = [g.int(1, 4), g.int(1, 3), g.int(1, 4)];
  const dtype = g.pick(["f32", "f32", "f64", "f16"] as const);
  const draw = (shape: readonly number[]) => g.tensor({ dtype, shape, min: -1, max: 1 });
  const lens = g.bool()
    ? tensorOf(
        tensorType("i32", [batch]),
        Array.from({ length: batch }, () => g.int(0, steps)),
      )
    : null;
  return {
    hidden,
    draw,
    inputs: [
      draw([steps, batch, gates * hidden]),
      draw([hidden, gates * hidden]),
      lens,
      ...Array.from({ length: states }, () => (g.bool() ? draw([batch, hidden]) : null)),
    ],
    attrs: {
      reverse: g.bool(),
      activations: Array.from({ length: functions }, () => g.pick(RECURRENT_ACTIVATIONS)),
      alpha: Array.from({ length: functions }, () => g.f32({ min: 0.1, max: 1 })),
      beta: Array.from({ length: functions }, () => g.f32({ min: 0.1, max: 1 })),
      clip: g.pick([0, 0.5]),
    },
  };
}
