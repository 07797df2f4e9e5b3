import type { Expr, LoadExpr } from "../../../ir/loop/expr.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import { type Affine, affineAdd, affineAddress, affineAlign, affineConst, affineScale } from "./affine.js";
import { selectValue } from "./arith.js";
import { laneIndex, laneVector, splatVector } from "./index.js";
import type { BufferAt, Scope } from "./scope.js";
import { floatText, isFloatScalar, isHalf, memoryType, splatText, suffixOf, typeOf, type Value, vectorOf } from "./types.js";

/** Elements of a buffer: evenly apart, or each at a flat index of its own (`at`, a vector of i64). */
export type Access =
  | { readonly k: "even"; readonly buffer: BufferAt; readonly base: Affine; readonly stride: number; readonly lanes: number }
  | { readonly k: "each"; readonly buffer: BufferAt; readonly at: string; readonly lanes: number };

/** The flat row-major position of an index. */
export function accessTo(buffer: BufferAt, index: readonly Expr[], lanes: number, s: Scope): Access {
  const used = index.map((e, d) => ({ e, step: buffer.strides[d] })).filter((_, d) => buffer.def.shape[d] !== 1);
  const regular = used.map(({ e }) => laneIndex(e, s));
  if (regular.every((r) => r !== null)) {
    const base = regular.reduce((sum, r, d) => affineAdd(sum, r.base, used[d].step), affineConst(0));
    const stride = regular.reduce((sum, r, d) => sum + r.stride * used[d].step, 0);
    return { k: "even", buffer, base, stride, lanes };
  }
  const type = vectorOf("i64", lanes);
  const at = used.reduce<string | null>((sum, { e, step }, d) => {
    const r = regular[d];
    const scaled = r
      ? laneVector({ base: affineScale(r.base, step), stride: r.stride * step }, lanes, s)
      : s.body.pure(`mul nsw ${type} ${s.value(e).v}, ${splatText("i64", String(step), lanes)}`);
    return sum === null ? scaled : s.body.pure(`add nsw ${type} ${sum}, ${scaled}`);
  }, null);
  return { k: "each", buffer, at: at ?? splatText("i64", "0", lanes), lanes };
}

/** The scalar that all lanes of a predicate equal; null where they may differ. */
function uniform(e: Expr): Expr | null {
  if (e.lanes === 1) return e;
  if (e.k === "splat") return e.x;
  if (e.k !== "bin") return null;
  const [a, b] = [uniform(e.a), uniform(e.b)];
  return a && b ? { ...e, lanes: 1, a, b } : null;
}

/** A predicate as one bit, or as one a lane; null where it is always true. */
export function emitPredicate(pred: Expr | null, s: Scope): Value | null {
  if (pred === null) return null;
  const value = s.value(uniform(pred) ?? pred);
  return value.v === "true" ? null : value;
}

const ZERO_BYTES = 512;
/** Memory to read from where a predicate is false. */
function zeroBlock(s: Scope): string {
  return s.body.module.helper(
    "@qc_zero",
    () => `@qc_zero = internal unnamed_addr constant [${ZERO_BYTES} x i8] zeroinitializer, align 64`,
  );
}

const elementBytes = (b: BufferAt): number => dtypeInfo(b.def.dtype).bytes;

function address(a: Access, lane: number, s: Scope, inside: boolean): { readonly pointer: string; readonly align: number } {
  const { buffer } = a;
  const element = memoryType(buffer.def.dtype);
  if (a.k === "even") {
    const at = affineAdd(a.base, affineConst(lane * a.stride));
    const align = affineAlign(at, elementBytes(buffer), buffer.align);
    return { pointer: affineAddress(s.body, buffer.pointer, element, at, inside), align };
  }
  const i = s.body.pure(`extractelement ${vectorOf("i64", a.lanes)} ${a.at}, i64 ${lane}`);
  const how = inside ? "inbounds " : "";
  return {
    pointer: s.body.pure(`getelementptr ${how}${element}, ptr ${buffer.pointer}, i64 ${i}`),
    align: Math.min(elementBytes(buffer), buffer.align),
  };
}

export function zeroValue(t: Value["t"], lanes: number): Value {
  const zero = t === "bool" ? "false" : isFloatScalar(t) && !isHalf(t) ? floatText(0) : "0";
  return { t, lanes, v: splatText(typeOf(t), zero, lanes) };
}

