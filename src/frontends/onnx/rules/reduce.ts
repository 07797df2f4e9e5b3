/** Reductions, searches, accumulations and the softmax family. */

import type { ValueId } from "../../../ir/graph/module.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import { reshape, resolveAxes, resolveAxis, shapeOf } from "../../shared/helpers.js";
import type { ImportRule, ImportRules } from "../rule.js";
import { operand } from "./math-shared.js";

/** Axes: an attribute, or a constant operand since opset 18 (ReduceSum since 13). Absent or empty means all, unless told otherwise. */
const reduce =
  (op: string, asOperandSince: number): ImportRule =>
  (n) => {
    const x = operand(n, 0);
    const rank = shapeOf(n, x).length;
    const given = n.opset < asOperandSince ? n.ints("axes", []) : n.has(1) ? n.knownInts(1, "axes") : [];
    const none = given.length === 0;
    const keepdims = n.int("keepdims", 1) !== 0;
    if (none && n.int("noop_with_empty_axes", 0) !== 0) return n.emit(op, [x], { axes: [], keepdims });
    const axes = none ? Array.from({ length: rank }, (_, k) => k) : resolveAxes(n, given, rank);
    return n.emit(op, [x], { axes: axes.sort((a, b) => a - b), keepdims });
  };

const search =
  (op: string): ImportRule =>
  (n) => {
    const x = operand(n, 0);
    const axis = resolveAxis(n, n.int("axis", 0), shapeOf(n, x).length);
    return n.emit(op, [x], { axis, keepdims: n.int("keepdims", 1) !== 0, select_last: n.int("select_last_index", 0) !== 0 });
  };

const accumulate =
  (op: string): ImportRule =>
  (n) => {
    const x = operand(n, 0);
    const axis = resolveAxis(n, n.knownInts(1, "axis")[0], shapeOf(n, x).length);
    return n.emit(op, [x], { axis, exclusive: n.int("exclusive", 0) !== 0, reverse: n.int("reverse", 0) !== 0 });
  };

/** Before opset 13 the axes from `axis` on are one: softmax over the rows of the matrix [prod before, prod from axis]. */
const distribution =
  (op: string): ImportRule =>
  (n) => {
    const x = operand(n, 0);
    const shape = shapeOf(n, x);
    if (n.opset >= 13) return n.emit(op, [x], { axis: resolveAxis(n, n.int("axis", -1), shape.length) });
    const given = n.int("axis", 1);
    const axis = given === shape.length ? given : resolveAxis(n, given, shape.length);
    if (axis === shape.length - 1) return n.emit(op, [x], { axis });
    const matrix: ValueId = reshape(n, x, [numElements(shape.slice(0, axis)), numElements(shape.slice(axis))]);
    return reshape(n, n.emit(op, [matrix], { axis: 1 }), shape);
  };

const NAMES: Readonly<Record<string, string>> = {
  ReduceSum: "reduce_sum",
  ReduceMean: "reduce_mean",
  ReduceMax: "reduce_max",
  ReduceMin: "reduce_min",
  ReduceProd: "reduce_prod",
  ReduceL1: "reduce_l1",
  ReduceL2: "reduce_l2",
  ReduceLogSum: "reduce_log_sum",
  ReduceLogSumExp: "reduce_log_sum_exp",
  ReduceSumSquare: "reduce_sum_square",
};

export const reduceRules: ImportRules = {
  ...Object.fromEntries(Object.entries(NAMES).map(([onnx, op]) => [onnx, reduce(op, onnx === "ReduceSum" ? 13 : 18)])),
  ArgMax: search("argmax"),
  ArgMin: search("argmin"),
  CumSum: accumulate("cumsum"),
  CumProd: accumulate("cumprod"),
  Softmax: distribution("softmax"),
  LogSoftmax: distribution("log_softmax"),
  Hardmax: distribution("hardmax"),
};
