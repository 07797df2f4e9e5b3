/** Optimizer steps of ai.onnx.preview.training-1 as elementwise arithmetic. */

import type { ValueId } from "../../../ir/graph/module.js";
import { castTo, reshape } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";

type Arithmetic = (op: "add" | "sub" | "mul" | "div" | "pow", a: ValueId | number, b: ValueId | number) => ValueId;

interface Step {
  /** Arithmetic on values and numbers of the tensors' element type. */
  readonly of: Arithmetic;
  readonly sqrt: (v: ValueId) => ValueId;
  /** `then` where the update count T is above zero. */
  readonly started: (then: ValueId | number, otherwise: ValueId | number) => ValueId;
  readonly rate: ValueId;
  /** T as a number of the element type. */
  readonly count: ValueId;
  readonly x: ValueId;
  /** The gradient with the L2 penalty's: norm_coefficient x + g. */
  readonly gradient: ValueId;
  readonly state: readonly ValueId[];
}

/** Operands R, T, then x1.., g1.., and `states` lists of state tensors; results x1.., then the states. */
const optimizer =
  (states: number, update: (n: NodeImport, s: Step) => readonly ValueId[]) =>
  (n: NodeImport): readonly ValueId[] => {
    const count = (n.inputs.length - 2) / (2 + states);
    if (!Number.isInteger(count) || count < 1) n.malformed(`${n.inputs.length} operands`);
    const results = Array.from({ length: count }, (_, k) => update(n, stepOf(n, k, count, states)));
    return Array.from({ length: 1 + states }, (_, i) => results.map((r) => r[i])).flat();
  };

function stepOf(n: NodeImport, k: number, count: number, states: number): Step {
  const operand = (list: number) => n.input(2 + list * count + k);
  const x = operand(0);
  const { dtype } = n.type(x);
  const value = (v: ValueId | number) => (typeof v === "number" ? n.scalar(dtype, v) : v);
  const of: Arithmetic = (op, a, b) => n.emit(op, [value(a), value(b)]);
  const t = reshape(n, n.input(1), []);
  const above = n.emit("gt", [t, n.scalar(n.type(t).dtype, 0)]);
  return {
    of,
    sqrt: (v) => n.emit("sqrt", [v]),
    started: (then, otherwise) => n.emit("where", [above, value(then), value(otherwise)]),
    rate: castTo(n, reshape(n, n.input(0), []), dtype),
    count: castTo(n, t, dtype),
    x,
    gradient: of("add", of("mul", n.float("norm_coefficient", 0), x), operand(1)),
    state: Array.from({ length: states }, (_, i) => operand(2 + i)),
  };
}

/** h' = h + g^2; x' = x - R / (1 + T decay) g / (sqrt(h') + epsilon) */
const adagrad = optimizer(1, (n, { of, sqrt, rate, count, x, gradient, state: [h] }) => {
  const r = of("div", rate, of("add", 1, of("mul", count, n.float("decay_factor", 0))));
  const accumulated = of("add", h, of("mul", gradient, gradient));
  const step = of("div", of("mul", r, gradient), of("add", sqrt(accumulated), n.float("epsilon", 1e-6)));
  return [of("sub", x, step), accumulated];
});

/** v' = a v + (1 - a) g; h' = b h + (1 - b) g^2; x' = x - R sqrt(1 - b^T) / (1 - a^T) v' / (sqrt(h') + epsilon) */
const adam = optimizer(2, (n, { of, sqrt, started, rate, count, x, gradient, state: [v, h] }) => {
  const [a, b] = [n.float("alpha", 0.9), n.float("beta", 0.999)];
  const mean = of("add", of("mul", a, v), of("mul", 1 - a, gradient));
  const square = of("add", of("mul", b, h), of("mul", 1 - b, of("mul", gradient, gradient)));
  const unbiased = of("div", of("mul", rate, sqrt(of("sub", 1, of("pow", b, count)))), of("sub", 1, of("pow", a, count)));
  const step = of("div", of("mul", started(unbiased, rate), mean), of("add", sqrt(square), n.float("epsilon", 1e-6)));
  return [of("mul", 1 - n.float("norm_coefficient_post", 0), of("sub", x, step)), mean, square];
});

/** v' = a v + b g (b = 1 at T = 0); x' = x - R v', or x - R (g + a v') with Nesterov's mode */
const momentum = optimizer(1, (n, { of, started, rate, x, gradient, state: [v] }) => {
  const a = n.float("alpha");
  const velocity = of("add", of("mul", a, v), of("mul", started(n.float("beta"), 1), gradient));
  const nesterov = n.string("mode") === "nesterov";
  const direction = nesterov ? of("add", gradient, of("mul", a, velocity)) : velocity;
  return [of("sub", x, of("mul", rate, direction)), velocity];
});

export const trainingRules: ImportRules = {
  "ai.onnx.preview.training::Adagrad": adagrad,
  "ai.onnx.preview.training::Adam": adam,
  "ai.onnx.preview.training::Momentum": momentum,
};