/** What lies in memory as a register of the buffer's type. */
function fromMemory(raw: string, buffer: BufferAt, lanes: number, s: Scope): Value {
  const t = buffer.def.dtype;
  if (t !== "bool") return { t, lanes, v: raw };
  return { t, lanes, v: s.body.pure(`icmp ne ${vectorOf("i8", lanes)} ${raw}, ${splatText("i8", "0", lanes)}`) };
}

function toMemory(x: Value, s: Scope): string {
  return x.t === "bool" ? s.body.pure(`zext ${typeOf("bool", x.lanes)} ${x.v} to ${vectorOf("i8", x.lanes)}`) : x.v;
}

/** `count` elements from `lane` on, side by side in memory; read from zeros where the one-bit `pred` is false. */
function loadRun(a: Access, lane: number, count: number, pred: string | null, s: Scope): Value {
  const { pointer, align } = address(a, lane, s, pred === null);
  const type = memoryType(a.buffer.def.dtype, count);
  const from = pred === null ? pointer : s.body.pure(`select i1 ${pred}, ptr ${pointer}, ptr ${zeroBlock(s)}`);
  return fromMemory(s.body.fresh(`load ${type}, ptr ${from}, align ${Math.min(align, 64)}`), a.buffer, count, s);
}

function reversed(x: Value, s: Scope): Value {
  const type = typeOf(x.t, x.lanes);
  const order = Array.from({ length: x.lanes }, (_, l) => `i32 ${x.lanes - 1 - l}`).join(", ");
  return { ...x, v: s.body.pure(`shufflevector ${type} ${x.v}, ${type} poison, <${x.lanes} x i32> <${order}>`) };
}

export function laneOf(x: Value, lane: number, s: Scope): Value {
  if (x.lanes === 1) return x;
  return { t: x.t, lanes: 1, v: s.body.pure(`extractelement ${typeOf(x.t, x.lanes)} ${x.v}, i64 ${lane}`) };
}

export function splatValue(x: Value, lanes: number, s: Scope): Value {
  return x.lanes === lanes ? x : { t: x.t, lanes, v: splatVector(x.v, typeOf(x.t), lanes, s) };
}

function loadEach(a: Access, pred: Value | null, s: Scope): Value {
  const t = a.buffer.def.dtype;
  let v = "poison";
  for (let lane = 0; lane < a.lanes; lane++) {
    const x = loadRun(a, lane, 1, pred === null ? null : laneOf(pred, lane, s).v, s);
    v = s.body.pure(`insertelement ${typeOf(t, a.lanes)} ${v}, ${typeOf(t)} ${x.v}, i64 ${lane}`);
  }
  return { t, lanes: a.lanes, v };
}

/** One address for all lanes: read it where any lane wants it. */
function loadSame(a: Access, pred: Value | null, s: Scope): Value {
  if (pred === null || pred.lanes === 1) return splatValue(loadRun(a, 0, 1, bitOf(pred), s), a.lanes, s);
  const type = typeOf("bool", a.lanes);
  const name = `@llvm.vector.reduce.or.${suffixOf("i1", a.lanes)}`;
  s.body.module.declare(`declare i1 ${name}(${type})`);
  const any = s.body.pure(`call i1 ${name}(${type} ${pred.v})`);
  const all = splatValue(loadRun(a, 0, 1, any, s), a.lanes, s);
  return selectValue(s.body, pred, all, zeroValue(all.t, a.lanes));
}

function loadMasked(a: Access, mask: Value, s: Scope): Value {
  const { pointer, align } = address(a, 0, s, false);
  const t = a.buffer.def.dtype;
  const [element, type, bits] = [memoryType(t), memoryType(t, a.lanes), typeOf("bool", a.lanes)];
  const name = `@llvm.masked.load.${suffixOf(element, a.lanes)}.p0`;
  s.body.module.declare(`declare ${type} ${name}(ptr, i32, ${bits}, ${type})`);
  const zeros = splatText(element, isFloatScalar(t) && !isHalf(t) ? floatText(0) : "0", a.lanes);
  const raw = s.body.fresh(`call ${type} ${name}(ptr ${pointer}, i32 ${align}, ${bits} ${mask.v}, ${type} ${zeros})`);
  return fromMemory(raw, a.buffer, a.lanes, s);
}

const bitOf = (pred: Value | null): string | null => (pred === null ? null : pred.v);

