import type { BinOp, Expr } from "../../../ir/loop/expr.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import { invariant } from "../../../support/assert.js";
import {
  type Affine,
  affineAdd,
  affineConst,
  affineDivMod,
  affineRange,
  affineScale,
  affineText,
  affineVar,
  isConst,
} from "./affine.js";
import { intrinsic } from "./arith.js";
import type { Range } from "./body.js";
import { castValue } from "./convert.js";
import type { Scope } from "./scope.js";
import { splatText, type Value, vectorText } from "./types.js";

/** Lanes base, base + stride, ...: what a vector of indices is where it is regular. */
export interface LaneIndex {
  readonly base: Affine;
  readonly stride: number;
}

const opaque = (s: Scope, register: string, range: Range): Affine => {
  s.body.setRange(register, range);
  return affineVar(register);
};

/** A scalar index expression as an affine form; what is not affine becomes a register of its own. */
export function emitIndex(e: Expr, s: Scope): Affine {
  invariant(e.t === "index" && e.lanes === 1, `an index, not ${e.t} x ${e.lanes}`);
  switch (e.k) {
    case "const":
      return affineConst(Number(e.value));
    case "var": {
      const bound = s.variable(e.name);
      invariant(bound.k === "index", `'${e.name}' is no index`);
      return bound.at;
    }
    case "bin":
      return indexBinary(e.op, emitIndex(e.a, s), emitIndex(e.b, s), s);
    case "select": {
      const [a, b] = [emitIndex(e.a, s), emitIndex(e.b, s)];
      const cond = s.value(e.cond).v;
      if (cond === "true" || cond === "false") return cond === "true" ? a : b;
      const [x, y] = [affineRange(s.body, a), affineRange(s.body, b)];
      const v = s.body.pure(`select i1 ${cond}, i64 ${affineText(s.body, a)}, i64 ${affineText(s.body, b)}`);
      return opaque(s, v, [Math.min(x[0], y[0]), Math.max(x[1], y[1])]);
    }
    case "cast": {
      const x = s.value(e.x);
      const { v } = castValue(s.body, x, "index", e.inRange);
      const isSmallInt = x.t !== "index" && dtypeInfo(x.t).kind !== "float" && dtypeInfo(x.t).bits <= 32;
      return isSmallInt ? opaque(s, v, [dtypeInfo(x.t).min, dtypeInfo(x.t).max]) : affineVar(v);
    }
    default:
      throw new Error(`internal error: ${e.k} as an index`);
  }
}

function indexBinary(op: BinOp, a: Affine, b: Affine, s: Scope): Affine {
  const { body } = s;
  switch (op) {
    case "add":
      return affineAdd(a, b);
    case "sub":
      return affineAdd(a, b, -1);
    case "mul":
      if (isConst(a)) return affineScale(b, a.c);
      if (isConst(b)) return affineScale(a, b.c);
      return affineVar(body.pure(`mul nsw i64 ${affineText(body, a)}, ${affineText(body, b)}`));
    case "div":
    case "mod":
      return indexDivide(op, a, b, s);
    case "min":
    case "max": {
      const [x, y] = [affineRange(body, a), affineRange(body, b)];
      const [less, more] = op === "min" ? [a, b] : [b, a];
      if (x[1] <= y[0]) return less;
      if (y[1] <= x[0]) return more;
      const value = (at: Affine): Value => ({ t: "index", lanes: 1, v: affineText(body, at) });
      const bound = op === "min" ? Math.min : Math.max;
      return opaque(s, intrinsic(body, `s${op}`, [value(a), value(b)]).v, [bound(x[0], y[0]), bound(x[1], y[1])]);
    }
    default:
      throw new Error(`internal error: ${op} of indices`);
  }
}

function indexDivide(op: "div" | "mod", a: Affine, b: Affine, s: Scope): Affine {
  const { body } = s;
  const n = isConst(b) ? b.c : 0;
  const split = n > 0 ? affineDivMod(body, a, n) : null;
  if (split) return op === "div" ? split.q : split.r;
  const v = body.pure(`${op === "div" ? "udiv" : "urem"} i64 ${affineText(body, a)}, ${affineText(body, b)}`);
  const [, high] = affineRange(body, a);
  const top = n > 0 ? (op === "div" ? Math.floor(high / n) : n - 1) : high;
  return opaque(s, v, [0, Math.max(0, top)]);
}

