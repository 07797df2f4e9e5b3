/** Sums of neighbouring products added to accumulators: an instruction where the target has one, else widening and vpmaddwd. */
import type { InstrDef } from "../../../ir/instr/define.js";
import type { Scalar } from "../../../ir/loop/expr.js";
import { invariant } from "../../../support/assert.js";
import { binaryValue } from "./arith.js";
import type { Body } from "./body.js";
import { castValue } from "./convert.js";
import { multiplyPairs } from "./madd.js";
import type { Scope } from "./scope.js";
import { splatText, typeOf, type Value, vectorOf } from "./types.js";

const range = (n: number, from = 0, step = 1): readonly number[] => Array.from({ length: n }, (_, i) => from + i * step);

function shuffled(body: Body, x: Value, y: Value, order: readonly number[]): Value {
  const type = typeOf(x.t, x.lanes);
  const mask = order.map((i) => `i32 ${i}`).join(", ");
  const v = body.pure(`shufflevector ${type} ${x.v}, ${type} ${y.v}, <${order.length} x i32> <${mask}>`);
  return { t: x.t, lanes: order.length, v };
}

/** The call of an instruction; operands are given as the bits that it asks for. */
export function callInstr(body: Body, def: InstrDef, old: string, args: readonly Value[]): string {
  const { llvm } = def.emit;
  invariant(llvm, `instruction ${def.name} has no LLVM form`);
  body.module.declare(llvm.declare);
  const given = args.map((a, n) => {
    const [from, to] = [typeOf(a.t, a.lanes), llvm.as?.[n] ?? null];
    return to === null || to === from ? a.v : body.pure(`bitcast ${from} ${a.v} to ${to}`);
  });
  return body.pure(llvm.call.replace(/\$(d|\d+)/g, (_, key: string) => (key === "d" ? old : given[Number(key)])));
}

/** The instruction for dst += fn(a, b) on as many lanes as fit, widest first. */
function instrFor(s: Scope, fn: "madd" | "dot4", a: Value, b: Value, lanes: number): InstrDef | undefined {
  let best: InstrDef | undefined;
  for (const def of s.instrs.values()) {
    if (def.sums !== fn || !def.emit.llvm || lanes % def.result.lanes !== 0) continue;
    if (def.operands[0].t !== a.t || def.operands[1].t !== b.t) continue;
    if (!def.needs.every((f) => s.body.module.features.has(f))) continue;
    if (!best || def.result.lanes > best.result.lanes) best = def;
  }
  return best;
}

/** a[4l..4l+3] . b[4l..4l+3] by pairs of i16: (p[2l] + p[2l+1]) with p the pair sums. */
function byPairs(body: Body, a: Value, b: Value): Value {
  const pairs = multiplyPairs(body, castValue(body, a, "i16"), castValue(body, b, "i16"));
  const lanes = pairs.lanes / 2;
  if (lanes === 1) {
    const at = (i: number): Value => ({
      t: "i32",
      lanes: 1,
      v: body.pure(`extractelement ${vectorOf("i32", 2)} ${pairs.v}, i64 ${i}`),
    });
    return binaryValue(body, "add", at(0), at(1));
  }
  return binaryValue(
    body,
    "add",
    shuffled(body, pairs, pairs, range(lanes, 0, 2)),
    shuffled(body, pairs, pairs, range(lanes, 1, 2)),
  );
}

/** acc + dot4(a, b); without `acc` the sums alone. */
export function dotProduct(s: Scope, acc: Value | null, a: Value, b: Value): Value {
  const { body } = s;
  const lanes = a.lanes / 4;
  const def = instrFor(s, "dot4", a, b, lanes);
  if (!def) {
    const sums = byPairs(body, a, b);
    return acc ? binaryValue(body, "add", acc, sums) : sums;
  }
  const t: Scalar = "i32";
  const from = acc ?? { t, lanes, v: splatText("i32", "0", lanes) };
  const width = def.result.lanes;
  const parts = range(lanes / width).map((n): Value => {
    const part = (x: Value, per: number): Value =>
      lanes === width ? x : shuffled(body, x, x, range(width * per, n * width * per));
    return { t, lanes: width, v: callInstr(body, def, part(from, 1).v, [part(a, 4), part(b, 4)]) };
  });
  let whole = parts;
  while (whole.length > 1)
    whole = range(whole.length / 2).map((n) => shuffled(body, whole[2 * n], whole[2 * n + 1], range(2 * whole[2 * n].lanes)));
  return whole[0];
}
