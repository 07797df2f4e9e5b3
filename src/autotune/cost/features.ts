/**
 * A scheduled kernel as numbers that its time depends on: how much arithmetic in how wide vectors, memory operations by kind, what an iteration touches
 * and how often that leaves a cache. Logarithms throughout, since times differ by factors.
 */
import { type Ranges, rangeOf } from "../../ir/loop/affine.js";
import type { Expr } from "../../ir/loop/expr.js";
import type { Buffer, Kernel, Stmt } from "../../ir/loop/stmt.js";
import { exprsOf, walkExpr } from "../../ir/loop/visit.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";

export const FEATURES = [
  ...["vectorOps", "scalarOps", "lanes", "broadcastLoads", "vectorLoads", "gathers", "predicated", "localOps", "stores"],
  ...["loopIterations", "unrolled", "accumulators", "opsPerLoad", "iterationBytes", "l1Traffic", "l2Traffic", "l3Traffic"],
  ...["stages", "scratchBytes", "constBytes", "innermost", "allocations"],
] as const;
export type Feature = (typeof FEATURES)[number];

/** Bytes of common caches; what matters is that they are apart. */
const CACHES = [32 * 1024, 512 * 1024, 8 * 1024 * 1024] as const;

type Counts = { [K in Feature]: number };

interface Access {
  readonly buffer: Buffer;
  readonly index: readonly Expr[];
}

interface Frame {
  readonly loops: readonly { readonly name: string; readonly extent: number; readonly isLoop: boolean }[];
  readonly times: number;
  /** Copies that unrolling makes. */
  readonly copies: number;
}

const log = (x: number): number => Math.log2(1 + x);

/** Bytes that an access touches while the loops in `env` run, those not in it standing still. */
function footprint(a: Access, env: Ranges): number {
  const cells = a.index.map((i, d) => {
    const [lo, hi] = rangeOf(i, env);
    return Math.max(1, Math.min(a.buffer.shape[d] ?? 1, Number.isFinite(hi - lo) ? hi - lo + 1 : (a.buffer.shape[d] ?? 1)));
  });
  const lanes = Math.max(1, ...a.index.map((i) => i.lanes));
  return (
    Math.max(
      lanes,
      cells.reduce((n, c) => n * c, 1),
    ) * dtypeInfo(a.buffer.dtype).bytes
  );
}

/** Bytes that come from beyond a cache of this size: what the outermost loop that fits touches, as often as it is entered. */
function traffic(accesses: readonly Access[], frame: Frame, cache: number): { bytes: number; inner: number } {
  const { loops } = frame;
  let inner = 0;
  for (let from = loops.length; from >= 0; from--) {
    const env: Ranges = new Map(
      loops.map(({ name, extent }, d): [string, readonly [number, number]] => [name, d >= from ? [0, extent - 1] : [0, 0]]),
    );
    const touched = accesses.reduce((n, a) => n + footprint(a, env), 0);
    if (from === loops.length) inner = touched;
    if (touched > cache || from === 0) {
      const outside = loops.slice(0, from + (touched > cache ? 1 : 0)).reduce((n, l) => n * l.extent, 1);
      const within: Ranges = new Map(
        loops.map(({ name, extent }, d): [string, readonly [number, number]] => [
          name,
          d >= from + (touched > cache ? 1 : 0) ? [0, extent - 1] : [0, 0],
        ]),
      );
      return { bytes: outside * accesses.reduce((n, a) => n + footprint(a, within), 0), inner };
    }
  }
  return { bytes: 0, inner };
}

function countExpr(e: Expr, c: Counts, times: number, buffers: ReadonlyMap<string, Buffer>, found: Access[]): void {
  walkExpr(e, (x) => {
    if (x.k === "load") {
      const buffer = buffers.get(x.buffer);
      if (!buffer) return;
      if (buffer.role === "local") c.localOps += times;
      else {
        found.push({ buffer, index: x.index });
        const last = x.index[x.index.length - 1];
        if (x.lanes === 1) c.broadcastLoads += times;
        else if (last?.k === "ramp" && last.stride === 1) c.vectorLoads += times;
        else c.gathers += times * x.lanes;
      }
      if (x.pred) c.predicated += times;
      return;
    }
    if (x.t === "index" || (x.k !== "bin" && x.k !== "call" && x.k !== "select")) return;
    const cost = x.k === "call" && x.fn !== "fma" && x.fn !== "madd" && x.fn !== "bitcast" ? 8 : 1;
    if (x.lanes > 1) {
      c.vectorOps += times * cost;
      c.lanes += times * cost * x.lanes;
    } else c.scalarOps += times * cost;
  });
}

