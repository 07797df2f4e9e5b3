/** Steps towards instructions that add up four byte products: bytes, quads. */
import type { BinExpr, Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel, Prepare, ReduceStmt, Stage, Stmt } from "../../loop/stmt.js";
import { accessesOf, type LoopHead, loadsOf, nestOf, ofNest, substitute, walkExpr } from "../../loop/visit.js";
import type { DType } from "../../type/dtype.js";
import { freshBuffer, illegal, type StepDef, type StepOf, stageNamed } from "../step.js";
import { broadcastGroup, contiguousGroup, groupProducts, stridedGroup } from "./groups.js";

type BytesStep = StepOf<"bytes">;

/** x - zero, read from bytes; exactly 0 where an element does not exist. */
interface Centred {
  readonly load: LoadExpr;
  readonly zero: number;
}

/** The forms that integer contractions read their activations in: i32(x), i32(x) - z, exists ? i32(x) - z : 0. */
function centredOf(e: Expr): Centred | null {
  if (e.k === "cast" && e.t === "i32" && e.x.k === "load") return { load: e.x, zero: 0 };
  if (e.k === "bin" && e.op === "sub" && e.b.k === "const") {
    const x = centredOf(e.a);
    return x && x.zero === 0 ? { load: x.load, zero: Number(e.b.value) } : null;
  }
  if (e.k === "select" && make.isConstValue(e.b, 0)) {
    const x = centredOf(e.a);
    return x?.load.pred && JSON.stringify(x.load.pred) === JSON.stringify(e.cond) ? x : null;
  }
  return null;
}

/** What is added to a stored byte to make it a byte of the other signedness. */
const shiftTo = (from: DType, to: DType): number => (from === to ? 0 : to === "u8" ? 128 : -128);

/** The centred value plus `base` = zero + shift: the stored byte as the other type, and `base` where there is none. */
function asByte(e: Expr, c: Centred, shift: number): Expr {
  const read = make.cast("i32", c.load);
  const moved = shift === 0 ? read : make.add(read, make.constant("i32", shift));
  const base = c.zero + shift;
  return e.k === "select"
    ? make.select(e.cond, moved, make.constant("i32", base))
    : c.load.pred && base !== 0
      ? make.select(c.load.pred, moved, make.constant("i32", base))
      : moved;
}

/** The stage that starts the sums of a reduction: a perfect nest over one store. */
function initOf(kernel: Kernel, stage: Stage, acc: string, step: BytesStep): Stage {
  const init = kernel.stages[kernel.stages.indexOf(stage) - 1];
  if (!init || !accessesOf(init.body).writes.has(acc)) return illegal(step, `no stage before it starts the sums`);
  return init;
}

/** sums[k] = first(k) - base * sum over r of w[k, r], computed when the kernel is compiled. */
function correction(
  kernel: Kernel,
  name: string,
  channel: LoopHead,
  inner: readonly LoopHead[],
  weights: Expr,
  first: Expr,
  base: number,
): Prepare {
  const at = make.variable(channel.name);
  const term = make.mul(weights, make.constant("i32", -base));
  const names = new Set([...loadsOf(weights), ...loadsOf(first)].map((l) => l.buffer));
  const inputs = kernel.buffers.filter((b) => names.has(b.name)).map((b): Buffer => ({ ...b, role: "in" }));
  const outer = (body: Stmt): Stmt => make.loop(channel.name, channel.extent, body);
  return {
    buffer: name,
    kernel: {
      name: `${kernel.name}_sums`,
      buffers: [...inputs, { name, dtype: "i32", shape: [channel.extent], role: "out" }],
      stages: [
        { name: "first", body: outer(make.store(name, [at], first)) },
        { name: "sums", body: outer(ofNest({ loops: inner, body: make.reduce("add", name, [at], term) })) },
      ],
      prepare: [],
    },
  };
}

/** A constant that every buffer behind `e` is, seen as a function of the channel and the loops of the sum alone. */
function isConstant(kernel: Kernel, e: Expr, known: ReadonlySet<string>): boolean {
  let fits = true;
  walkExpr(e, (x) => {
    if (x.k === "var" && !known.has(x.name)) fits = false;
    if (x.k === "load" && kernel.buffers.find((b) => b.name === x.buffer)?.role !== "const") fits = false;
  });
  return fits;
}

