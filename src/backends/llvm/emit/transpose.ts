/**
 * Transposes in registers. An unrolled loop whose vectors lie apart in memory, while its iterations are neighbours there, moves a block of
 * rows and columns:
 *   for c in [0, n): .. x[ramp(0, S, R) + c] ..            R rows of n elements are read, n columns of R lanes used
 *   for r in [0, R): y[ramp(0, S, n) + r] = v(r)           R vectors of n lanes are made, n rows of R elements written
 *   for r in [0, 2): y[ramp(0, 2, n) + r] = v(r)           two vectors are interleaved, 2 n neighbours written
 * Where R is no power of two, rows are written in pieces that are. The first two go through a network of two-operand shuffles that every target has: within 16 bytes the unpack and zip instructions.
 */
import type { Expr, LoadExpr } from "../../../ir/loop/expr.js";
import type { ForStmt, Stmt, StoreStmt } from "../../../ir/loop/stmt.js";
import { accessesOf, exprsOf, usesVar, walkExpr } from "../../../ir/loop/visit.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import { affineAdd, affineConst, isConst } from "./affine.js";
import { type Access, accessTo, laneOf, loadAccess, storeAccess } from "./memory.js";
import type { Scope } from "./scope.js";
import { typeOf, type Value } from "./types.js";

/** Bytes within which shuffles are cheap everywhere. */
const LANE_BYTES = 16;

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const isPowerOfTwo = (n: number): boolean => n > 0 && (n & (n - 1)) === 0;

/** The lanes of two vectors side by side, picked by number. */
function shuffled(a: Value, b: Value, order: readonly number[], s: Scope): Value {
  const type = typeOf(a.t, a.lanes);
  const mask = order.map((i) => `i32 ${i}`).join(", ");
  const v = s.body.pure(`shufflevector ${type} ${a.v}, ${type} ${b.v}, <${order.length} x i32> <${mask}>`);
  return { t: a.t, lanes: order.length, v };
}

/** Vectors end to end; a power of two of them. */
function concatenated(parts: readonly Value[], s: Scope): Value {
  let whole = parts;
  while (whole.length > 1)
    whole = range(whole.length / 2).map((i) => shuffled(whole[2 * i], whole[2 * i + 1], range(2 * whole[0].lanes), s));
  return whole[0];
}

/** Elements of 16 bytes. */
const laneElements = (t: Value["t"]): number => (t === "index" ? 2 : LANE_BYTES / dtypeInfo(t).bytes);

/** Whether R rows of n elements can be transposed: whole 16-byte lanes on the side of the results. */
function canTranspose(t: Value["t"], rows: number, columns: number): boolean {
  return (
    t !== "bool" && t !== "index" && isPowerOfTwo(rows) && isPowerOfTwo(columns) && columns > 1 && rows % laneElements(t) === 0
  );
}

/**
 * n columns of R lanes from R rows of n lanes, n at most the q elements of 16 bytes. Rows are put side by side into n registers; then every
 * stage interleaves two registers within 16 bytes: the bit that tells them apart becomes the lowest of the position, the highest becomes the
 * bit that tells the results apart. log2 q stages later the position is the row and the register the column.
 */
function narrowColumns(rows: readonly Value[], s: Scope): readonly Value[] {
  const [n, q] = [rows[0].lanes, laneElements(rows[0].t)];
  const [registerBits, laneBits] = [Math.log2(n), Math.log2(q)];
  const stages = range(laneBits).map((j) => registerBits - 1 - (j % registerBits));
  // what the bits of a position stand for, highest first: parts of the row number, then the column; and the bits of a register's number
  const position = [
    ...range(laneBits - registerBits).map((j) => `h${j}`),
    ...range(registerBits).map((j) => `c${registerBits - 1 - j}`),
  ];
  const register = range(registerBits).map((j) => `k${j}`);
  for (const bit of stages) {
    position.push(register[bit]);
    register[bit] = position.shift()!;
  }
  const rowOf = (k: number, chunk: number): number => {
    const value = (label: string): number =>
      label[0] === "k"
        ? (k >> Number(label.slice(1))) & 1
        : (chunk >> (laneBits - registerBits - 1 - Number(label.slice(1)))) & 1;
    const low = position.reduce((sum, label) => 2 * sum + value(label), 0);
    return low;
  };
  let registers = range(n).map((k) =>
    concatenated(
      range(rows.length / q).flatMap((lane) => range(q / n).map((chunk) => rows[lane * q + rowOf(k, chunk)])),
      s,
    ),
  );
  const halves = [0, q / 2].map((from) =>
    range(rows.length / q).flatMap((lane) =>
      range(q / 2).flatMap((i) => [lane * q + from + i, rows.length + lane * q + from + i]),
    ),
  );
  for (const bit of stages) {
    const next = [...registers];
    for (const k of range(n)) {
      if ((k >> bit) & 1) continue;
      const [a, b] = [registers[k], registers[k | (1 << bit)]];
      next[k] = shuffled(a, b, halves[0], s);
      next[k | (1 << bit)] = shuffled(a, b, halves[1], s);
    }
    registers = next;
  }
  const columnOf = (k: number): number =>
    register.reduce((sum, label, bit) => sum + (((k >> bit) & 1) << Number(label.slice(1))), 0);
  const columns: Value[] = [];
  registers.forEach((r, k) => {
    columns[columnOf(k)] = r;
  });
  return columns;
}

