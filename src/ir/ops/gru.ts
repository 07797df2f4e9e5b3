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

/** Gated recurrent unit, one direction, after its input projection. ONNX GRU-22. */
export const gru = defineOp({
  name: "gru",
  doc:
    "Gates in the order u (update, z in ONNX), r, h; z [T, B, 3 H] = X W^T + biases, r [H, 3 H]. u = f(z_u + h r_u), r = f(z_r + h r_r), " +
    "n = g(z_h + (r h) r_h), or g(z_h + r (h r_h + hb)) with linear_before_reset, h' = (1 - u) n + u h. Results y [T, B, H] (0 behind a " +
    "sequence's end) and the last h [B, H]. The state is kept in f32 (f64 for f64).",
  attrs: { ...recurrentAttrs, linear_before_reset: attr.bool("reset after the recurrent product", false) },
  operands: [
    { name: "z" },
    { name: "r" },
    { name: "lens", optional: true, doc: "i32[B], lengths of the sequences" },
    { name: "h", optional: true },
    { name: "hb", optional: true, doc: "[H], recurrent bias of the hidden gate, with linear_before_reset" },
  ],
  traits: [],
  infer([z, r, lens, h, hb], a, fail) {
    const n = recurrentExtents("gru", 3, 2, a, { z, r, lens, states: [h] }, fail);
    if (hb && (!a.linear_before_reset || hb !== tensorType(n.type.dtype, [n.hidden]))) {
      fail("QC-NN-076", `gru: hb must be ${n.type.dtype}[${n.hidden}] and goes with linear_before_reset`);
    }
    return [tensorType(n.type.dtype, [n.steps, n.batch, n.hidden]), tensorType(n.type.dtype, [n.batch, n.hidden])];
  },
  eval([z, r, lens, h0, hb], a, [type, state]) {
    if (!z || !r) throw new Error("gru: absent operand");
    const [steps, batch, hidden] = type.shape;
    const n = { steps, batch, hidden };
    const [zv, rv, bias] = [numbersOf(z), numbersOf(r), hb ? numbersOf(hb) : new Float64Array(hidden)];
    const [h, y] = [stateOf(h0, n), new Float64Array(numElements(type.shape))];
    eachStep(n, lens, a.reverse, (t, b) => {
      const column = (g: number, factor: (k: number) => number) => {
        let s = 0;
        for (let k = 0; k < hidden; k++) s += factor(k) * h[b * hidden + k] * rv[k * 3 * hidden + g];
        return s;
      };
      const given = (g: number) => zv[(t * batch + b) * 3 * hidden + g];
      const gates = Float64Array.from({ length: 2 * hidden }, (_, g) =>
        applyActivation(a, 0, clipNumber(a, given(g) + column(g, () => 1))),
      );
      const next = Float64Array.from({ length: hidden }, (_, j) => {
        const g = 2 * hidden + j;
        const recurrent = a.linear_before_reset
          ? gates[hidden + j] * (column(g, () => 1) + bias[j])
          : column(g, (k) => gates[hidden + k]);
        const candidate = applyActivation(a, 1, clipNumber(a, given(g) + recurrent));
        return (1 - gates[j]) * candidate + gates[j] * h[b * hidden + j];
      });
      h.set(next, b * hidden);
      y.set(next, (t * batch + b) * hidden);
    });
    return [tensorOf(type, y), tensorOf(state, h)];
  },
  lower(b, { ins: [z, r, lens, h0, hb], outs: [y, yh] }, a) {
    if (!z || !r) throw new Error("gru: absent operand");
    const [steps, batch, hidden] = y.type.shape;
    const n = { steps, batch, hidden };
    const acc = z.type.dtype === "f64" ? "f64" : "f32";
    const h = initialState(b, n, acc, h0, "h");
    const sums = b.temp(acc, [batch, 3 * hidden], "sums");
    const reset = b.temp(acc, [batch, hidden], "reset");
    stepStage(b, "steps", n, z, lens, a.reverse, ({ at }) => {
      const given = (i: Expr, g: Expr) => cast(acc, b.load(z, [at(i).t, i, g]));
      const hidden0 = (g: Expr) => sub(g, index(2 * hidden));
      const gateAt = (j: Expr, k: number) => add(j, index(k * hidden));
      const gate = (i: Expr, j: Expr, k: number) => applyActivationExpr(a, 0, clipExpr(a, b.load(sums, [i, gateAt(j, k)])));
      const columns = (count: number) => ({ from: 2 * hidden, count });
      const state = (i: Expr, k: Expr) => b.load(h, [i, k]);
      const first = recurrentSums(b, "m", n, sums, { from: 0, count: 2 * hidden }, given, state, r);
      const [p, q] = loopVars("p", 2);
      const resetGate = gate(p, q, 1);
      // linear_before_reset keeps r; otherwise r h is what the second product reads
      const second = a.linear_before_reset
        ? [
            nest("p", [batch, hidden], store(reset.name, [p, q], resetGate)),
            recurrentSums(
              b,
              "q",
              n,
              sums,
              columns(hidden),
              (_, g) => (hb ? cast(acc, b.load(hb, [hidden0(g)])) : constant(acc, 0)),
              state,
              r,
            ),
          ]
        : [
            nest("p", [batch, hidden], store(reset.name, [p, q], mul(resetGate, state(p, q)))),
            recurrentSums(b, "q", n, sums, columns(hidden), given, (i, k) => b.load(reset, [i, k]), r),
          ];
      const [row, j] = loopVars("s", 2);
      const { t, running } = at(row);
      const sum = b.load(sums, [row, gateAt(j, 2)]);
      const inner = a.linear_before_reset ? add(given(row, gateAt(j, 2)), mul(b.load(reset, [row, j]), sum)) : sum;
      const v = (name: string) => variable(name, acc);
      const out = add(
        mul(sub(constant(acc, 1), v("u")), applyActivationExpr(a, 1, clipExpr(a, inner))),
        mul(v("u"), state(row, j)),
      );
      const stores = seq(
        store(y.name, [t, row, j], cast(y.type.dtype, whileRunning(running, v("out"), constant(acc, 0)))),
        store(h.name, [row, j], whileRunning(running, v("out"), state(row, j))),
      );
      return [first, ...second, nest("s", [batch, hidden], letIn("u", gate(row, j, 0), letIn("out", out, stores)))];
    });
    b.elementwise(yh, (i) => cast(yh.type.dtype, b.load(h, i)), "last");
  },
  sample(g) {
    const { hidden, draw, inputs, attrs } = drawRecurrent(g, 3, 2, 1);
    const before = g.bool();
    return { inputs: [...inputs, before && g.bool() ? draw([hidden]) : null], attrs: { ...attrs, linear_before_reset: before } };
  },
  cost: ([z, r], out) => recurrentCost(z, r, out[0]),
});
