/** Sums of neighbouring products added to accumulators: an instruction where the target has one, else widening and vpmaddwd. */
import { binaryValue } from "./arith.js";
import type { Body } from "./body.js";
import { castValue } from "./convert.js";
import { type DotInstruction, dotInstructions } from "./dot-instructions.js";
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

/** d + dot4(a, b) by one instruction. */
function callDot(body: Body, { intrinsic, operand, lanes }: DotInstruction, d: Value, a: Value, b: Value): Value {
  const sums = vectorOf("i32", lanes);
  body.module.declare(`declare ${sums} ${intrinsic}(${sums}, ${operand}, ${operand})`);
  const given = [a, b].map((x) => {
    const type = typeOf(x.t, x.lanes);
    return `${operand} ${type === operand ? x.v : body.pure(`bitcast ${type} ${x.v} to ${operand}`)}`;
  });
  return { t: "i32", lanes, v: body.pure(`call ${sums} ${intrinsic}(${sums} ${d.v}, ${given.join(", ")})`) };
}

/** The widest instruction of the target for so many lanes of a and b. */
const instructionFor = (features: ReadonlySet<string>, a: Value, b: Value, lanes: number): DotInstruction | undefined =>
  dotInstructions
    .filter(({ of, needs }) => of[0] === a.t && of[1] === b.t && needs.every((n) => features.has(n)))
    .filter((i) => lanes % i.lanes === 0)
    .sort((i, j) => j.lanes - i.lanes)[0];

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
export function dotProduct({ body }: Scope, acc: Value | null, a: Value, b: Value): Value {
  const lanes = a.lanes / 4;
  const instruction = instructionFor(body.module.features, a, b, lanes);
  if (!instruction) {
    const sums = byPairs(body, a, b);
    return acc ? binaryValue(body, "add", acc, sums) : sums;
  }
  const from = acc ?? { t: "i32", lanes, v: splatText("i32", "0", lanes) };
  const width = instruction.lanes;
  const parts = range(lanes / width).map((n): Value => {
    const part = (x: Value, per: number): Value =>
      lanes === width ? x : shuffled(body, x, x, range(width * per, n * width * per));
    return callDot(body, instruction, part(from, 1), part(a, 4), part(b, 4));
  });
  let whole = parts;
  while (whole.length > 1)
    whole = range(whole.length / 2).map((n) => shuffled(body, whole[2 * n], whole[2 * n + 1], range(2 * whole[2 * n].lanes)));
  return whole[0];
}
