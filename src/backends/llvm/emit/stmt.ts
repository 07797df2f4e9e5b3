import type { Expr } from "../../../ir/loop/expr.js";
import type { AllocStmt, ForStmt, IfStmt, ReduceStmt, Stmt, StoreStmt } from "../../../ir/loop/stmt.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import { unreachable } from "../../../support/assert.js";
import { affineConst, affineVar } from "./affine.js";
import { horizontal, intrinsic, reduceValue } from "./arith.js";
import { dotProduct } from "./dot.js";
import { emitExpr } from "./expr.js";
import { emitIndex } from "./index.js";
import { type Access, accessTo, emitPredicate, laneOf, loadAccess, splatValue, storeAccess } from "./memory.js";
import { bufferAt, type Scope } from "./scope.js";
import { transposedLoads, transposedRun, transposedStore } from "./transpose.js";
import { memoryType, type Value } from "./types.js";

const lanesOf = (es: readonly (Expr | null)[]): number => Math.max(1, ...es.map((e) => e?.lanes ?? 1));

function emitStore(st: StoreStmt, s: Scope): void {
  const lanes = lanesOf([...st.index, st.value, st.pred]);
  const value = emitExpr(st.value, s);
  const take = s.taken.get(st);
  if (take) {
    take(value);
    return;
  }
  storeAccess(accessTo(s.buffer(st.buffer), st.index, lanes, s), value, emitPredicate(st.pred, s), s);
}

/** acc + dot4(a, b): one instruction where the target has it. */
function dotAdd(st: ReduceStmt, s: Scope): ((old: Value) => Value) | null {
  const e = st.value;
  if (st.op !== "add" || e.k !== "call" || e.fn !== "dot4") return null;
  const [a, b] = e.args.map((x) => emitExpr(x, s));
  return (old) => dotProduct(s, old, a, b);
}

const isProduct = (e: Expr): boolean => e.k === "bin" && e.op === "mul" && (e.t === "f32" || e.t === "f64");

/** acc + a * b on vectors: the order of the sum is the schedule's, only the two roundings may become one. */
function multiplyAdd(st: ReduceStmt, s: Scope): ((old: Value) => Value) | null {
  const e = st.value;
  if (st.op !== "add" || !isProduct(e) || e.k !== "bin" || e.lanes === 1) return null;
  const [a, b] = [emitExpr(e.a, s), emitExpr(e.b, s)];
  return (old) => intrinsic(s.body, "fmuladd", [a, b, old], "contract ");
}

function emitReduce(st: ReduceStmt, s: Scope): void {
  const lanes = lanesOf([...st.index, st.value]);
  const access = accessTo(s.buffer(st.buffer), st.index, lanes, s);
  if (access.k === "even" && access.stride !== 0 && lanes > 1) {
    const fused = multiplyAdd(st, s) ?? dotAdd(st, s);
    const value = fused ? null : splatValue(emitExpr(st.value, s), lanes, s);
    const old = loadAccess(access, null, s);
    storeAccess(access, fused ? fused(old) : reduceValue(s.body, st.op, old, value ?? old, false), null, s);
    return;
  }
  const value = emitExpr(st.value, s, isProduct(st.value) && lanes === 1 ? "contract " : "");
  const update = (at: Access, x: Value): void =>
    storeAccess(at, reduceValue(s.body, st.op, loadAccess(at, null, s), x, isProduct(st.value) && lanes === 1), null, s);
  if (access.k === "even") {
    update({ ...access, lanes: 1 }, horizontal(s.body, st.op, splatValue(value, lanes, s)));
    return;
  }
  for (let lane = 0; lane < lanes; lane++) {
    const at = s.body.pure(`extractelement <${lanes} x i64> ${access.at}, i64 ${lane}`);
    update({ k: "even", buffer: access.buffer, base: affineVar(at), stride: 0, lanes: 1 }, laneOf(value, lane, s));
  }
}

/** A tile-local array on the stack; with constant indices LLVM keeps it in registers. */
function emitAlloc(st: AllocStmt, s: Scope): void {
  const count = Math.max(1, numElements(st.buffer.shape));
  const bytes = count * dtypeInfo(st.buffer.dtype).bytes;
  const slot = s.body.slot(`[${count} x ${memoryType(st.buffer.dtype)}]`, 64, st.buffer.name);
  for (const edge of ["start", "end"]) s.body.module.declare(`declare void @llvm.lifetime.${edge}.p0(i64, ptr)`);
  s.body.line(`call void @llvm.lifetime.start.p0(i64 ${bytes}, ptr ${slot})`);
  s.withBuffer(bufferAt(st.buffer, slot, 64), () => emitStmt(st.body, s));
  s.body.line(`call void @llvm.lifetime.end.p0(i64 ${bytes}, ptr ${slot})`);
}