/** The features of a kernel, in the order of FEATURES. */
export function featuresOf(kernel: Kernel): readonly number[] {
  const c = Object.fromEntries(FEATURES.map((f) => [f, 0])) as Counts;
  const buffers = new Map(kernel.buffers.map((b) => [b.name, b]));
  const levels = ["l1Traffic", "l2Traffic", "l3Traffic"] as const;
  const visit = (s: Stmt, frame: Frame): void => {
    switch (s.k) {
      case "for": {
        const isLoop = s.kind !== "unroll";
        if (isLoop) c.loopIterations += frame.times * s.extent;
        const inside = {
          loops: [...frame.loops, { name: s.name, extent: s.extent, isLoop }],
          times: frame.times * s.extent,
          copies: isLoop ? 1 : frame.copies * s.extent,
        };
        visit(s.body, inside);
        return;
      }
      case "seq":
        for (const b of s.body) visit(b, frame);
        return;
      case "alloc": {
        buffers.set(s.buffer.name, s.buffer);
        c.allocations += frame.times;
        c.accumulators = Math.max(c.accumulators, numElements(s.buffer.shape));
        visit(s.body, frame);
        return;
      }
      case "if":
        c.scalarOps += frame.times;
        visit(s.then, frame);
        if (s.else) visit(s.else, frame);
        return;
      case "let":
        countExpr(s.value, c, frame.times, buffers, []);
        visit(s.body, frame);
        return;
      default:
        leaf(s, frame);
    }
  };
  const leaf = (s: Stmt, frame: Frame): void => {
    const found: Access[] = [];
    for (const e of exprsOf(s)) countExpr(e, c, frame.times, buffers, found);
    const written = s.k === "store" || s.k === "reduce" ? s : null;
    const buffer = written && buffers.get(written.buffer);
    if (written?.k === "reduce") {
      const lanes = Math.max(written.value.lanes, ...written.index.map((i) => i.lanes));
      if (lanes > 1) [c.vectorOps, c.lanes] = [c.vectorOps + frame.times, c.lanes + frame.times * lanes];
      else c.scalarOps += frame.times;
    }
    if (written && buffer?.role === "local") c.localOps += frame.times;
    else if (written && buffer) {
      c.stores += frame.times;
      found.push({ buffer, index: written.index });
      if (written.k === "store" && written.pred) c.predicated += frame.times;
    }
    c.unrolled = Math.max(c.unrolled, frame.copies);
    const innermost = frame.loops.findLast((l) => l.isLoop);
    c.innermost = Math.max(c.innermost, innermost?.extent ?? 1);
    levels.forEach((level, i) => {
      const { bytes, inner } = traffic(found, frame, CACHES[i]);
      c[level] += bytes;
      if (i === 0) c.iterationBytes = Math.max(c.iterationBytes, inner);
    });
  };
  for (const stage of kernel.stages) visit(stage.body, { loops: [], times: 1, copies: 1 });
  for (const b of kernel.buffers) {
    const bytes = numElements(b.shape) * dtypeInfo(b.dtype).bytes;
    if (b.role === "scratch") c.scratchBytes += bytes;
    if (b.role === "const") c.constBytes += bytes;
  }
  c.stages = kernel.stages.length;
  c.lanes = c.vectorOps > 0 ? c.lanes / c.vectorOps : 1;
  c.opsPerLoad = (c.vectorOps + c.scalarOps) / Math.max(1, c.broadcastLoads + c.vectorLoads + c.gathers);
  return FEATURES.map((f) => log(c[f]));
}
