import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { loopVars, nest } from "../loop/lower-builder.js";
import { add, cast, constant, index, letIn, mul, seq, store, sub, variable } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf, tensorOf } from "../op/tensor.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import {
  applyActivation,
  applyActivationExpr,
  clipExpr,
  clipNumber,
  drawRecurrent,
  eachStep,
  initialState,
  recurrentAttrs,
  recurrentCost,
  recurrentExtents,
  recurrentSums,
  stateOf,
  stepStage,
  whileRunning,
} from "./shared/recurrence.js";

/** Long short-term memory, one direction, after its input projection. ONNX LSTM-22. */
export const lstm = defineOp({
  name: "lstm",
  doc:
    "Gates in the order i, o, f, c; z [T, B, 4 H] = X W^T + biases, r [H, 4 H], peepholes p [3 H] of i, o, f. With s = z + h r: " +
    "i = f(s_i + p_i c), f = f(s_f + p_f c) (1 - i with input_forget), c' = f c + i g(s_c), o = f(s_o + p_o c'), h' = o h(c'). " +
    "Results y [T, B, H] (0 behind a sequence's end), last h and c [B, H]. States are kept in f32 (f64 for f64).",
  attrs: { ...recurrentAttrs, input_forget: attr.bool("the forget gate is 1 - i", false) },
  operands: [
    { name: "z" },
    { name: "r" },
    { name: "lens", optional: true, doc: "i32[B], lengths of the sequences" },
    { name: "h", optional: true },
    { name: "c", optional: true },
    { name: "p", optional: true },
  ],
  traits: [],
  infer([z, r, lens, h, c, p], a, fail) {
    const n = recurrentExtents("lstm", 4, 3, a, { z, r, lens, states: [h, c] }, fail);
    if (p && p !== tensorType(n.type.dtype, [3 * n.hidden]))
      fail("QC-NN-075", `lstm: peepholes must be ${n.type.dtype}[${3 * n.hidden}]`);
    const state = tensorType(n.type.dtype, [n.batch, n.hidden]);
    return [tensorType(n.type.dtype, [n.steps, n.batch, n.hidden]), state, state];
  },
  eval([z, r, lens, h0, c0, p], a, [type, state]) {
    if (!z || !r) throw new Error("lstm: absent operand");
    const [steps, batch, hidden] = type.shape;
    const n = { steps, batch, hidden };
    const [zv, rv, pv] = [numbersOf(z), numbersOf(r), p ? numbersOf(p) : null];
    const [h, c, y] = [stateOf(h0, n), stateOf(c0, n), new Float64Array(numElements(type.shape))];
    eachStep(n, lens, a.reverse, (t, b) => {
      const sums = Float64Array.from({ length: 4 * hidden }, (_, g) => {
        let s = zv[(t * batch + b) * 4 * hidden + g];
        for (let k = 0; k < hidden; k++) s += h[b * hidden + k] * rv[k * 4 * hidden + g];
        return s;
      });
      for (let j = 0; j < hidden; j++) {
        const at = b * hidden + j;
        const peep = (k: number, cell: number) => (pv ? pv[k * hidden + j] * cell : 0);
        const gate = (k: number, extra: number) => clipNumber(a, sums[k * hidden + j] + extra);
        const i = applyActivation(a, 0, gate(0, peep(0, c[at])));
        const f = a.input_forget ? 1 - i : applyActivation(a, 0, gate(2, peep(2, c[at])));
        c[at] = f * c[at] + i * applyActivation(a, 1, gate(3, 0));
        const o = applyActivation(a, 0, gate(1, peep(1, c[at])));
        h[at] = o * applyActivation(a, 2, c[at]);
        y[(t * batch + b) * hidden + j] = h[at];
      }
    });
    return [tensorOf(type, y), tensorOf(state, h), tensorOf(state, c)];
  },
  lower(b, { ins: [z, r, lens, h0, c0, p], outs: [y, yh, yc] }, a) {
    if (!z || !r) throw new Error("lstm: absent operand");
    const [steps, batch, hidden] = y.type.shape;
    const n = { steps, batch, hidden };
    const acc = z.type.dtype === "f64" ? "f64" : "f32";
    const [h, c] = [initialState(b, n, acc, h0, "h"), initialState(b, n, acc, c0, "c")];
    const sums = b.temp(acc, [batch, 4 * hidden], "sums");
    stepStage(b, "steps", n, z, lens, a.reverse, ({ at }) => {
      const [row, j] = loopVars("s", 2);
      const { t, running } = at(row);
      const gateAt = (k: number) => add(j, index(k * hidden));
      const peep = (k: number, cell: Expr) => (p ? mul(cast(acc, b.load(p, [gateAt(k)])), cell) : null);
      const gate = (k: number, extra: Expr | null) => {
        const s = b.load(sums, [row, gateAt(k)]);
        return clipExpr(a, extra ? add(s, extra) : s);
      };
      const v = (name: string) => variable(name, acc);
      const cell = b.load(c, [row, j]);
      const forget = a.input_forget ? sub(constant(acc, 1), v("i")) : applyActivationExpr(a, 0, gate(2, peep(2, cell)));
      const update = add(mul(v("f"), cell), mul(v("i"), applyActivationExpr(a, 1, gate(3, null))));
      const output = mul(applyActivationExpr(a, 0, gate(1, peep(1, v("cell")))), applyActivationExpr(a, 2, v("cell")));
      const stores = seq(
        store(c.name, [row, j], whileRunning(running, v("cell"), cell)),
        store(h.name, [row, j], whileRunning(running, v("out"), b.load(h, [row, j]))),
        store(y.name, [t, row, j], cast(y.type.dtype, whileRunning(running, v("out"), constant(acc, 0)))),
      );
      const gates = letIn(
        "i",
        applyActivationExpr(a, 0, gate(0, peep(0, cell))),
        letIn("f", forget, letIn("cell", update, letIn("out", output, stores))),
      );
      return [
        recurrentSums(
          b,
          "m",
          n,
          sums,
          { from: 0, count: 4 * hidden },
          (i, g) => cast(acc, b.load(z, [at(i).t, i, g])),
          (i, k) => b.load(h, [i, k]),
          r,
        ),
        nest("s", [batch, hidden], gates),
      ];
    });
    b.elementwise(yh, (i) => cast(yh.type.dtype, b.load(h, i)), "last");
    b.elementwise(yc, (i) => cast(yc.type.dtype, b.load(c, i)), "last");
  },
  sample(g) {
    const { hidden, draw, inputs, attrs } = drawRecurrent(g, 4, 3, 2);
    return { inputs: [...inputs, g.bool() ? draw([3 * hidden]) : null], attrs: { ...attrs, input_forget: g.bool() } };
  },
  cost: ([z, r], out) => recurrentCost(z, r, out[0]),
});