function rewriteBytes(kernel: Kernel, step: BytesStep): Kernel {
  const stage = stageNamed(kernel, step.stage, step);
  const { loops, body } = nestOf(stage.body);
  const isSum = body.k === "reduce" && body.op === "add" && body.value.k === "bin" && body.value.op === "mul";
  if (!isSum || body.value.t !== "i32" || body.value.lanes > 1) return illegal(step, "it is no sum of i32 products");
  const reduce: ReduceStmt = body;
  const product = body.value as BinExpr;
  const reads = (e: Expr): boolean => loadsOf(e).some((l) => l.buffer === step.buffer);
  const [x, w] = reads(product.a) ? [product.a, product.b] : [product.b, product.a];
  if (!reads(x) || reads(w)) illegal(step, `'${step.buffer}' is not one factor of the products`);
  const centred = centredOf(x);
  if (!centred || !(centred.load.t === "i8" || centred.load.t === "u8"))
    return illegal(step, `'${step.buffer}' is not read as bytes less a zero point`);
  const shift = shiftTo(centred.load.t, step.dtype);
  const base = centred.zero + shift;
  const byte = asByte(x, centred, shift);
  const value = reads(product.a) ? make.mul(byte, w) : make.mul(w, byte);
  const summed = (s: Stage): Stage => (s === stage ? { ...s, body: ofNest({ loops, body: { ...reduce, value } }) } : s);
  if (base === 0) return { ...kernel, stages: kernel.stages.map(summed) };

  const last = reduce.index[reduce.index.length - 1];
  const plain = reduce.index.every((i) => i.k === "var" || make.isConstValue(i, 0));
  const channel = last?.k === "var" ? loops.find((l) => l.name === last.name) : undefined;
  if (!plain || !channel) return illegal(step, "the sums are not indexed by plain loops, the channel last");
  const outer = new Set(reduce.index.flatMap((i) => (i.k === "var" ? [i.name] : [])));
  const inner = loops.filter((l) => !outer.has(l.name));
  if (!isConstant(kernel, w, new Set([channel.name, ...inner.map((l) => l.name)])))
    return illegal(step, "the other factor is no constant of the channel");
  const init = initOf(kernel, stage, reduce.buffer, step);
  const start = nestOf(init.body);
  if (start.body.k !== "store" || start.body.buffer !== reduce.buffer || start.body.pred)
    return illegal(step, "the sums do not start by one store");
  const own = start.body.index[start.body.index.length - 1];
  if (own?.k !== "var") return illegal(step, "the sums do not start channel by channel");

  // a start that is a constant of the channel becomes part of the correction
  const folds = isConstant(kernel, start.body.value, new Set([own.name]));
  const toChannel = new Map([[own.name, make.variable(channel.name)]]);
  const first = folds ? substitute(start.body.value, toChannel) : make.constant("i32", 0);
  const name = freshBuffer(kernel, `${step.buffer}s`);
  const prepare = correction(kernel, name, channel, inner, w, first, base);
  const loaded = make.load(name, "i32", [own]);
  const started: Stmt = { ...start.body, value: folds ? loaded : make.add(start.body.value, loaded) };
  const stages = kernel.stages.map((s) =>
    s === init ? { ...s, body: ofNest({ loops: start.loops, body: started }) } : summed(s),
  );
  const read = new Set(stages.flatMap((s) => [...accessesOf(s.body).reads]));
  const kept = kernel.buffers.filter((b) => b.role !== "const" || read.has(b.name));
  const buffers: Buffer[] = [...kept, { name, dtype: "i32", shape: [channel.extent], role: "const" }];
  return { ...kernel, buffers, stages, prepare: [...kernel.prepare, prepare] };
}

export const bytes: StepDef<"bytes"> = {
  name: "bytes",
  doc:
    "acc[k] = e; acc[k] += (x - z) w[k, r]  -->  acc[k] = e - b sum_r w[k, r]; acc[k] += (x - z + b) w[k, r]   with b so that x - z + b is the stored byte " +
    "x as u8 or i8 (x, x + 128, x - 128), padding included. The sums of weights are made when the kernel is compiled. Legal for i32 sums, which " +
    "wrap, of bytes less one zero point with weights that are constants of the channel.",
  apply: rewriteBytes,
};

/** i32(load of bytes), or that plus or minus 128, below splats: the load, and the bits to turn over in each byte to read it as `as`. */
function byteOf(e: Expr): { readonly load: LoadExpr; readonly as: "u8" | "i8" } | null {
  if (e.k === "splat") return byteOf(e.x);
  if (e.k === "cast" && e.t === "i32" && e.x.k === "splat") return byteOf(make.cast("i32", e.x.x));
  if (e.k === "cast" && e.t === "i32" && e.x.k === "load" && !e.x.pred && (e.x.t === "i8" || e.x.t === "u8"))
    return { load: e.x, as: e.x.t };
  if (e.k !== "bin" || e.op !== "add") return null;
  const x = byteOf(e.a);
  if (x?.load.t === "i8" && x.as === "i8" && make.isConstValue(e.b, 128)) return { load: x.load, as: "u8" };
  if (x?.load.t === "u8" && x.as === "u8" && make.isConstValue(e.b, -128)) return { load: x.load, as: "i8" };
  return null;
}

/** 0x80 in each byte. */
const HIGH_BITS = 0x80808080 | 0;

export const quads: StepDef<"quads"> = {
  name: "quads",
  doc:
    "for c in [0, 4): acc[k..] += i32(x[.., c]) i32(w[.., k.., c])  -->  acc[k..] += dot4(x[.., 0..3] repeated, w[.., k.., 0..3])   on bytes, w signed; i32(x) " +
    "+ 128 is x with its high bit turned over. VPDPBUSD, SDOT. Legal for a loop of four iterations over one such vector reduction (or an " +
    "unrolled nest of them), w's last dimension being c.",
  apply(kernel, step) {
    return groupProducts(kernel, step, 4, (product, v, shapeOf) => {
      const [a, b] = [byteOf(product.a), byteOf(product.b)];
      if (!a || !b) return illegal(step, "the operands are no bytes");
      const sides = [a, b].map((o) => stridedGroup(o.load, v, product.lanes, 4));
      if (sides[0] && sides[1] && a.load.t === a.as && b.load.t === b.as) {
        const [signed, other] = b.as === "i8" ? [sides[1], sides[0]] : [sides[0], sides[1]];
        return signed.t === "i8" ? { weights: null, sum: make.dot4(other, signed) } : null;
      }
      const [x, w] = a.load.lanes === 1 ? [a, b] : [b, a];
      if (w.load.t !== "i8" || w.as !== "i8") illegal(step, "the weights are not i8");
      const repeated = broadcastGroup(x.load, v, product.lanes, 4);
      const row = contiguousGroup(w.load, v, product.lanes, 4, shapeOf(w.load.buffer));
      if (!repeated || !row) return null;
      const turned =
        x.as === x.load.t ? repeated : make.bin("xor", repeated, make.splat(make.constant("i32", HIGH_BITS), product.lanes));
      return { weights: w.load.buffer, sum: make.dot4(make.bitcast(x.as, turned), row) };
    });
  },
};