/** A comparison of two indices, decided here where their ranges allow it. */
export function compareIndex(op: BinOp, a: Affine, b: Affine, s: Scope): Value {
  const [lo, hi] = affineRange(s.body, affineAdd(a, b, -1));
  const bool = (v: string): Value => ({ t: "bool", lanes: 1, v });
  const decided: Partial<Record<BinOp, readonly [yes: boolean, no: boolean]>> = {
    lt: [hi < 0, lo >= 0],
    le: [hi <= 0, lo > 0],
    gt: [lo > 0, hi <= 0],
    ge: [lo >= 0, hi < 0],
    eq: [lo === 0 && hi === 0, lo > 0 || hi < 0],
    ne: [lo > 0 || hi < 0, lo === 0 && hi === 0],
  };
  const [yes, no] = decided[op] ?? [false, false];
  if (yes || no) return bool(yes ? "true" : "false");
  const name = op === "eq" || op === "ne" ? op : `s${op}`;
  return bool(s.body.pure(`icmp ${name} i64 ${affineText(s.body, a)}, ${affineText(s.body, b)}`));
}

/** The regular form of an index expression of any number of lanes; null where the lanes are not evenly apart. */
export function laneIndex(e: Expr, s: Scope): LaneIndex | null {
  if (e.lanes === 1) return { base: emitIndex(e, s), stride: 0 };
  switch (e.k) {
    case "ramp":
      return { base: emitIndex(e.base, s), stride: e.stride };
    case "splat":
      return { base: emitIndex(e.x, s), stride: 0 };
    case "bin": {
      const [a, b] = [laneIndex(e.a, s), laneIndex(e.b, s)];
      return a && b ? laneBinary(e.op, a, b, s) : null;
    }
    default:
      return null;
  }
}

function laneBinary(op: BinOp, a: LaneIndex, b: LaneIndex, s: Scope): LaneIndex | null {
  if (op === "add" || op === "sub") {
    const sign = op === "add" ? 1 : -1;
    return { base: affineAdd(a.base, b.base, sign), stride: a.stride + sign * b.stride };
  }
  if (a.stride === 0 && b.stride === 0) return { base: indexBinary(op, a.base, b.base, s), stride: 0 };
  if (op === "mul" && b.stride === 0 && isConst(b.base))
    return { base: affineScale(a.base, b.base.c), stride: a.stride * b.base.c };
  if (op === "mul" && a.stride === 0 && isConst(a.base))
    return { base: affineScale(b.base, a.base.c), stride: b.stride * a.base.c };
  return null;
}

/** The lanes as a vector of i64, or of i32 where `narrow` is asked for. */
export function laneVector(at: LaneIndex, lanes: number, s: Scope, narrow = false): string {
  const { body } = s;
  const element = narrow ? "i32" : "i64";
  const steps = vectorText(
    element,
    Array.from({ length: lanes }, (_, l) => String(l * at.stride + (isConst(at.base) ? at.base.c : 0))),
  );
  if (isConst(at.base)) return steps;
  const wide = affineText(body, at.base);
  const base = narrow ? body.pure(`trunc i64 ${wide} to i32`) : wide;
  const repeated = splatVector(base, element, lanes, s);
  return at.stride === 0 ? repeated : body.pure(`add <${lanes} x ${element}> ${repeated}, ${steps}`);
}

/** A scalar in all lanes. */
export function splatVector(v: string, element: string, lanes: number, s: Scope): string {
  if (!v.startsWith("%")) return splatText(element, v, lanes);
  const first = s.body.pure(`insertelement <${lanes} x ${element}> poison, ${element} ${v}, i64 0`);
  return s.body.pure(
    `shufflevector <${lanes} x ${element}> ${first}, <${lanes} x ${element}> poison, <${lanes} x i32> zeroinitializer`,
  );
}
