/**
 * Transposes in registers. An unrolled loop whose vectors lie apart in memory, while its iterations are neighbours there, moves a block of
 * rows and columns:
 *   for c in [0, n): .. x[ramp(0, S, R) + c] ..            R rows of n elements are read, n columns of R lanes used
 *   for r in [0, R): y[ramp(0, S, n) + r] = v(r)           R vectors of n lanes are made, n rows of R elements written
 *   for r in [0, 2): y[ramp(0, 2, n) + r] = v(r)           two vectors are interleaved, 2 n neighbours written
 * The first two go through a network of two-operand shuffles that every target has: within 16 bytes the unpack and zip instructions.
 */
import type { Expr, LoadExpr } from "../../../ir/loop/expr.js";
import type { ForStmt, Stmt, StoreStmt } from "../../../ir/loop/stmt.js";
import { accessesOf, exprsOf, usesVar, walkExpr } from "../../../ir/loop/visit.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import { affineAdd, affineConst, isConst } from "./affine.js";
import { type Access, accessTo, loadAccess, storeAccess } from "./memory.js";
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

/** n columns of R lanes from R rows of n lanes. */
export function transposed(rows: readonly Value[], s: Scope): readonly Value[] {
  const n = rows[0].lanes;
  const q = laneElements(rows[0].t);
  if (n <= q) return narrowColumns(rows, s);
  return range(n / q).flatMap((part) =>
    narrowColumns(
      rows.map((r) =>
        shuffled(
          r,
          r,
          range(q).map((i) => part * q + i),
          s,
        ),
      ),
      s,
    ),
  );
}

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

/** The one store of an unrolled loop, where its vectors are columns of a block whose rows can be written instead. */
export function transposedStore(
  loop: ForStmt,
  s: Scope,
): { readonly store: StoreStmt; write(columns: readonly Value[]): void } | null {
  const statements = straightLine(loop.body);
  const store = statements?.[statements.length - 1];
  if (store?.k !== "store" || statements?.some((st) => st !== store && st.k !== "let") || store.pred !== null) return null;
  const lanes = Math.max(1, ...store.index.map((i) => i.lanes));
  const { dtype } = s.buffer(store.buffer).def;
  const isBlock = canTranspose(dtype, loop.extent, lanes);
  if (store.value.lanes !== lanes || !(isBlock || loop.extent === 2)) return null;
  const named = new Set((statements ?? []).flatMap((st) => (st.k === "let" ? [st.name] : [])));
  const { reads } = accessesOf(loop.body);
  const target = s.buffer(store.buffer).pointer;
  if (!isRegularIn(store.index, named) || [...reads].some((b) => s.buffer(b).pointer === target)) return null;
  const at = blockAccess(store.buffer, store.index, lanes, loop, s);
  if (!at) return null;
  if (loop.extent === 2 && at.stride === 2) {
    const order = range(lanes).flatMap((i) => [i, lanes + i]);
    return { store, write: ([a, b]) => storeAccess({ ...at, stride: 1, lanes: 2 * lanes }, shuffled(a, b, order, s), null, s) };
  }
  if (!isBlock) return null;
  return {
    store,
    write: (vectors) =>
      transposed(vectors, s).forEach((row, lane) => {
        const base = affineAdd(at.base, affineConst(lane * at.stride));
        storeAccess({ ...at, base, stride: 1, lanes: vectors.length }, row, null, s);
      }),
  };
}