/** Above this many instructions a body gains nothing from being unrolled again. */
const LARGE_BODY = 48;

/** for name in [begin, end), at least one iteration. */
export function emitLoop(name: string, begin: string, end: string, extent: number, s: Scope, inner: () => void): void {
  const { body } = s;
  const [head, exit] = [body.newLabel(`for.${name}`), body.newLabel(`end.${name}`)];
  const from = body.block();
  body.line(`br label %${head}`);
  body.start(head);
  body.scope(() => {
    const i = body.hole();
    body.setRange(i.name, [0, extent - 1]);
    const before = body.size();
    s.withVariable(name, { k: "index", at: affineVar(i.name) }, inner);
    const large = body.size() - before > LARGE_BODY;
    const next = body.fresh(`add nuw nsw i64 ${i.name}, 1`);
    const done = body.fresh(`icmp eq i64 ${next}, ${end}`);
    i.fill(`phi i64 [ ${begin}, %${from} ], [ ${next}, %${body.block()} ]`);
    const metadata = large ? `, !llvm.loop ${body.module.metadata('!{!"llvm.loop.unroll.disable"}')}` : "";
    body.line(`br i1 ${done}, label %${exit}, label %${head}${metadata}`);
  });
  body.start(exit);
}

/** Every iteration after the other; vectors that lie apart in memory are read or written by rows of neighbours. */
function emitUnrolled(st: ForStmt, s: Scope): void {
  const store = transposedStore(st, s);
  const loads = store ? null : transposedLoads(st, s);
  const columns: Value[] = [];
  if (store) s.taken.set(store.stores[0], (value) => columns.push(value));
  for (let i = 0; i < st.extent; i++) {
    for (const [e, vectors] of loads ?? []) s.held.set(e, vectors[i]);
    s.withVariable(st.name, { k: "index", at: affineConst(i) }, () => emitStmt(st.body, s));
  }
  for (const e of loads?.keys() ?? []) s.held.delete(e);
  if (store) s.taken.delete(store.stores[0]);
  store?.write(columns);
}

/** One statement after the other; neighbours that are stored as vectors which lie apart are written by rows. */
function emitSeq(body: readonly Stmt[], s: Scope): void {
  for (let at = 0; at < body.length; ) {
    const run = transposedRun(body.slice(at), s);
    const count = run?.stores.length ?? 1;
    const vectors: Value[] = [];
    for (const store of run?.stores ?? []) s.taken.set(store, (value) => vectors.push(value));
    for (const st of body.slice(at, at + count)) emitStmt(st, s);
    for (const store of run?.stores ?? []) s.taken.delete(store);
    run?.write(vectors);
    at += count;
  }
}

function emitFor(st: ForStmt, s: Scope): void {
  if (st.extent === 0) return;
  if (st.kind === "unroll" || st.extent === 1) {
    emitUnrolled(st, s);
    return;
  }
  emitLoop(st.name, "0", String(st.extent), st.extent, s, () => emitStmt(st.body, s));
}

function emitIf(st: IfStmt, s: Scope): void {
  const { body } = s;
  const cond = emitExpr(st.cond, s).v;
  if (cond === "true" || cond === "false") {
    const taken = cond === "true" ? st.then : st.else;
    if (taken) emitStmt(taken, s);
    return;
  }
  const [yes, no, next] = [body.newLabel("if.then"), body.newLabel("if.else"), body.newLabel("if.end")];
  body.line(`br i1 ${cond}, label %${yes}, label %${st.else ? no : next}`);
  const emitBranch = (label: string, branch: Stmt): void => {
    body.start(label);
    body.scope(() => emitStmt(branch, s));
    body.line(`br label %${next}`);
  };
  emitBranch(yes, st.then);
  if (st.else) emitBranch(no, st.else);
  body.start(next);
}

/** Instructions of a statement, after the current block. */
export function emitStmt(st: Stmt, s: Scope): void {
  switch (st.k) {
    case "for":
      emitFor(st, s);
      return;
    case "seq":
      emitSeq(st.body, s);
      return;
    case "store":
      emitStore(st, s);
      return;
    case "reduce":
      emitReduce(st, s);
      return;
    case "alloc":
      emitAlloc(st, s);
      return;
    case "if":
      emitIf(st, s);
      return;
    case "let": {
      const isIndex = st.value.t === "index" && st.value.lanes === 1;
      const binding = isIndex
        ? ({ k: "index", at: emitIndex(st.value, s) } as const)
        : ({ k: "value", value: emitExpr(st.value, s) } as const);
      s.withVariable(st.name, binding, () => emitStmt(st.body, s));
      return;
    }
    default:
      unreachable(st);
  }
}
