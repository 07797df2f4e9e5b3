/** Which kernels hold a 3x3 convolution of stride 1, and what its parts are. */
import { affineOf, exprKey, type Range } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import type { Buffer, Kernel, Stage } from "../../loop/stmt.js";
import { accessesOf, type LoopHead, loadsOf, nestOf, usesVar } from "../../loop/visit.js";
import { isFloat } from "../../type/dtype.js";
import { illegal, type StepOf, stageNamed } from "../step.js";
import { checkPredicates, findOperand, valueRange } from "./cache.js";
import { rangesIn } from "./loops.js";
import { accumulatorOf, checkOrder } from "./tile.js";
import { exactGrowth } from "./winograd-exact.js";
import type { WinogradTile } from "./winograd-math.js";

type WinogradStep = StepOf<"winograd">;

/** acc[n, y, x, k] += data(x[n, y + r + top, x + s + left, c]) weight(k, r, s, c), with its init and its maps. */
export interface ConvForm {
  /** [init, contraction, maps..] */
  readonly stages: readonly Stage[];
  readonly acc: Buffer;
  /** Loop variables; the batch is null where it is 1. */
  readonly vars: {
    readonly n: string | null;
    readonly y: string;
    readonly x: string;
    readonly k: string;
    readonly r: string;
    readonly s: string;
    readonly c: string;
  };
  readonly size: {
    readonly n: number;
    /** Rows and columns of the result, and of the operand. */
    readonly y: number;
    readonly x: number;
    readonly inY: number;
    readonly inX: number;
    readonly k: number;
    readonly c: number;
  };
  /** What the operand's row and column at tap 0 of result 0 are: the padding, negated. */
  readonly top: number;
  readonly left: number;
  readonly source: Buffer;
  /** The factor made of the operand, and the one of constants. */
  readonly data: Expr;
  readonly weight: Expr;
}

/** i + r + constant; the constant, or null. */
function shifted(e: Expr, i: string, r: string): number | null {
  const { terms, constant } = affineOf(e);
  return terms.size === 2 && terms.get(i)?.coef === 1 && terms.get(r)?.coef === 1 ? constant : null;
}

const isVar = (e: Expr, name: string | null): boolean =>
  name === null ? e.k === "const" && Number(e.value) === 0 : e.k === "var" && e.name === name;

/** The stages of a contraction: init right before it, the maps that read its sums right behind. */
function groupOf(kernel: Kernel, step: WinogradStep): readonly Stage[] {
  const stage = stageNamed(kernel, step.stage, step);
  const at = kernel.stages.indexOf(stage);
  const [acc] = accessesOf(stage.body).writes;
  const init = kernel.stages[at - 1];
  if (!init || !accessesOf(init.body).writes.has(acc)) return illegal(step, "no stage before it sets the sums");
  const behind = kernel.stages.slice(at + 1);
  const end = behind.findIndex((s) => !accessesOf(s.body).reads.has(acc));
  const maps = end < 0 ? behind : behind.slice(0, end);
  if (maps.length === 0) illegal(step, "no stage behind it reads the sums");
  return [init, stage, ...maps];
}

/** The parts of the convolution in a stage; QC-SCHED-001 where it is none that Winograd's algorithm computes. */
export function convForm(kernel: Kernel, step: WinogradStep): ConvForm {
  const stages = groupOf(kernel, step);
  const acc = accumulatorOf(kernel, stages, step);
  checkOrder(kernel, stages, step);
  const { loops, body } = nestOf(stages[1].body);
  if (body.k !== "reduce" || body.op !== "add" || body.value.k !== "bin" || body.value.op !== "mul")
    return illegal(step, "it is no sum of products");
  if (acc.dtype !== "f32" && acc.dtype !== "i32") illegal(step, `sums of ${acc.dtype}`);
  const [n, y, x, k] = body.index.map((i) => (i.k === "var" ? i.name : null));
  if (body.index.length !== 4 || y === null || x === null || k === null || !(n !== null || isVar(body.index[0], null)))
    return illegal(step, "the sums are not [batch, rows, columns, channels]");
  const outer = [n, y, x, k].filter((v) => v !== null);
  const [r, s, c] = loops.filter((l) => !outer.includes(l.name));
  const head = (name: string): LoopHead => loops.find((l) => l.name === name) ?? illegal(step, `there is no loop '${name}'`);
  if (loops.length !== outer.length + 3 || r?.extent !== 3 || s?.extent !== 3) return illegal(step, "the window is not 3 x 3");
  if (loops.some((l) => l.kind !== "serial")) illegal(step, "a loop is scheduled already");
  const vars = { n: n ?? null, y, x, k, r: r.name, s: s.name, c: c.name };
  checkNests(stages, outer, acc, step);

  const constant = (e: Expr) => loadsOf(e).every((l) => kernel.buffers.find((b) => b.name === l.buffer)?.role === "const");
  const [data, weight] = constant(body.value.b) ? [body.value.a, body.value.b] : [body.value.b, body.value.a];
  if (!constant(weight) || constant(data)) return illegal(step, "the weights are no constants");
  if (usesVar(weight, new Set([y, x, ...(n ? [n] : [])]))) return illegal(step, "the weights depend on the position");
  const [load] = loadsOf(data);
  const source = kernel.buffers.find((b) => b.name === load.buffer) ?? illegal(step, `unknown buffer '${load.buffer}'`);
  const operand = findOperand(data, source.name);
  if (!operand || exprKey(operand.expr) !== exprKey(data)) return illegal(step, "the operand is no function of one element");
  checkPredicates(operand, source.shape, rangesIn(stages[1].body), step);
  const [top, left] = [shifted(operand.index[1], y, r.name), shifted(operand.index[2], x, s.name)];
  if (operand.index.length !== 4 || !isVar(operand.index[0], vars.n) || !isVar(operand.index[3], c.name))
    return illegal(step, "the operand is not [batch, rows, columns, channels]");
  if (top === null || left === null) return illegal(step, "the window's stride or dilation is not 1");
  const size = {
    n: n ? head(n).extent : 1,
    y: head(y).extent,
    x: head(x).extent,
    inY: source.shape[1],
    inX: source.shape[2],
    k: head(k).extent,
    c: c.extent,
  };
  const form = { stages, acc, vars, size, top, left, source, data, weight };
  if (acc.dtype === "i32") checkIntegers(form, step);
  return form;
}

