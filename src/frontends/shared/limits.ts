/** Limits on what a model may ask for, in one table. Nothing legitimate comes near; a model that passes one is refused. */
import type { InferNode } from "../../ir/graph/func-builder.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { OpRegistry } from "../../ir/op/registry.js";
import { byteSize, numElements, type TensorType, typeText } from "../../ir/type/tensor-type.js";
import { fail, type Loc } from "../../support/diag.js";
import type { ImportCodes } from "./codes.js";

export const LIMITS = {
  /** Nodes of all graphs and functions, calls expanded. */
  nodes: 1_000_000,
  /** Nodes that stand for calls of functions, for each node in the file, and a start: functions that call each other twice double. */
  calledNodesPerNode: 100,
  calledNodesStart: 10_000,
  /** Sub-graphs and function calls inside one another. */
  nesting: 24,
  /** QC_MAX_RANK of runtime-c/qc.h. */
  rank: 16,
  /** Of one tensor. */
  elements: 2 ** 31,
  /** The longest array of Node 20. */
  tensorBytes: 2 ** 32,
  /** Of all constants, stored and computed. */
  constantBytes: 2 ** 34,
  /** Largest result that is computed while importing; larger ones are left to the compiled network. */
  foldedBytes: 64 << 20,
  /** Elementary steps (`evalWork`) of one such computation: about a second of the reference interpreter. */
  foldedWork: 5e7,
} as const;

/** Counts what a model uses up of the limits that hold for it as a whole. */
export interface Budget {
  countNodes(n: number, loc?: Loc): void;
  /** The body of a function that is called. */
  countCalledNodes(n: number, loc?: Loc): void;
  countBytes(n: number, loc?: Loc): void;
}

export interface Limits {
  /** `fileNodes`: what calls may expand to is in proportion to them. */
  createBudget(fileNodes: number): Budget;
  checkNesting(depth: number, what: string, loc?: Loc): void;
  /** Dimensions are whole and not negative, the tensor is not too large. */
  checkSize(t: TensorType, what: string, loc?: Loc): void;
  /** Typing of nodes, with every result checked against the limits. */
  inferWithin(ops: OpRegistry): InferNode;
}

/** The checks of LIMITS. Errors: `codes.limit`, `codes.scale`. */
export function createLimits(codes: Pick<ImportCodes, "limit" | "scale">): Limits {
  const refuse = (what: string, loc?: Loc): never =>
    fail(codes.limit, what, { loc, help: "the model is damaged, or its shapes are not what its author meant" });

  const createBudget = (fileNodes: number): Budget => {
    const mostCalled = LIMITS.calledNodesStart + LIMITS.calledNodesPerNode * fileNodes;
    let nodes = 0;
    let called = 0;
    let bytes = 0;
    return {
      countNodes(n, loc) {
        nodes += n;
        if (nodes > LIMITS.nodes) refuse(`the model has more than ${LIMITS.nodes} nodes, functions expanded`, loc);
      },
      countCalledNodes(n, loc) {
        called += n;
        if (called > mostCalled)
          refuse(`the model's ${fileNodes} nodes expand to more than ${mostCalled} by calls of functions`, loc);
      },
      countBytes(n, loc) {
        bytes += n;
        if (bytes > LIMITS.constantBytes)
          refuse(`the constants of the model are larger than ${LIMITS.constantBytes / 2 ** 30} GiB`, loc);
      },
    };
  };

  const checkSize = (t: TensorType, what: string, loc?: Loc): void => {
    if (t.shape.length > LIMITS.rank) refuse(`${what} has rank ${t.shape.length}; the greatest is ${LIMITS.rank}`, loc);
    if (!t.shape.every((d) => Number.isSafeInteger(d) && d >= 0)) refuse(`${what} has the impossible shape [${t.shape}]`, loc);
    if (numElements(t.shape) > LIMITS.elements || byteSize(t) > LIMITS.tensorBytes) {
      refuse(`${what} is ${typeText(t)}: larger than ${LIMITS.elements} elements or ${LIMITS.tensorBytes / 2 ** 30} GiB`, loc);
    }
  };

  /** Scales are positive and finite: a NaN from a damaged file would spread through every kernel. */
  const checkScales = (t: TensorType, what: string, loc: Loc): void => {
    const scales = !t.quant ? [] : t.quant.kind === "tensor" ? [t.quant.scale] : t.quant.scales;
    const wrong = scales.find((s) => !(s > 0 && s < Infinity));
    if (wrong === undefined) return;
    fail(codes.scale, `${what} is quantized with the scale ${wrong}`, {
      loc,
      help: "scales must be positive and finite; quantize the model again",
    });
  };

  return {
    createBudget,
    checkNesting: (depth, what, loc) => {
      if (depth > LIMITS.nesting) refuse(`${what} are nested more than ${LIMITS.nesting} deep`, loc);
    },
    checkSize,
    inferWithin(ops) {
      const infer = inferWith(ops);
      return (op, types, attrs, loc) => {
        const done = infer(op, types, attrs, loc);
        for (const t of done.types) {
          checkSize(t, `the result of ${op}`, loc);
          checkScales(t, `the result of ${op}`, loc);
        }
        return done;
      };
    },
  };
}
