/** Elementwise arithmetic, comparison, selection and conversion. */

import type { Attrs } from "../../../ir/attr/attr.js";
import type { ValueId } from "../../../ir/graph/module.js";
import { tensorOf } from "../../../ir/op/tensor.js";
import { type DType, isFloat } from "../../../ir/type/dtype.js";
import { numElements, tensorType } from "../../../ir/type/tensor-type.js";
import { castTo, inFloat, ofDType, scalarLike } from "../../shared/helpers.js";
import { dtypeOfOnnx, onnxTypeName } from "../proto.js";
import type { ImportRule, ImportRules, NodeImport } from "../rule.js";
import { knownNumber, operand, operands } from "./math-shared.js";

const same =
  (op: string): ImportRule =>
  (n) =>
    n.emit(op, operands(n));
const sameTable = (names: Readonly<Record<string, string>>): ImportRules =>
  Object.fromEntries(Object.entries(names).map(([onnx, op]) => [onnx, same(op)]));

/** A float function of one operand with attributes of other names. */
const float =
  (op: string, attrs: (n: NodeImport) => Attrs = () => ({})): ImportRule =>
  (n) =>
    inFloat(n, operand(n, 0), (x) => n.emit(op, [x], attrs(n)));

/** op(op(a, b), c) ... */
const chain =
  (op: string): ImportRule =>
  (n) =>
    operands(n).reduce((a, b) => n.emit(op, [a, b]));

function mean(n: NodeImport): ValueId {
  const sum = operands(n).reduce((a, b) => n.emit("add", [a, b]));
  return n.inputs.length === 1 ? sum : n.emit("div", [sum, scalarLike(n, sum, n.inputs.length)]);
}

/** Bounds as attributes before opset 11, as operands since. Bounds that are computed become max and min. */
function clip(n: NodeImport): ValueId {
  const x = operand(n, 0);
  if (n.opset < 11) {
    return n.emit("clip", [x], { lo: n.float("min", -Infinity), hi: n.float("max", Infinity) });
  }
  const bounds = [1, 2].map((i) => (n.has(i) ? knownNumber(n, i) : i === 1 ? -Infinity : Infinity));
  const [lo, hi] = bounds;
  if (lo !== null && hi !== null && ofDType(n, x) !== "f64") return n.emit("clip", [x], { lo, hi });
  const raised = n.has(1) ? n.emit("max", [operand(n, 1), x]) : x;
  return n.has(2) ? n.emit("min", [operand(n, 2), raised]) : raised;
}

/** The result has the base's type; exponents that are common constants become products. */
function pow(n: NodeImport): ValueId {
  const [x, y] = operands(n);
  const [base, exponent] = [ofDType(n, x), ofDType(n, y)];
  const e = knownNumber(n, 1);
  const keepsShape = n.type(y).shape.length <= n.type(x).shape.length;
  if (e === 1 && keepsShape) return x;
  if (e === 2 && keepsShape) return n.emit("mul", [x, x]);
  if (e === 3 && keepsShape) return n.emit("mul", [n.emit("mul", [x, x]), x]);
  if (base === exponent) return n.emit("pow", [x, y]);
  const work: DType = isFloat(base) ? base : isFloat(exponent) ? "f64" : "i64";
  return castTo(n, n.emit("pow", [castTo(n, x, work), castTo(n, y, work)]), base);
}

function mod(n: NodeImport): ValueId {
  const fmod = n.int("fmod", 0) !== 0;
  return n.emit("mod", operands(n), { fmod });
}

function bitShift(n: NodeImport): ValueId {
  const direction = n.string("direction");
  if (direction !== "LEFT" && direction !== "RIGHT") n.malformed(`direction is '${direction}'`);
  return n.emit(direction === "LEFT" ? "shl" : "shr", operands(n));
}

