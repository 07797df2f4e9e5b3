/** What candidates are run on, and whether what they compute is right. */

import type { Expr } from "../../ir/loop/expr.js";
import type { Buffer, Kernel } from "../../ir/loop/stmt.js";
import { walkExpr, walkExprsIn, walkStmt } from "../../ir/loop/visit.js";
import { dataFromBytes, emptyData, type TypedArray } from "../../ir/op/tensor.js";
import { type DType, dtypeInfo, isFloat } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { createRandom, deriveSeed, type Random } from "../../search/random.js";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../support/half.js";

/** Buffers whose values are used as positions, directly or by way of a `let`: anything but 0 may lie outside of what they index. */
function indexBuffers(kernel: Kernel): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { body } of kernel.stages) {
    const lets = new Map<string, Expr>();
    walkStmt(body, (x) => {
      if (x.k === "let") lets.set(x.name, x.value);
    });
    const note = (e: Expr): void =>
      walkExpr(e, (x) => {
        if (x.k === "load") found.add(x.buffer);
        const value = x.k === "var" ? lets.get(x.name) : undefined;
        if (value) note(value);
      });
    walkExprsIn(body, (e) => {
      if (e.k === "cast" && e.t === "index") note(e.x);
      if (e.k === "load") e.index.forEach(note);
    });
    walkStmt(body, (x) => {
      if (x.k === "store" || x.k === "reduce") x.index.forEach(note);
    });
  }
  return found;
}

/** A value as networks have them: floats around zero, 8-bit codes over their range, wider integers small and positive. */
function drawValue(t: DType, random: Random): number {
  const { min, max, bits } = dtypeInfo(t);
  if (t === "bool") return random.below(2);
  if (isFloat(t)) return random.next() + random.next() + random.next() - 1.5;
  if (bits <= 8) return min + random.below(max - min + 1);
  return 1 + random.below(16);
}

function drawData(b: Buffer, random: Random, isIndex: boolean): TypedArray {
  const data = emptyData(b.dtype, numElements(b.shape));
  if (isIndex) return data;
  for (let i = 0; i < data.length; i++) {
    const v = drawValue(b.dtype, random);
    const code = b.dtype === "f16" ? f32ToF16(v) : b.dtype === "bf16" ? f32ToBf16(v) : v;
    data[i] = (typeof data[i] === "bigint" ? BigInt(code) : code) as never;
  }
  return data;
}

/** Values of the `in` and `inout` buffers of an unscheduled kernel; the same for the same seed. */
export function drawOperands(kernel: Kernel, seed: number): Readonly<Record<string, TypedArray>> {
  const indices = indexBuffers(kernel);
  const given = kernel.buffers.filter((b) => b.role === "in" || b.role === "inout");
  return Object.fromEntries(given.map((b) => [b.name, drawData(b, createRandom(deriveSeed(seed, b.name)), indices.has(b.name))]));
}

/** Largest difference of a float result to the reference, relative to the largest magnitude of the result. Sums in another order differ by less. */
const TOLERANCE: Readonly<Partial<Record<DType, number>>> = { f64: 1e-10, f32: 1e-4, f16: 5e-3, bf16: 4e-2 };

/** Results of float sums that are rounded to integers may differ by one where a sum lies at a tie: on this share of the elements. */
const TIES = 1e-3;

function sumsFloats(kernel: Kernel): boolean {
  return kernel.stages.some((s) => {
    let found = false;
    walkStmt(s.body, (x) => {
      if (x.k === "reduce" && x.value.t !== "index" && isFloat(x.value.t)) found = true;
    });
    return found;
  });
}

const decode = (t: DType): ((v: number) => number) => (t === "f16" ? f16ToF32 : t === "bf16" ? bf16ToF32 : (v) => v);

function floatDifference(t: DType, want: TypedArray, got: TypedArray): string | null {
  const value = decode(t);
  let range = 0;
  for (let i = 0; i < want.length; i++) {
    const w = Math.abs(value(Number(want[i])));
    if (Number.isFinite(w)) range = Math.max(range, w);
  }
  const limit = (TOLERANCE[t] ?? 1e-4) * range;
  for (let i = 0; i < want.length; i++) {
    const [w, g] = [value(Number(want[i])), value(Number(got[i]))];
    if (Object.is(w, g) || w === g || Math.abs(w - g) <= limit) continue;
    return `element ${i} is ${g}, not ${w}`;
  }
  return null;
}

function integerDifference(want: TypedArray, got: TypedArray, mayRound: boolean): string | null {
  let off = 0;
  for (let i = 0; i < want.length; i++) {
    if (want[i] === got[i]) continue;
    off++;
    if (!mayRound || Math.abs(Number(want[i]) - Number(got[i])) > 1 || off > TIES * want.length)
      return `element ${i} is ${got[i]}, not ${want[i]}`;
  }
  return null;
}

export type Results = Readonly<Record<string, Uint8Array>>;

/** How the results of a candidate differ from the reference's; null where they are right: integers exact, floats within rounding. */
export function differenceOf(unscheduled: Kernel, want: Results, got: Results): string | null {
  const mayRound = sumsFloats(unscheduled);
  for (const b of unscheduled.buffers) {
    if (b.role !== "out" && b.role !== "inout") continue;
    const [w, g] = [dataFromBytes(b.dtype, want[b.name]), dataFromBytes(b.dtype, got[b.name])];
    const differs = isFloat(b.dtype) ? floatDifference(b.dtype, w, g) : integerDifference(w, g, mayRound);
    if (differs) return `result '${b.name}': ${differs}`;
  }
  return null;
}
