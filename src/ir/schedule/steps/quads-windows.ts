/** Step windows: the taps of a depthwise convolution side by side, for instructions that add up neighbouring products. */
import { affineOf, type Range, rangeOf } from "../../loop/affine.js";
import type { BinExpr, Expr, LoadExpr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { simplifyExpr, simplifyStage, simplifyStmt } from "../../loop/simplify.js";
import type { Buffer, Kernel, Prepare, ReduceStmt, Stage, Stmt } from "../../loop/stmt.js";
import { accessesOf, type LoopHead, loadsOf, mapExpr, nestOf, ofNest, substitute, usesVar } from "../../loop/visit.js";
import { dtypeInfo } from "../../type/dtype.js";
import { freshBuffer, illegal, type StepDef, type StepOf, stageNamed } from "../step.js";
import { checkPredicates, findOperand, operandAt, valueRange } from "./cache.js";
import { rangesIn } from "./loops.js";

type WindowsStep = StepOf<"windows">;

const LINE_BYTES = 64;

/**
 * Windows this far apart fall on one set of the first-level cache: there they lie a line further apart.
 */
const CROWDED_BYTES = 4096;

/** Windows that the taps of `phases` neighbouring outputs need, one behind the other. */
export const windowsOf = (taps: number, stride: number, phases: number, size: number): number =>
  Math.ceil((taps + stride * (phases - 1)) / size);

const uses = (e: Expr, v: string): boolean => usesVar(e, new Set([v]));

/** A reduction acc[.., p, k] += x[.., d p + s + lo, .., k] w[.., s, .., k], taken apart. */
interface Depthwise {
  readonly stage: Stage;
  readonly loops: readonly LoopHead[];
  readonly reduce: ReduceStmt;
  readonly x: Expr;
  readonly w: Expr;
  readonly load: LoadExpr;
  readonly source: Buffer;
  readonly position: LoopHead;
  readonly tap: LoopHead;
  readonly channel: LoopHead;
  /** Dimension of x along which the window lies. */
  readonly along: number;
  readonly stride: number;
  readonly spans: readonly Range[];
}

function depthwiseOf(kernel: Kernel, step: WindowsStep): Depthwise {
  const stage = stageNamed(kernel, step.stage, step);
  const { loops, body } = nestOf(stage.body);
  if (body.k !== "reduce" || body.op !== "add" || body.value.k !== "bin" || body.value.op !== "mul" || body.value.t !== "i32")
    return illegal(step, "it is no sum of i32 products");
  const product: BinExpr = body.value;
  if (product.lanes > 1) illegal(step, "it holds vectors already");
  const reads = (e: Expr): boolean => loadsOf(e).some((l) => l.buffer === step.buffer);
  const [x, w] = reads(product.a) ? [product.a, product.b] : [product.b, product.a];
  if (!reads(x) || reads(w)) illegal(step, `'${step.buffer}' is not one factor of the products`);
  const found = findOperand(x, step.buffer);
  if (!found || found.expr !== x) return illegal(step, `'${step.buffer}' is not read as one operand`);
  const loopOf = (name: string): LoopHead =>
    loops.find((l) => l.name === name) ?? illegal(step, `there is no loop '${name}' in the nest`);
  const [position, tap] = [loopOf(step.position), loopOf(step.tap)];
  const sums = body.index.flatMap((i) => (i.k === "var" ? [i.name] : []));
  const last = body.index[body.index.length - 1];
  if (last?.k !== "var" || !sums.includes(position.name) || sums.includes(tap.name))
    return illegal(step, "the sums are not indexed by the position, the channel last");
  const channel = loopOf(last.name);
  const load = loadsOf(x).find((l) => l.buffer === step.buffer) ?? illegal(step, "no load");
  const source = kernel.buffers.find((b) => b.name === step.buffer) ?? illegal(step, `there is no buffer '${step.buffer}'`);
  const along = load.index.findIndex((i) => uses(i, tap.name));
  const form = along < 0 ? null : affineOf(load.index[along]);
  const stride = form?.terms.get(position.name)?.coef ?? 0;
  const other = load.index.filter((_, d) => d !== along);
  if (form?.terms.size !== 2 || form.terms.get(tap.name)?.coef !== 1 || stride < 1)
    return illegal(step, "the position and the tap do not run along one dimension, neighbours side by side");
  if (other.some((i) => uses(i, tap.name) || uses(i, position.name))) illegal(step, "they run along another dimension too");
  const k = load.index[load.index.length - 1];
  if (k.k !== "var" || k.name !== channel.name || other.slice(0, -1).some((i) => uses(i, channel.name)))
    illegal(step, "the channel is not the last dimension alone");
  if (channel.extent !== source.shape[source.shape.length - 1]) illegal(step, "not all channels are read");
  const inner = new Set(loops.map((l) => l.name).filter((n) => !sums.includes(n)));
  const isConstant = loadsOf(w).every(
    (l) => kernel.buffers.find((b) => b.name === l.buffer)?.role === "const" && l.index.every((i) => affineOf(i).terms.size <= 1),
  );
  const strange = sums.find((v) => v !== channel.name && uses(w, v));
  if (!isConstant || strange || ![...inner].some((n) => uses(w, n)))
    illegal(step, "the other factor is no constant of the channel");
  const env = rangesIn(stage.body);
  checkPredicates(found, source.shape, env, step);
  const spans = load.index.map((i) => rangeOf(i, env));
  return { stage, loops, reduce: body, x, w, load, source, position, tap, channel, along, stride, spans };
}

const allOf = (conds: readonly Expr[]): Expr | null => conds.reduce<Expr | null>((a, b) => (a ? make.and(a, b) : b), null);

/**
 * for .., j, c: xw[.., j, c size ..] = the elements at first + hop j + 0 .. size - 1: bytes in one 32-bit value a channel, two i16 one after the
 * other in an unrolled loop, which the backend interleaves. Windows that reach over the border test every element, those between do not.
 */
function fillStage(d: Depthwise, out: Buffer, count: number, hop: number, size: number, lanes: number): Stage {
  const dims = d.source.shape;
  const bits = 32 / size;
  const rank = dims.length;
  const outer = d.spans.map((_, n) => n).filter((n) => n !== d.along && n !== rank - 1);
  const vars = outer.map((n) => make.variable(`i${n}`));
  const shift = (v: Expr, by: number): Expr => (by < 0 ? make.sub(v, make.index(-by)) : make.add(v, make.index(by)));
  const at = outer.map((n, i) => shift(vars[i], d.spans[n][0]));
  const inside = allOf(
    outer.flatMap((n, i) => [
      ...(d.spans[n][0] < 0 ? [make.bin("ge", at[i], make.index(0))] : []),
      ...(d.spans[n][1] >= dims[n] ? [make.bin("lt", at[i], make.index(dims[n]))] : []),
    ]),
  );
  const first = d.spans[d.along][0];
  const limit = dims[d.along];
  const splat = (v: number): Expr => make.splat(make.constant("i32", v), lanes);
  const mask = 2 ** bits - 1;
  const unsigned = out.dtype === "u8";
  const word = (value: (t: Expr) => Expr): Expr =>
    Array.from({ length: size }, (_, t) => {
      const v = make.splat(value(make.index(t)), lanes);
      const low = unsigned || t === size - 1 ? v : make.bin("and", v, splat(mask));
      return t === 0 ? low : make.bin("shl", low, splat(t * bits));
    }).reduce((a, b) => make.bin("or", a, b));
  const store = (window: Expr, c: Expr, value: (t: Expr) => Expr): Stmt => {
    const from = make.mul(c, make.index(size * lanes));
    if (size === 4)
      return make.store(out.name, [...vars, window, make.ramp(from, 1, size * lanes)], make.bitcast(out.dtype, word(value)));
    const t = make.variable("t");
    const each = make.cast(out.dtype, make.splat(value(t), lanes), true);
    const one = make.store(out.name, [...vars, window, make.ramp(make.add(from, t), size, lanes)], each);
    return { k: "for", name: "t", extent: size, kind: "unroll", body: one };
  };
  const blocks = dims[rank - 1] / lanes;
  const element = (window: Expr, c: Expr, t: Expr, tested: boolean): Expr => {
    const place = shift(make.add(make.mul(window, make.index(hop)), t), first);
    const exists = tested ? make.and(make.bin("ge", place, make.index(0)), make.bin("lt", place, make.index(limit))) : null;
    const index = Array.from({ length: rank }, (_, n) =>
      n === rank - 1 ? make.ramp(make.mul(c, make.index(lanes)), 1, lanes) : n === d.along ? place : at[outer.indexOf(n)],
    );
    return operandAt(d.x, index, exists);
  };
  const never = make.constant("bool", 0);
  const empty = simplifyExpr(
    operandAt(
      d.x,
      d.load.index.map(() => make.index(0)),
      never,
    ),
    new Map(),
  );
  const run = (name: string, from: number, to: number, tested: boolean): Stmt[] => {
    if (from >= to) return [];
    const window = make.add(make.variable(name), make.index(from));
    const c = make.variable(`${name}.c`);
    return [
      make.loop(
        name,
        to - from,
        make.loop(
          `${name}.c`,
          blocks,
          store(window, c, (t) => element(window, c, t, tested)),
        ),
      ),
    ];
  };
  // windows from `left` on start inside, those before `right` end inside
  const left = Math.min(count, Math.max(0, Math.ceil(-first / hop)));
  const right = Math.min(count, Math.max(left, Math.floor((limit - size - first) / hop) + 1));
  const row = make.seq(...run("left", 0, left, true), ...run("middle", left, right, false), ...run("right", right, count, true));
  const c = make.variable("none.c");
  const blank = make.loop(
    "none",
    count,
    make.loop(
      "none.c",
      blocks,
      store(make.variable("none"), c, () => empty),
    ),
  );
  const body = inside ? make.ifThen(inside, row, blank) : row;
  const extents = outer.map((n) => d.spans[n][1] - d.spans[n][0] + 1);
  const whole = outer.reduceRight<Stmt>((b, n, i) => make.loop(`i${n}`, extents[i], b), body);
  return { name: `fill.${out.name}`, body: simplifyStmt(whole) };
}

/** ww[f, r.., u, k size + t] = w at tap size u + t - stride f; zero where there is none. */
function weightsPrepare(
  kernel: Kernel,
  d: Depthwise,
  step: WindowsStep,
  out: Buffer,
  rest: readonly LoopHead[],
  windows: number,
): Prepare {
  const [f, u, t] = ["phase", "window", "lane"].map((n) => make.variable(n));
  const tap = make.sub(make.add(make.mul(u, make.index(step.size)), t), make.mul(f, make.index(d.stride)));
  const exists = make.and(make.bin("ge", tap, make.index(0)), make.bin("lt", tap, make.index(d.tap.extent)));
  const read = mapExpr(substitute(d.w, new Map([[d.tap.name, tap]])), (e) =>
    e.k === "load" && usesVar(e, new Set(["window", "lane", "phase"]))
      ? make.load(e.buffer, e.t as never, e.index, e.pred ? make.and(e.pred, exists) : exists)
      : e,
  );
  const value = make.cast(out.dtype, make.select(exists, read, make.constant("i32", 0)), true);
  const k = make.variable(d.channel.name);
  const index = [f, ...rest.map((l) => make.variable(l.name)), u, make.add(make.mul(k, make.index(step.size)), t)];
  const loops = [
    { name: "phase", extent: step.phases },
    ...rest,
    { name: "window", extent: windows },
    d.channel,
    { name: "lane", extent: step.size },
  ];
  const body = loops.reduceRight<Stmt>((b, l) => make.loop(l.name, l.extent, b), make.store(out.name, index, value));
  const names = new Set(loadsOf(d.w).map((l) => l.buffer));
  const inputs = kernel.buffers.filter((b) => names.has(b.name)).map((b): Buffer => ({ ...b, role: "in" }));
  return {
    buffer: out.name,
    kernel: {
      name: `${kernel.name}_windows`,
      buffers: [...inputs, { ...out, role: "out" }],
      stages: [{ name: "windows", body: simplifyStmt(body) }],
      prepare: [],
    },
  };
}

const fits = (e: Expr, dtype: "u8" | "i8" | "i16"): boolean => {
  const range = valueRange(e);
  const { min, max } = dtypeInfo(dtype);
  return range !== null && range[0] >= min && range[1] <= max;
};

export const windows: StepDef<"windows"> = {
  name: "windows",
  doc:
    "for p, k, s in [0, S): acc[p, k] += x[d p + s, k] w[k, s]  -->  for j, k, t: xw[j, k, t] = x[d F j + t, k]; for p, k, u, t: acc[p, k] += xw[p div F + u " +
    "size / (d F), k, t] ww[p mod F, u, k, t]   with ww the taps of output p among the windows of its block of F outputs (phases), zeros " +
    "elsewhere. Legal for i32 sums over one tap loop of neighbours, each channel with weights of its own, where F divides the outputs, " +
    "one window holds the taps of all phases or windows meet without a gap, and the values fit the type.",
  apply(kernel, step) {
    const d = depthwiseOf(kernel, step);
    const { size, phases, lanes } = step;
    const hop = d.stride * phases;
    const count = windowsOf(d.tap.extent, d.stride, phases, size);
    const channels = d.channel.extent;
    if (d.position.extent % phases !== 0) illegal(step, `${phases} does not divide ${d.position.extent}`);
    if (hop > size || (count > 1 && size % hop !== 0)) illegal(step, "windows do not meet");
    if (channels % lanes !== 0) illegal(step, `${lanes} lanes do not divide ${channels} channels`);
    if (size * dtypeInfo(step.dtype).bytes !== 4) illegal(step, `${size} of ${step.dtype} are no 32 bits`);
    const narrow = step.dtype === "i16" ? "i16" : "i8";
    if (!fits(d.x, step.dtype) || !fits(d.w, narrow)) illegal(step, `values do not fit ${step.dtype}`);

    const outer = d.spans.map((_, n) => n).filter((n) => n !== d.along && n !== d.spans.length - 1);
    const between = count > 1 ? size / hop : 0;
    const total = d.position.extent / phases + (count - 1) * between;
    const pad = (4 * channels) % CROWDED_BYTES === 0 ? LINE_BYTES / dtypeInfo(step.dtype).bytes : 0;
    const xw: Buffer = {
      name: freshBuffer(kernel, `${step.buffer}w`),
      dtype: step.dtype,
      shape: [...outer.map((n) => d.spans[n][1] - d.spans[n][0] + 1), total, channels * size + pad],
      role: "scratch",
    };
    const sums = new Set(d.reduce.index.flatMap((i) => (i.k === "var" ? [i.name] : [])));
    const inner = d.loops.filter((l) => !sums.has(l.name));
    const rest = inner.filter((l) => l !== d.tap);
    const [weights] = loadsOf(d.w);
    const ww: Buffer = {
      name: freshBuffer(kernel, `${weights.buffer}w`),
      dtype: narrow,
      shape: [phases, ...rest.map((l) => l.extent), count, channels * size],
      role: "const",
    };
    const [p, k] = [make.variable(d.position.name), make.variable(d.channel.name)];
    const [u, t] = [make.variable(`${d.tap.name}.w`), make.variable(`${d.tap.name}.t`)];
    const lane = make.add(make.mul(k, make.index(size)), t);
    const rows = outer.map((n) => make.sub(d.load.index[n], make.index(d.spans[n][0])));
    const window = make.add(make.div(p, make.index(phases)), make.mul(u, make.index(between)));
    const phase = make.mod(p, make.index(phases));
    const value = make.mul(
      make.cast("i32", make.load(xw.name, xw.dtype, [...rows, window, lane])),
      make.cast("i32", make.load(ww.name, narrow, [phase, ...rest.map((l) => make.variable(l.name)), u, lane])),
    );
    const loops: LoopHead[] = [
      ...d.loops.filter((l) => l !== d.tap),
      { k: "for", name: `${d.tap.name}.w`, extent: count, kind: "serial" },
      { k: "for", name: `${d.tap.name}.t`, extent: size, kind: "serial" },
    ];
    const changed = simplifyStage({ ...d.stage, body: ofNest({ loops, body: { ...d.reduce, value } }) });
    const fill = fillStage(d, xw, total, hop, size, lanes);
    const place = Math.max(0, kernel.stages.indexOf(d.stage) - 1);
    const stages = kernel.stages.map((s) => (s === d.stage ? changed : s));
    const read = new Set(stages.flatMap((s) => [...accessesOf(s.body).reads]));
    const prepare = weightsPrepare(kernel, d, step, ww, rest, count);
    return {
      ...kernel,
      buffers: [...kernel.buffers.filter((b) => b.role !== "const" || read.has(b.name)), ww, xw],
      stages: [...stages.slice(0, place), fill, ...stages.slice(place)],
      prepare: [...kernel.prepare, prepare],
    };
  },
};
