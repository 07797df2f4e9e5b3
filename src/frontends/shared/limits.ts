/** Limits on what a model may ask for, in one table. Nothing legitimate comes near; a model that passes one is refused. */
import type { InferNode } from "../../ir/graph/func-builder.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { OpRegistry } from "../../ir/op/registry.js";
import { byteSize, numElements, type TensorType, typeText } from "../../ir/type/tensor-type.js";
import { fail, type Loc } from "../../support/diag.js";
import type { ImportCodes } from "./codes.js";

export interface Limit {
  readonly most: number;
  readonly what: string;
  readonly why: string;
}

export const LIMITS = {
  nodes: { most: 1_000_000, what: "nodes of all graphs and functions, calls expanded", why: "every pass visits every node" },
  calledNodesPerNode: {
    most: 100,
    what: "nodes that calls of functions stand for, for each node in the file",
    why: "functions that call each other twice double with every level",
  },
  calledNodesStart: {
    most: 10_000,
    what: "nodes that calls of functions stand for, in any file",
    why: "small files may call large functions",
  },
  nesting: { most: 24, what: "sub-graphs and function calls inside one another", why: "each level takes stack of the importer" },
  rank: { most: 16, what: "dimensions of a tensor", why: "QC_MAX_RANK of the runtime" },
  elements: { most: 2 ** 31, what: "elements of one tensor", why: "no trained network has such a tensor" },
  tensorBytes: { most: 2 ** 32, what: "bytes of one tensor", why: "the longest array of Node 20" },
  constantBytes: {
    most: 2 ** 34,
    what: "bytes of all constants, stored and computed",
    why: "the memory of the machine that compiles",
  },
  foldedBytes: {
    most: 64 << 20,
    what: "bytes of a result that is computed while importing",
    why: "larger ones are left to the compiled network, without an error",
  },
  foldedWork: {
    most: 5e7,
    what: "elementary steps of one such computation",
    why: "about a second; what takes longer is left to the compiled network, without an error",
  },
} as const satisfies Readonly<Record<string, Limit>>;

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
    const mostCalled = LIMITS.calledNodesStart.most + LIMITS.calledNodesPerNode.most * fileNodes;
    let nodes = 0;
    let called = 0;
    let bytes = 0;
    return {
      countNodes(n, loc) {
        nodes += n;
        if (nodes > LIMITS.nodes.most) refuse(`the model has more than ${LIMITS.nodes.most} nodes, functions expanded`, loc);
      },
      countCalledNodes(n, loc) {
        called += n;
        if (called > mostCalled)
          refuse(`the model's ${fileNodes} nodes expand to more than ${mostCalled} by calls of functions`, loc);
      },
      countBytes(n, loc) {
        bytes += n;
        if (bytes > LIMITS.constantBytes.most)
          refuse(`the constants of the model are larger than ${LIMITS.constantBytes.most / 2 ** 30} GiB`, loc);
      },
    };
  };

  const checkSize = (t: TensorType, what: string, loc?: Loc): void => {
    if (t.shape.length > LIMITS.rank.most) refuse(`${what} has rank ${t.shape.length}; the greatest is ${LIMITS.rank.most}`, loc);
    if (!t.shape.every((d) => Number.isSafeInteger(d) && d >= 0)) refuse(`${what} has the impossible shape [${t.shape}]`, loc);
    if (numElements(t.shape) > LIMITS.elements.most || byteSize(t) > LIMITS.tensorBytes.most) {
      refuse(
        `${what} is ${typeText(t)}: larger than ${LIMITS.elements.most} elements or ${LIMITS.tensorBytes.most / 2 ** 30} GiB`,
        loc,
      );
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
      if (depth > LIMITS.nesting.most) refuse(`${what} are nested more than ${LIMITS.nesting.most} deep`, loc);
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