/** The lanes of two vectors in turns, `size` of them at a time. */
function interleaved(a: Value, b: Value, size: number, s: Scope): Value {
  const order = range(a.lanes / size).flatMap((g) => [0, a.lanes].flatMap((from) => range(size).map((i) => from + g * size + i)));
  return shuffled(a, b, order, s);
}

/**
 * q registers from q rows of n lanes: register c holds column g q + c in its 16 bytes number g. Every stage interleaves the registers i and
 * i + q / 2 within 16 bytes, log2 q times.
 */
function lanesTransposed(rows: readonly Value[], s: Scope): readonly Value[] {
  const [n, q] = [rows[0].lanes, rows.length];
  const halves = [0, q / 2].map((from) =>
    range(n / q).flatMap((g) => range(q / 2).flatMap((i) => [g * q + from + i, n + g * q + from + i])),
  );
  let registers = rows;
  for (let bit = 1; bit < q; bit *= 2) {
    const last = registers;
    registers = range(q).map((k) => shuffled(last[k >> 1], last[(k >> 1) + q / 2], halves[k & 1], s));
  }
  return registers;
}

/** n columns of R lanes from R rows of n lanes, n a multiple of the q elements of 16 bytes: q rows at a time, then whole 16 bytes side by side. */
function wideColumns(rows: readonly Value[], s: Scope): readonly Value[] {
  const q = laneElements(rows[0].t);
  const [n, r] = [rows[0].lanes, rows.length];
  const groups = range(r / q).map((j) => lanesTransposed(rows.slice(j * q, j * q + q), s));
  const joined = range(q).map((c) => {
    let parts = groups.map((g) => g[c]);
    for (let size = q; parts.length > 1; size *= 2) {
      const last = parts;
      parts = range(last.length / 2).map((i) => interleaved(last[2 * i], last[2 * i + 1], size, s));
    }
    return parts[0];
  });
  return range(n).map((column) => part(joined[column % q], Math.floor(column / q) * r, r, s));
}

/** `count` lanes from one on. */
function part(x: Value, from: number, count: number, s: Scope): Value {
  if (count === 1) return laneOf(x, from, s);
  const order = range(count).map((i) => from + i);
  return count === x.lanes ? x : shuffled(x, x, order, s);
}

/** n columns of R lanes from R rows of n lanes. */
export const transposed = (rows: readonly Value[], s: Scope): readonly Value[] =>
  rows[0].lanes <= laneElements(rows[0].t) ? narrowColumns(rows, s) : wideColumns(rows, s);

/** Statements that run once in every iteration of a loop, none of them a loop. */
function straightLine(st: Stmt): readonly Stmt[] | null {
  switch (st.k) {
    case "let": {
      const rest = straightLine(st.body);
      return rest && [st, ...rest];
    }
    case "seq": {
      const parts = st.body.map(straightLine);
      return parts.every((p) => p !== null) ? parts.flatMap((p) => p ?? []) : null;
    }
    case "store":
    case "reduce":
      return [st];
    default:
      return null;
  }
}

type Even = Extract<Access, { k: "even" }>;

/** The access of iteration 0, where that of the next lies one element further on and lanes lie apart. */
function blockAccess(buffer: string, index: readonly Expr[], lanes: number, loop: ForStmt, s: Scope): Even | null {
  const [first, second] = [0, 1].map((i) =>
    s.withVariable(loop.name, { k: "index", at: affineConst(i) }, () => accessTo(s.buffer(buffer), index, lanes, s)),
  );
  if (first.k !== "even" || second.k !== "even" || Math.abs(first.stride) < 2) return null;
  const apart = affineAdd(second.base, first.base, -1);
  return isConst(apart) && apart.c === 1 ? first : null;
}

const isRegularIn = (index: readonly Expr[], names: ReadonlySet<string>): boolean => !index.some((i) => usesVar(i, names));

/** The strided loads of an unrolled loop, read by rows before it: for each the vector of every iteration. */
export function transposedLoads(loop: ForStmt, s: Scope): ReadonlyMap<LoadExpr, readonly Value[]> {
  const found = new Map<LoadExpr, readonly Value[]>();
  const statements = straightLine(loop.body);
  if (!statements || loop.extent < 2) return found;
  const named = new Set(statements.flatMap((st) => (st.k === "let" ? [st.name] : [])));
  const written = [...accessesOf(loop.body).writes].map((b) => s.buffer(b).pointer);
  const candidates = new Set<LoadExpr>();
  for (const st of statements)
    for (const e of exprsOf(st))
      walkExpr(e, (x) => {
        if (x.k === "load" && x.lanes > 1 && x.pred === null && isRegularIn(x.index, named)) candidates.add(x);
      });
  for (const e of candidates) {
    if (!canTranspose(e.t, e.lanes, loop.extent) || written.includes(s.buffer(e.buffer).pointer)) continue;
    const at = blockAccess(e.buffer, e.index, e.lanes, loop, s);
    if (!at) continue;
    const width = Math.min(loop.extent, laneElements(e.t));
    const columns = range(loop.extent / width).flatMap((part) => {
      const rows = range(e.lanes).map((lane) =>
        loadAccess(
          { ...at, base: affineAdd(at.base, affineConst(lane * at.stride + part * width)), stride: 1, lanes: width },
          null,
          s,
        ),
      );
      return transposed(rows, s);
    });
    found.set(e, columns);
  }
  return found;
}

