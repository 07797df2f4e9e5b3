/** Small ONNX models for tests, written as data. */
import onnxProto from "onnx-proto";
import { createContext } from "../../../../src/context.js";
import { importOnnx } from "../../../../src/frontends/onnx/import.js";
import type { ImportOptions } from "../../../../src/frontends/shared/inputs.js";
import type { Module } from "../../../../src/ir/graph/module.js";
import { evaluateModule } from "../../../../src/ir/op/evaluate.js";
import { numbersOf, tensorOf } from "../../../../src/ir/op/tensor.js";
import { type Diag, QcError } from "../../../../src/support/diag.js";

const { onnx } = onnxProto;
export type Node = onnxProto.onnx.INodeProto;
export type Graph = onnxProto.onnx.IGraphProto;
export type Tensor = onnxProto.onnx.ITensorProto;

export const FLOAT = 1;
export const INT64 = 7;

/** `op(inputs) -> outputs`; attributes are plain protobuf objects. */
export const node = (opType: string, input: string[], output: string[], attribute: object[] = [], name = ""): Node => ({
  opType,
  input,
  output,
  attribute,
  name,
});

/** Numbers are fixed dimensions, strings symbolic ones. */
export const value = (name: string, shape: readonly (number | string)[] | null = [2], elemType = FLOAT) => ({
  name,
  type: {
    tensorType: {
      elemType,
      shape: shape && { dim: shape.map((d) => (typeof d === "number" ? { dimValue: d } : { dimParam: d })) },
    },
  },
});

export const floats = (name: string, values: number[], dims: number[] = [values.length]): Tensor => ({
  name,
  dataType: FLOAT,
  dims,
  floatData: values,
});

export interface Draft extends Graph {
  readonly opset?: number;
  readonly functions?: readonly object[];
  readonly opsets?: readonly object[];
}

/** Encoded bytes. */
export function model({ opset = 17, functions = [], opsets, ...graph }: Draft): Uint8Array {
  const opsetImport = opsets ?? [{ domain: "", version: opset }];
  return onnx.ModelProto.encode(
    onnx.ModelProto.fromObject({ irVersion: 8, opsetImport, functions, graph: { name: "g", ...graph } }),
  ).finish();
}

export interface Imported {
  readonly m: Module;
  readonly warnings: readonly Diag[];
  /** The outputs on f32 inputs given in order. */
  run(...inputs: number[][]): number[][];
}

export function importBytes(bytes: Uint8Array, options: ImportOptions = {}, file = "test.onnx"): Imported {
  const ctx = createContext();
  const m = importOnnx(bytes, file, ctx.onnxRules, ctx, options);
  return {
    m,
    warnings: ctx.diags,
    run: (...inputs) =>
      evaluateModule(
        m,
        ctx,
        m.funcs[0].params.map((p, i) => tensorOf(p.type, inputs[i])),
      ).map((t) => [...numbersOf(t)]),
  };
}

export const importDraft = (draft: Draft, options?: ImportOptions): Imported => importBytes(model(draft), options);

/** The diagnostics that an import ends with; fails when it succeeds or throws anything else. */
export function diagsOf(f: () => unknown): readonly Diag[] {
  try {
    f();
  } catch (e) {
    if (e instanceof QcError) return e.diags;
    throw e;
  }
  throw new Error("no error was raised");
}

export const errorOf = (draft: Draft, options?: ImportOptions): Diag => diagsOf(() => importDraft(draft, options))[0];
