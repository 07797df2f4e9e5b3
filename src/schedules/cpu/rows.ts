/**
 * The default schedule of contractions whose results run along rows of pixels: convolutions in NCHW, products with a constant on the left.
 *
 *   y[k, p] = sum over c of w[k, c] x[c, p]: vectors along p, P outputs k (or, depthwise, P rows) at a time, w broadcast
 *
 * The tensors are read and written as they lie, with no transpose. Weights are packed [k / P][c..][P] when the kernel is compiled. Where taps
 * reach over the border, blocks in the interior ask no questions and those at the ends of a row have constant masks.
 */

import { affineOf } from "../../ir/loop/affine.js";
import type { Expr, LoadExpr } from "../../ir/loop/expr.js";
import { bufferNamed } from "../../ir/loop/named.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { type LoopHead, loadsOf, usesVar, walkExpr } from "../../ir/loop/visit.js";
import { attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { LayoutPart, Tail } from "../../ir/schedule/step.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import { isFloat } from "../../ir/type/dtype.js";
import type { Chooser } from "../../support/choose.js";
import { type TileShape, tileShapes } from "./machine.js";
import { companions, type Reduction, reductionOf } from "./reduction-form.js";
import { onVectors } from "./vectors.js";

interface Rows {
  readonly reduction: Reduction;
  /** Along memory in the result and in the activation. */
  readonly pixel: LoopHead;
  /** Outputs that share what is read of the activation; null: depthwise. */
  readonly filter: LoopHead | null;
  readonly weights: LoadExpr;
  readonly activation: LoadExpr;
}

const uses = (l: LoadExpr, loop: string): boolean => l.index.some((e) => usesVar(e, new Set([loop])));

function rowsOf(kernel: Kernel, name: string): Rows | null {
  const reduction = reductionOf(kernel, name);
  const pixel = reduction?.outer[reduction.outer.length - 1];
  if (!reduction || !pixel || reduction.reduce.op !== "add" || !isFloat(reduction.acc.dtype)) return null;
  const loads = loadsOf(reduction.reduce.value);
  const isConst = (l: LoadExpr) => bufferNamed(kernel, l.buffer)?.role === "const";
  const [weights, activation] = [loads.find(isConst), loads.find((l) => !isConst(l))];
  if (loads.length !== 2 || !weights || !activation || weights.pred || uses(weights, pixel.name)) return null;
  const last = activation.index[activation.index.length - 1];
  const isAlong =
    affineOf(last).terms.get(pixel.name)?.coef === 1 &&
    activation.index.slice(0, -1).every((e) => !usesVar(e, new Set([pixel.name])));
  if (!isAlong) return null;
  const filter = reduction.outer.findLast((l) => l !== pixel && uses(weights, l.name) && !uses(activation, l.name)) ?? null;
  return { reduction, pixel, filter, weights, activation };
}

/** Loops of the pixels of an image as one, where the kernel has a single tap. */
function collapsed(s: Scheduled, r: Reduction): Scheduled {
  const names = r.outer.map((l) => l.name);
  for (let count = names.length; count > 1; count--) {
    const done = attempt(s, { step: "collapse", loops: names.slice(-count) });
    if (done) return done;
  }
  return s;
}

/** More rows of a depthwise convolution at a time leave few blocks that ask no questions. */
const MOST_ROWS = 8;

/**
 * Tiles that divide the loop over outputs and fit the registers, with scores. Depthwise ones are P rows by V vectors: rows of the activation
 * are shared by as many outputs as the window is high. A tile takes, of two multiply-adds and two loads a cycle, most loads crossing a cache line, and four
 * cycles of latency,
 *   max(P V T / 2, (P + T_h - 1) T_w V 0.8, 4 T) + 0.35 V T    for T = T_h T_w taps
 */
function tilesOf(m: Machine, r: Rows, position: LoopHead | null, lanes: number): readonly (TileShape & { score: number })[] {
  const positions = position?.extent ?? 1;
  const question = { positions, channels: r.pixel.extent, lanes, elementwise: false, within: null };
  const shapes = tileShapes(m, question).filter((t) => positions % t.positions === 0);
  if (r.filter) return shapes;
  const [wide, high] = [...r.reduction.inner].reverse().map((l) => l.extent);
  const taps = r.reduction.inner.reduce((n, l) => n * l.extent, 1);
  const reach = (t: TileShape) => t.positions + (high ?? 1) - 1;
  return shapes
    .filter((t) => t.positions <= MOST_ROWS)
    .filter((t) => t.vectors === 1 || (reach(t) + t.positions) * t.vectors + Math.min(taps, 9) <= m.vectorRegisters)
    .map((t) => {
      const sums = t.positions * t.vectors;
      const time = Math.max((sums * taps) / 2, reach(t) * (wide ?? 1) * t.vectors * 0.8, 4 * taps) + 0.35 * t.vectors * taps;
      const width = t.vectors * lanes;
      return { ...t, score: (sums * r.pixel.extent) / (Math.ceil(r.pixel.extent / width) * width) / time };
    });
}

function hasSelect(e: Expr): boolean {
  let has = false;
  walkExpr(e, (x) => {
    if (x.k === "select") has = true;
  });
  return has;
}

/** Schedules a contraction along rows; null where it is none. */
export function scheduleRows(start: Scheduled, name: string, m: Machine, choose: Chooser): Scheduled | null {
  let s = start;
  let r = rowsOf(s.kernel, name);
  if (!r || !choose(`${name}.rows`, [true, false], true)) return null;
  if (r.reduction.acc.role === "out") {
    s = attempt(s, { step: "writeback", buffer: r.reduction.acc.name }) ?? s;
    r = rowsOf(s.kernel, name);
  }
  if (r) {
    s = collapsed(s, r.reduction);
    r = rowsOf(s.kernel, name);
  }
  const stages = r && companions(s.kernel, r.reduction);
  if (!r || !stages) return null;
  const { pixel, filter, weights, activation, reduction } = r;
  const widest = lanesFor(m, reduction.acc.dtype);
  const lanes = pixel.extent * 2 <= widest ? widest / 2 : widest;
  const outer = reduction.outer.slice(0, -1);
  const position = filter ?? outer[outer.length - 1] ?? null;
  const taps = reduction.inner.reduce((n, l) => n * l.extent, 1);
  const shapes = tilesOf(m, r, position, lanes);
  if (shapes.length === 0) return null;
  const best = shapes.reduce((a, b) => (b.score > a.score ? b : a));
  const names = shapes.map((t) => `${t.positions}x${t.vectors}`);
  const chosen = choose(`${name}.tile`, names, `${best.positions}x${best.vectors}`);
  const shape = shapes[names.indexOf(chosen)] ?? best;
  const width = shape.vectors * lanes;

  const dim = filter ? weights.index.findIndex((e) => e.k === "var" && e.name === filter.name) : -1;
  if (dim >= 0 && shape.positions > 1) {
    const others = weights.index.map((_, d) => d).filter((d) => d !== dim);
    const layout: LayoutPart[] = [
      { dim, div: shape.positions },
      ...others.map((d) => ({ dim: d })),
      { dim, mod: shape.positions },
    ];
    s = attempt(s, { step: "cache", stage: name, buffer: weights.buffer, layout }) ?? s;
  }
  // the rows of one column of taps are used up before the next column: fewer of them live at a time
  if (!filter && reduction.inner.length > 1)
    s = attempt(s, { step: "reorder", stage: name, loops: reduction.inner.map((l) => l.name).reverse() }) ?? s;
  const isPositioned = position !== null && shape.positions > 1;
  const rest = outer.filter((l) => !isPositioned || l !== position).map((l) => l.name);
  const [blocks, along] = [isPositioned ? [`${position.name}.o`] : [], [`${pixel.name}.o`]];
  const tail: Tail = pixel.extent % width === 0 ? "cut" : width <= pixel.extent ? "overlap" : "guard";
  let out = attempt(s, {
    step: "tile",
    stages,
    tiles: [
      ...(isPositioned ? [{ loop: position.name, factor: shape.positions, tail: "cut" as const }] : []),
      { loop: pixel.name, factor: width, tail },
    ],
    order: filter ? [...rest, ...along, ...blocks] : [...rest, ...blocks, ...along],
  });
  if (!out) return null;
  const p = isPositioned ? position.name : null;
  const prefixes = ["init.", "", ...stages.slice(2).map((_, i) => (i === 0 ? "out." : `out${i + 1}.`))];
  for (const prefix of prefixes) out = onVectors(out, name, prefix, pixel.name, p, shape, lanes);
  if (!filter && taps <= 32)
    for (const l of reduction.inner) out = attempt(out, { step: "unroll", stage: name, loop: l.name }) ?? out;
  if (activation.pred || hasSelect(reduction.reduce.value)) {
    const loops = [...rest, ...(filter ? [...along, ...blocks] : [...blocks, ...along])];
    out = attempt(out, { step: "border", stage: name, loops }) ?? out;
  }
  return attempt(out, { step: "contract", stage: name }) ?? out;
}
