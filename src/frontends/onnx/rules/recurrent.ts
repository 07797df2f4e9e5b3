/**
 * LSTM, GRU and RNN: each direction becomes a dense layer over all time steps, which holds the input weights and every bias that can
 * be added early, and a recurrent op.
 */

import type { Attrs } from "../../../ir/attr/attr.js";
import type { ValueId } from "../../../ir/graph/module.js";
import { concat, reshape, shapeOf, sliceAxis, transpose } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";

/** ONNX activation names and the defaults of their parameters (ONNX RNN-22); null where the function takes none. */
const ACTIVATIONS: Readonly<Record<string, readonly [name: string, alpha: number | null, beta: number | null]>> = {
  relu: ["relu", null, null],
  tanh: ["tanh", null, null],
  sigmoid: ["sigmoid", null, null],
  affine: ["affine", 1, 0],
  leakyrelu: ["leaky_relu", 0.01, null],
  thresholdedrelu: ["thresholded_relu", 1, null],
  scaledtanh: ["scaled_tanh", 1, 1],
  hardsigmoid: ["hard_sigmoid", 0.2, 0.5],
  elu: ["elu", 1, null],
  softsign: ["softsign", null, null],
  softplus: ["softplus", null, null],
};

interface Activations {
  readonly activations: readonly string[];
  readonly alpha: readonly number[];
  readonly beta: readonly number[];
}

/** One entry per direction. Parameter lists are consumed in order by the functions that take one. */
function activationsOf(n: NodeImport, directions: number, defaults: readonly string[]): readonly Activations[] {
  const given = n.strings("activations", []);
  const names = given.length ? given : Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== directions * defaults.length) n.malformed(`${names.length} activations for ${directions} directions`);
  const [alphas, betas] = [[...n.floats("activation_alpha", [])], [...n.floats("activation_beta", [])]];
  const rows = names.map((name) => {
    const row = ACTIVATIONS[name.toLowerCase()] ?? n.unsupported(`its activation is '${name}'`);
    const [kind, alpha, beta] = row;
    return { kind, alpha: alpha === null ? 0 : (alphas.shift() ?? alpha), beta: beta === null ? 0 : (betas.shift() ?? beta) };
  });
  return Array.from({ length: directions }, (_, d) => {
    const own = rows.slice(d * defaults.length, (d + 1) * defaults.length);
    return { activations: own.map((r) => r.kind), alpha: own.map((r) => r.alpha), beta: own.map((r) => r.beta) };
  });
}

interface Kind {
  readonly op: string;
  readonly gates: number;
  readonly activations: readonly string[];
  readonly attrs: Attrs;
  /** Gates whose recurrent bias must be added inside the recurrence. */
  readonly lateBias: number;
  readonly states: number;
}

/** Row d of a per-direction operand, its leading axis dropped; "" where absent. */
function ofDirection(n: NodeImport, i: number, d: number): ValueId {
  if (!n.has(i)) return "";
  const v = n.input(i);
  return reshape(n, sliceAxis(n, v, 0, d, d + 1), shapeOf(n, v).slice(1));
}

/** [Wb, Rb] of one direction as the early bias Wb + Rb; the recurrent bias of the last `late` gates comes apart. */
function biasesOf(n: NodeImport, d: number, gates: number, hidden: number, late: number): { early: ValueId; late: ValueId } {
  if (!n.has(3)) return { early: "", late: "" };
  const both = ofDirection(n, 3, d);
  const [w, r] = [sliceAxis(n, both, 0, 0, gates * hidden), sliceAxis(n, both, 0, gates * hidden, 2 * gates * hidden)];
  if (late === 0) return { early: n.emit("add", [w, r]), late: "" };
  const cut = (gates - late) * hidden;
  const sum = n.emit("add", [sliceAxis(n, w, 0, 0, cut), sliceAxis(n, r, 0, 0, cut)]);
  return { early: concat(n, [sum, sliceAxis(n, w, 0, cut, gates * hidden)], 0), late: sliceAxis(n, r, 0, cut, gates * hidden) };
}

function direction(
  n: NodeImport,
  kind: Kind,
  x: ValueId,
  d: number,
  reverse: boolean,
  a: Activations,
  states: readonly ValueId[],
): readonly ValueId[] {
  const w = ofDirection(n, 1, d);
  const r = transpose(n, ofDirection(n, 2, d), [1, 0]);
  const bias = biasesOf(n, d, kind.gates, shapeOf(n, r)[0], kind.lateBias);
  const z = n.emit("dense", [x, w, ...(bias.early ? [bias.early] : [])]);
  const lens = n.has(4) ? n.input(4) : "";
  const last = kind.op === "lstm" ? ofDirection(n, 7, d) : bias.late;
  const operands = [z, r, lens, ...states, ...(kind.op === "rnn" ? [] : [last])];
  return n.emits(kind.op, operands, { ...kind.attrs, ...a, reverse, clip: n.float("clip", 0) });
}

function recurrent(n: NodeImport, kind: Kind): readonly ValueId[] {
  const batchFirst = n.int("layout", 0) === 1;
  const swap = (v: ValueId) => (batchFirst && v !== "" ? transpose(n, v, [1, 0, 2]) : v);
  const x = swap(n.input(0));
  const mode = n.string("direction", "forward");
  if (!["forward", "reverse", "bidirectional"].includes(mode)) n.malformed(`direction is '${mode}'`);
  const count = mode === "bidirectional" ? 2 : 1;
  if (shapeOf(n, n.input(1))[0] !== count) n.malformed(`weights for ${shapeOf(n, n.input(1))[0]} directions, ${count} expected`);
  const activations = activationsOf(n, count, kind.activations);
  const initial = Array.from({ length: kind.states }, (_, i) => swap(n.has(5 + i) ? n.input(5 + i) : ""));
  const results = activations.map((a, d) => {
    const states = initial.map((v) => (v === "" ? "" : reshape(n, sliceAxis(n, v, 0, d, d + 1), shapeOf(n, v).slice(1))));
    return direction(n, kind, x, d, mode === "reverse" || d === 1, a, states);
  });
  const withDirection = (v: ValueId, axis: number) => {
    const s = shapeOf(n, v);
    return reshape(n, v, [...s.slice(0, axis), 1, ...s.slice(axis)]);
  };
  // y [T, D, B, H], states [D, B, H]; batch first: [B, T, D, H], [B, D, H]
  const y = concat(
    n,
    results.map((r) => withDirection(r[0], 1)),
    1,
  );
  const lasts = Array.from({ length: kind.states }, (_, i) =>
    swap(
      concat(
        n,
        results.map((r) => withDirection(r[1 + i], 0)),
        0,
      ),
    ),
  );
  return [batchFirst ? transpose(n, y, [2, 0, 1, 3]) : y, ...lasts];
}

export const recurrentRules: ImportRules = {
  LSTM: (n) =>
    recurrent(n, {
      op: "lstm",
      gates: 4,
      activations: ["Sigmoid", "Tanh", "Tanh"],
      attrs: { input_forget: n.int("input_forget", 0) !== 0 },
      lateBias: 0,
      states: 2,
    }),
  GRU: (n) => {
    const after = n.int("linear_before_reset", 0) !== 0;
    return recurrent(n, {
      op: "gru",
      gates: 3,
      activations: ["Sigmoid", "Tanh"],
      attrs: { linear_before_reset: after },
      lateBias: after ? 1 : 0,
      states: 1,
    });
  },
  RNN: (n) => recurrent(n, { op: "rnn", gates: 1, activations: ["Tanh"], attrs: {}, lateBias: 0, states: 1 }),
};