/** Init and maps are elementwise nests that use the sums at their own position. */
function checkNests(stages: readonly Stage[], outer: readonly string[], acc: Buffer, step: WinogradStep): void {
  const own = nestOf(stages[1].body).body;
  const position = own.k === "reduce" ? own.index.map(exprKey).join() : "";
  stages.forEach((s, i) => {
    if (i === 1) return;
    const { loops, body } = nestOf(s.body);
    if (loops.length !== outer.length || loops.some((l) => !outer.includes(l.name) || l.kind !== "serial"))
      illegal(step, `stage '${s.name}' is not elementwise over the sums`);
    let inner = body;
    const check = (e: Expr) => {
      for (const l of loadsOf(e))
        if (l.buffer === acc.name && l.index.map(exprKey).join() !== position)
          illegal(step, `stage '${s.name}' reads sums of another position`);
    };
    while (inner.k === "let") {
      check(inner.value);
      inner = inner.body;
    }
    if (inner.k !== "store") return illegal(step, `stage '${s.name}' is not elementwise over the sums`);
    check(inner.value);
    if ((inner.buffer === acc.name) !== (i === 0)) illegal(step, `stage '${s.name}' does not ${i ? "read" : "set"} the sums`);
    if (i === 0 && (body !== inner || inner.pred || inner.index.map(exprKey).join() !== position))
      illegal(step, "the sums are not set one by one");
  });
}

const magnitude = ([lo, hi]: Range): number => Math.max(Math.abs(lo), Math.abs(hi));

/**
 * Integer filtering is exact where transformed operands fit i16 and the multiple of a sum that the output transform gives fits i32, while
 * sums of products may wrap (they are right modulo 2^32, and so is the output transform).
 */
function checkIntegers(form: ConvForm, step: WinogradStep): void {
  const [x, g] = [form.data, form.weight].map((e) => magnitude(valueRange(e) ?? illegal(step, "a range is not known")));
  const grown = exactGrowth(step.m);
  if (x * grown.input > 32767 || g * grown.filter > 32767) illegal(step, `transformed operands of ${x} and ${g} do not fit i16`);
  if (form.size.c % 2 !== 0) illegal(step, "channels do not come in pairs");
  if (partsOf(form, step.m) > MOST_PARTS) illegal(step, `multiples of sums over ${form.size.c} channels may not fit i32`);
}

/** Parts that the channels are summed in, each of which has an output transform of its own. */
const MOST_PARTS = 8;

/** Into how many parts the channels are cut, so that the multiple of a part's sum fits i32; one for floats. */
export function partsOf(form: ConvForm, m: WinogradTile): number {
  if (!isExact(form)) return 1;
  const { c } = form.size;
  const most = channelsThatFit(form, exactGrowth(m).sum);
  for (let parts = 1; parts <= MOST_PARTS; parts++) if (c % (2 * parts) === 0 && c / parts <= most) return parts;
  return Number.POSITIVE_INFINITY;
}

/** Over how many channels a multiple of a sum of products fits i32. */
export function channelsThatFit(form: ConvForm, multiple: number): number {
  const [x, g] = [form.data, form.weight].map((e) => magnitude(valueRange(e) ?? [0, 0]));
  return Math.floor(2147483647 / (multiple * 9 * x * g));
}

export const isExact = (form: ConvForm): boolean => !isFloat(form.acc.dtype);

/** Tiles along rows and columns, and altogether. */
export function tilesOf(
  size: ConvForm["size"],
  m: WinogradTile,
): { readonly y: number; readonly x: number; readonly all: number } {
  const [y, x] = [Math.ceil(size.y / m), Math.ceil(size.x / m)];
  return { y, x, all: size.n * y * x };
}