/** The elements; zero, and no access, where `pred` is false. */
export function loadAccess(a: Access, pred: Value | null, s: Scope): Value {
  if (pred?.v === "false") return zeroValue(a.buffer.def.dtype, a.lanes);
  if (a.lanes === 1) return loadRun(a, 0, 1, bitOf(pred), s);
  if (a.k === "each") return loadEach(a, pred, s);
  if (a.stride === 0) return loadSame(a, pred, s);
  const isRun = a.stride === 1 || a.stride === -1;
  if (!isRun) return loadEach(a, pred, s);
  if (pred !== null && pred.lanes > 1) return a.stride === 1 ? loadMasked(a, pred, s) : loadEach(a, pred, s);
  return a.stride === 1 ? loadRun(a, 0, a.lanes, bitOf(pred), s) : reversed(loadRun(a, a.lanes - 1, a.lanes, bitOf(pred), s), s);
}

export function emitLoad(e: LoadExpr, s: Scope): Value {
  return loadAccess(accessTo(s.buffer(e.buffer), e.index, e.lanes, s), emitPredicate(e.pred, s), s);
}

/** Bytes of a cache line. */
const LINE = 64;

/** From the start of its cache line on, where that is known. */
function fromLine(a: Access): Access {
  if (a.k !== "even" || a.buffer.align % LINE !== 0) return a;
  const [elements, bytes] = [LINE / elementBytes(a.buffer), elementBytes(a.buffer)];
  const c = Math.floor(a.base.c / elements) * elements;
  const line = { ...a.base, c };
  return affineAlign(line, bytes, LINE) === LINE ? { ...a, base: line } : a;
}

/** Asks for the cache line `bytes` behind the first element of a load, unless it was asked for already. */
export function requestAhead(e: LoadExpr, bytes: number, s: Scope): void {
  const { pointer } = address(fromLine(accessTo(s.buffer(e.buffer), e.index, e.lanes, s)), 0, s, false);
  const known = s.body.size();
  const line = s.body.pure(`getelementptr i8, ptr ${pointer}, i64 ${bytes}`);
  if (s.body.size() === known) return;
  s.body.module.declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)");
  s.body.line(`call void @llvm.prefetch.p0(ptr ${line}, i32 0, i32 3, i32 1)`);
}

function storeRun(a: Access, lane: number, x: Value, s: Scope, inside: boolean): void {
  const { pointer, align } = address(a, lane, s, inside);
  s.body.line(`store ${memoryType(a.buffer.def.dtype, x.lanes)} ${toMemory(x, s)}, ptr ${pointer}, align ${align}`);
}

/** Runs `inner` only where the bit is set. */
export function guarded(bit: string, s: Scope, inner: () => void): void {
  const [yes, next] = [s.body.newLabel("if.then"), s.body.newLabel("if.end")];
  s.body.line(`br i1 ${bit}, label %${yes}, label %${next}`);
  s.body.start(yes);
  s.body.scope(inner);
  s.body.line(`br label %${next}`);
  s.body.start(next);
}

function storeMasked(a: Access, x: Value, mask: Value, s: Scope): void {
  const { pointer, align } = address(a, 0, s, false);
  const t = a.buffer.def.dtype;
  const [type, bits] = [memoryType(t, a.lanes), typeOf("bool", a.lanes)];
  const name = `@llvm.masked.store.${suffixOf(memoryType(t), a.lanes)}.p0`;
  s.body.module.declare(`declare void ${name}(${type}, ptr, i32, ${bits})`);
  s.body.line(`call void ${name}(${type} ${toMemory(x, s)}, ptr ${pointer}, i32 ${align}, ${bits} ${mask.v})`);
}

/** Writes the lanes in order; those whose `pred` is false are left alone. */
export function storeAccess(a: Access, value: Value, pred: Value | null, s: Scope): void {
  if (pred?.v === "false") return;
  if (pred?.lanes === 1) {
    guarded(pred.v, s, () => storeAccess(a, value, null, s));
    return;
  }
  const x = splatValue(value, a.lanes, s);
  if (a.k === "even" && a.stride === 1) {
    if (pred) storeMasked(a, x, pred, s);
    else storeRun(a, 0, x, s, true);
    return;
  }
  if (a.k === "even" && a.stride === -1 && !pred) {
    storeRun(a, a.lanes - 1, reversed(x, s), s, true);
    return;
  }
  for (let lane = 0; lane < a.lanes; lane++) {
    const one = laneOf(x, lane, s);
    if (pred) guarded(laneOf(pred, lane, s).v, s, () => storeRun(a, lane, one, s, true));
    else storeRun(a, lane, one, s, true);
  }
}
