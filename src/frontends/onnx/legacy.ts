/** Nodes of opsets 1 to 6, read as opset 7 where they mean the same or differ only in how operands broadcast. */
import type { ValueId } from "../../ir/graph/module.js";
import type { NodeImport } from "./rule.js";

/** The oldest opset that the rules know; older nodes come through `legacyInputs`. */
export const OLDEST_RULES = 7;

/** Ops by the first opset whose form is that of opset 7, or differs in what `legacyInputs` mends or in `consumed_inputs`, a hint. */
const SAME_SINCE: Readonly<Record<number, readonly string[]>> = {
  1: [
    ...["Abs", "Add", "And", "ArgMax", "ArgMin", "AveragePool", "BatchNormalization", "Ceil", "Clip", "Constant", "Conv"],
    ...["ConvTranspose", "DepthToSpace", "Div", "Dropout", "Elu", "Equal", "Exp", "Flatten", "Floor", "Gather", "Gemm"],
    ...["GlobalAveragePool", "GlobalMaxPool", "Greater", "HardSigmoid", "Hardmax", "Identity", "InstanceNormalization", "LRN"],
    ...["LeakyRelu", "Less", "Log", "LogSoftmax", "MatMul", "Max", "MaxPool", "Mean", "Min", "Mul", "Neg", "Not", "Or", "PRelu"],
    ...["Pow", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin"],
    ...["ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu", "Shape", "Sigmoid", "Size", "Slice", "Softmax", "Softplus"],
    ...["Softsign", "SpaceToDepth", "Sqrt", "Squeeze", "Sub", "Sum", "Tanh", "Transpose", "Unsqueeze", "Xor"],
  ],
  2: ["LpPool", "Pad", "Split"],
  4: ["Concat"],
  5: ["Reshape"],
  6: ["Cast", "Selu", "Tile"],
};

const FIRST = new Map(
  Object.entries(SAME_SINCE).flatMap(([opset, ops]) => ops.map((op): [string, number] => [op, Number(opset)])),
);
/** `broadcast` and `axis` place the second operand among the dimensions of the first. */
const PLACED = new Set(["Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less"]);
/** `is_test` 0 asks for the behaviour of training. */
const TRAINED = new Set(["BatchNormalization", "Dropout"]);

export const CONVERT = "convert the model with onnx.version_converter or export it again";

/** Has the op a form in this opset that is that of opset 7, or differs in what `legacyInputs` mends? */
export const hasNewForm = (op: string, opset: number): boolean => opset >= (FIRST.get(op) ?? OLDEST_RULES);

/** The operands that make the node mean the same in opset 7; refuses nodes whose form was another one. */
export function legacyInputs(n: NodeImport, opset: number): readonly ValueId[] {
  if (!hasNewForm(n.opType, opset)) n.unsupported(`its form of opset ${opset} is not read`, CONVERT);
  if (TRAINED.has(n.opType) && !n.int("is_test", 0)) n.unsupported("it is in training mode", "export the model for inference");
  const [a, b] = n.inputs;
  if (n.opType === "PRelu") return [a, placed(n, a, b, 1)];
  if (!PLACED.has(n.opType) || !n.int("broadcast", 0) || !n.hasAttr("axis")) return n.inputs;
  const axis = n.int("axis");
  return [a, placed(n, a, b, axis < 0 ? axis + n.type(a).shape.length : axis)];
}

/** b[d0, .., dk] with its first dimension at `axis` of a:  [d0, .., dk, 1, .., 1] */
function placed(n: NodeImport, a: ValueId, b: ValueId, axis: number): ValueId {
  const { shape } = n.type(b);
  const after = n.type(a).shape.length - axis - shape.length;
  if (shape.length === 0 || (shape.length === 1 && shape[0] === 1) || after === 0) return b;
  if (axis < 0 || after < 0)
    return n.malformed(`axis ${axis} does not fit operands of rank ${n.type(a).shape.length} and ${shape.length}`);
  return n.emit("reshape", [b], { shape: [...shape, ...new Array<number>(after).fill(1)] });
}