/** An IR cast has the loop's meaning for every pair of types; equal types need none. */
function cast(n: NodeImport): ValueId {
  const code = n.int("to");
  const to = dtypeOfOnnx(code) ?? n.unsupported(`it converts to ${onnxTypeName(code)}, which qc does not have`);
  return castTo(n, operand(n, 0), to);
}

/** Inference: the data passes. The mask, where it is wanted, is all true. */
function dropout(n: NodeImport): readonly ValueId[] {
  const x = n.input(0);
  const training = n.has(2) ? n.knownInts(2, "training_mode")[0] !== 0 : false;
  const ratio = n.has(1) ? knownNumber(n, 1) : n.opset < 12 ? n.float("ratio", 0.5) : 0.5;
  if (training && ratio !== 0) {
    n.unsupported("it is in training mode", "export the model for inference");
  }
  if (!n.wants(1)) return [x];
  const { shape } = n.type(x);
  const mask = n.constant(tensorOf(tensorType("bool", shape), new Array<number>(numElements(shape)).fill(1)));
  return [x, mask];
}

/** x >= 0 ? x : slope x. The slope broadcasts to x alone. */
const prelu: ImportRule = (n) => n.emit("prelu", operands(n));

const SELU_ALPHA = 1.6732631921768188;
const SELU_GAMMA = 1.0507010221481323;

export const elementwiseRules: ImportRules = {
  ...sameTable({
    Neg: "neg",
    Abs: "abs",
    Sign: "sign",
    Not: "not",
    BitwiseNot: "bitwise_not",
    IsNaN: "isnan",
    Relu: "relu",
    Add: "add",
    Sub: "sub",
    Mul: "mul",
    Div: "div",
    And: "and",
    Or: "or",
    Xor: "xor",
    BitwiseAnd: "bitwise_and",
    BitwiseOr: "bitwise_or",
    BitwiseXor: "bitwise_xor",
    Equal: "eq",
    Less: "lt",
    LessOrEqual: "le",
    Greater: "gt",
    GreaterOrEqual: "ge",
    Where: "where",
  }),
  ...Object.fromEntries(
    ["Floor", "Ceil", "Round", "Sqrt", "Reciprocal", "Exp", "Log", "Erf", "Sigmoid", "Softplus", "Softsign", "Mish"]
      .concat(["Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh"])
      .map((name) => [name, float(name.toLowerCase())]),
  ),
  HardSwish: float("hard_swish"),
  LeakyRelu: float("leaky_relu", (n) => ({ alpha: n.float("alpha", 0.01) })),
  Elu: float("elu", (n) => ({ alpha: n.float("alpha", 1) })),
  Selu: float("selu", (n) => ({ alpha: n.float("alpha", SELU_ALPHA), gamma: n.float("gamma", SELU_GAMMA) })),
  Celu: float("celu", (n) => ({ alpha: n.float("alpha", 1) })),
  HardSigmoid: float("hard_sigmoid", (n) => ({ alpha: n.float("alpha", 0.2), beta: n.float("beta", 0.5) })),
  ThresholdedRelu: float("thresholded_relu", (n) => ({ alpha: n.float("alpha", 1) })),
  Gelu: float("gelu", (n) => ({ approximate: n.string("approximate", "none") })),
  Swish: float("swish", (n) => ({ alpha: n.float("alpha", 1) })),
  Shrink: float("shrink", (n) => ({ lambda: n.float("lambd", 0.5), bias: n.float("bias", 0) })),
  IsInf: (n) =>
    n.emit("isinf", [operand(n, 0)], {
      positive: n.int("detect_positive", 1) !== 0,
      negative: n.int("detect_negative", 1) !== 0,
    }),
  Clip: clip,
  Pow: pow,
  Mod: mod,
  BitShift: bitShift,
  PRelu: prelu,
  Max: chain("max"),
  Min: chain("min"),
  Sum: chain("add"),
  Mean: mean,
  Cast: cast,
  CastLike: (n) => castTo(n, operand(n, 0), ofDType(n, n.input(1))),
  Identity: (n) => n.input(0),
  Dropout: dropout,
};