/** Rows of one or more elements, from vectors of n lanes: lane l of vector r is element r of row l. */
function writeRows(at: Even, vectors: readonly Value[], s: Scope): void {
  const t = vectors[0].t;
  const q = laneElements(t);
  for (let from = 0; from < vectors.length; ) {
    const left = vectors.length - from;
    const size = left < q ? left : q * 2 ** Math.floor(Math.log2(left / q));
    const missing: Value = { ...vectors[0], v: "poison" };
    const block = range(Math.max(size, q)).map((r) => (r < size ? vectors[from + r] : missing));
    transposed(block, s).forEach((row, lane) => {
      for (let done = 0; done < size; ) {
        const width = 2 ** Math.floor(Math.log2(size - done));
        const base = affineAdd(at.base, affineConst(lane * at.stride + from + done));
        storeAccess({ ...at, base, stride: 1, lanes: width }, part(row, done, width, s), null, s);
        done += width;
      }
    });
    from += size;
  }
}

const canWriteRows = (t: Value["t"], vectors: number, lanes: number): boolean =>
  t !== "bool" && t !== "index" && vectors > 1 && lanes > 1 && isPowerOfTwo(lanes);

/** The store that a statement without loops ends in, on vectors, at places that its own lets have no part in. */
function lastStore(st: Stmt, s: Scope): { readonly store: StoreStmt; readonly lanes: number } | null {
  const statements = straightLine(st);
  const store = statements?.[statements.length - 1];
  if (store?.k !== "store" || statements?.some((x) => x !== store && x.k !== "let") || store.pred !== null) return null;
  const lanes = Math.max(1, ...store.index.map((i) => i.lanes));
  const named = new Set((statements ?? []).flatMap((x) => (x.k === "let" ? [x.name] : [])));
  if (store.value.lanes !== lanes || !isRegularIn(store.index, named)) return null;
  const target = s.buffer(store.buffer).pointer;
  return [...accessesOf(st).reads].some((b) => s.buffer(b).pointer === target) ? null : { store, lanes };
}

/** Vectors that are stored one element apart each, whose lanes lie farther apart, and how to write them. */
export interface TransposedStore {
  readonly stores: readonly StoreStmt[];
  write(vectors: readonly Value[]): void;
}

/** The one store of an unrolled loop, where its vectors are columns of a block whose rows can be written instead. */
export function transposedStore(loop: ForStmt, s: Scope): TransposedStore | null {
  const last = lastStore(loop.body, s);
  if (!last) return null;
  const { store, lanes } = last;
  const { dtype } = s.buffer(store.buffer).def;
  if (!canWriteRows(dtype, loop.extent, lanes)) return null;
  const at = blockAccess(store.buffer, store.index, lanes, loop, s);
  if (!at) return null;
  if (loop.extent === 2 && at.stride === 2) {
    const order = range(lanes).flatMap((i) => [i, lanes + i]);
    const write = ([a, b]: readonly Value[]) =>
      storeAccess({ ...at, stride: 1, lanes: 2 * lanes }, shuffled(a, b, order, s), null, s);
    return { stores: [store], write };
  }
  return { stores: [store], write: (vectors) => writeRows(at, vectors, s) };
}

/** The same for statements that follow each other, as many from the first as store neighbours; null for fewer than two. */
export function transposedRun(statements: readonly Stmt[], s: Scope): TransposedStore | null {
  const first = lastStore(statements[0], s);
  if (!first) return null;
  const { lanes } = first;
  const { buffer } = first.store;
  const accessOf = (st: StoreStmt) => accessTo(s.buffer(buffer), st.index, lanes, s);
  const at = accessOf(first.store);
  if (at.k !== "even" || Math.abs(at.stride) < 2) return null;
  const stores = [first.store];
  for (const st of statements.slice(1)) {
    const next = lastStore(st, s);
    if (next?.store.buffer !== buffer || next.lanes !== lanes) break;
    const there = accessOf(next.store);
    const apart = there.k === "even" && there.stride === at.stride ? affineAdd(there.base, at.base, -1) : null;
    if (!apart || !isConst(apart) || apart.c !== stores.length) break;
    stores.push(next.store);
  }
  if (!canWriteRows(s.buffer(buffer).def.dtype, stores.length, lanes)) return null;
  return { stores, write: (vectors) => writeRows(at, vectors, s) };
}
