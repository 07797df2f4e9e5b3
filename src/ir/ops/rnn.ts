import { loopVars, nest } from "../loop/lower-builder.js";
import { cast, constant, letIn, seq, store, variable } from "../loop/make.js";
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

/** Elman network, one direction, after its input projection. ONNX RNN-22. */
export const rnn = defineOp({
  name: "rnn",
  doc:
    "h' = f(z + h r): z [T, B, H] = X W^T + biases, r [H, H]. Results y [T, B, H] (0 behind a sequence's end) and the last h [B, H]. " +
    "The state is kept in f32 (f64 for f64).",
  attrs: recurrentAttrs,
  operands: [
    { name: "z" },
    { name: "r" },
    { name: "lens", optional: true, doc: "i32[B], lengths of the sequences" },
    { name: "h", optional: true },
  ],
  traits: [],
  infer([z, r, lens, h], a, fail) {
    const n = recurrentExtents("rnn", 1, 1, a, { z, r, lens, states: [h] }, fail);
    return [tensorType(n.type.dtype, [n.steps, n.batch, n.hidden]), tensorType(n.type.dtype, [n.batch, n.hidden])];
  },
  eval([z, r, lens, h0], a, [type, state]) {
    if (!z || !r) throw new Error("rnn: absent operand");
    const [steps, batch, hidden] = type.shape;
    const n = { steps, batch, hidden };
    const [zv, rv] = [numbersOf(z), numbersOf(r)];
    const [h, y] = [stateOf(h0, n), new Float64Array(numElements(type.shape))];
    eachStep(n, lens, a.reverse, (t, b) => {
      const next = Float64Array.from({ length: hidden }, (_, j) => {
        let s = zv[(t * batch + b) * hidden + j];
        for (let k = 0; k < hidden; k++) s += h[b * hidden + k] * rv[k * hidden + j];
        return applyActivation(a, 0, clipNumber(a, s));
      });
      h.set(next, b * hidden);
      y.set(next, (t * batch + b) * hidden);
    });
    return [tensorOf(type, y), tensorOf(state, h)];
  },
  lower(b, { ins: [z, r, lens, h0], outs: [y, yh] }, a) {
    if (!z || !r) throw new Error("rnn: absent operand");
    const [steps, batch, hidden] = y.type.shape;
    const n = { steps, batch, hidden };
    const acc = z.type.dtype === "f64" ? "f64" : "f32";
    const h = initialState(b, n, acc, h0, "h");
    const sums = b.temp(acc, [batch, hidden], "sums");
    stepStage(b, "steps", n, z, lens, a.reverse, ({ at }) => {
      const [row, j] = loopVars("s", 2);
      const { t, running } = at(row);
      const out = variable("out", acc);
      const stores = seq(
        store(y.name, [t, row, j], cast(y.type.dtype, whileRunning(running, out, constant(acc, 0)))),
        store(h.name, [row, j], whileRunning(running, out, b.load(h, [row, j]))),
      );
      return [
        recurrentSums(
          b,
          "m",
          n,
          sums,
          { from: 0, count: hidden },
          (i, g) => cast(acc, b.load(z, [at(i).t, i, g])),
          (i, k) => b.load(h, [i, k]),
          r,
        ),
        nest("s", [batch, hidden], letIn("out", applyActivationExpr(a, 0, clipExpr(a, b.load(sums, [row, j]))), stores)),
      ];
    });
    b.elementwise(yh, (i) => cast(yh.type.dtype, b.load(h, i)), "last");
  },
  sample(g) {
    const { inputs, attrs } = drawRecurrent(g, 1, 1, 1);
    return { inputs, attrs };
  },
  cost: ([z, r], out) => recurrentCost(z, r, out[0]),
});
