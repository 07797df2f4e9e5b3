/** Conformance cases of one node: import, evaluate with the reference interpreter, compare. */
import { expect } from "vitest";
import { importOnnx } from "../../../src/frontends/onnx/import.js";
import { decodeModel, decodeTensor, dtypeOfOnnx } from "../../../src/frontends/onnx/proto.js";
import type { ImportRules } from "../../../src/frontends/onnx/rule.js";
import { builtinRules } from "../../../src/frontends/onnx/rules/index.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { QcError } from "../../../src/support/diag.js";
import { type ConformanceCase, conformanceCases } from "./conformance-cases.js";

export interface RuleCase {
  readonly c: ConformanceCase;
  /** Inputs of the graph. */
  readonly names: readonly string[];
}

const all: ImportRules = Object.assign({}, ...Object.values(builtinRules));

/** The cases of the newest ONNX that are one node which one of these rules imports, all tensors of types that qc has. */
export function ruleCases(rules: ImportRules): readonly RuleCase[] {
  return conformanceCases("node").flatMap((c) => {
    const graph = decodeModel(c.model, c.name).graph;
    const [node, ...others] = graph?.node ?? [];
    if (!node || others.length) return [];
    const key = node.domain ? `${node.domain}::${node.opType}` : (node.opType ?? "");
    const isReadable = [...(graph?.input ?? []), ...(graph?.output ?? [])].every((v) =>
      dtypeOfOnnx(v.type?.tensorType?.elemType ?? 0),
    );
    return Object.hasOwn(rules, key) && isReadable ? [{ c, names: (graph?.input ?? []).map((i) => i.name ?? "") }] : [];
  });
}

/** Imports with at most `most` inputs left free, else with the first, else with none: whatever the op needs to know. */
function importFrozen(model: Uint8Array, names: readonly string[], inputs: readonly Tensor[], most: number) {
  for (const free of [most, 1, 0]) {
    const ops = createOpRegistry();
    for (const op of builtinOps) ops.add(op, "test");
    const ctx = { ops, blobs: createBlobStore(), report: () => {} };
    const freeze = Object.fromEntries(names.slice(free).map((name, i) => [name, inputs[free + i]]));
    try {
      return { module: importOnnx(model, "model.onnx", all, ctx, { freeze }), ctx, inputs: inputs.slice(0, free) };
    } catch (e) {
      if (free === 0 || !(e instanceof QcError) || e.code !== "QC-ONNX-018") throw e;
    }
  }
  throw new Error("no way to import");
}

/** Compares the results of a case within `absolute` and a thousandth. */
export function checkCase({ c, names }: RuleCase, absolute: number, most = c.inputs.length): void {
  const read = (bytes: Uint8Array) => decodeTensor(bytes, c.name).tensor;
  const { module, ctx, inputs } = importFrozen(c.model, names, c.inputs.map(read), most);
  const results = evaluateModule(module, ctx, inputs);
  for (const [i, want] of c.outputs.map(read).entries()) {
    expect(results[i].type).toBe(want.type);
    const [g, w] = [numbersOf(results[i]), numbersOf(want)];
    const near = (v: number, k: number) => Object.is(v, g[k]) || Math.abs(v - g[k]) <= absolute + 1e-3 * Math.abs(v);
    const far = w.findIndex((v, k) => !near(v, k));
    expect(far < 0 ? null : { at: far, want: w[far], got: g[far] }).toBeNull();
  }
}
