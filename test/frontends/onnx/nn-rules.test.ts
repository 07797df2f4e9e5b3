/** The ONNX conformance cases of the neural-network ops: import, evaluate, compare. */
import { expect, test } from "vitest";
import { importOnnx } from "../../../src/frontends/onnx/import.js";
import { decodeModel, decodeTensor } from "../../../src/frontends/onnx/proto.js";
import { builtinRules } from "../../../src/frontends/onnx/rules/index.js";
import { nnRules } from "../../../src/frontends/onnx/rules/nn.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { QcError } from "../../../src/support/diag.js";
import { type ConformanceCase, conformanceCases } from "./conformance-cases.js";

const rules = Object.assign({}, ...Object.values(builtinRules));
function context() {
  const ops = createOpRegistry();
  for (const op of builtinOps) ops.add(op, "test");
  return { ops, blobs: createBlobStore(), report: () => {} };
}

/** Imports with no input fixed, else with all but the first, else with all: whatever the op needs to know. */
function importFrozen(model: Uint8Array, names: readonly string[], inputs: readonly Tensor[], most = inputs.length) {
  for (const free of [most, 1, 0]) {
    const ctx = context();
    const freeze = Object.fromEntries(names.slice(free).map((name, i) => [name, inputs[free + i]]));
    try {
      return { module: importOnnx(model, "model.onnx", rules, ctx, { freeze }), ctx, inputs: inputs.slice(0, free) };
    } catch (e) {
      if (free === 0 || !(e instanceof QcError) || e.code !== "QC-ONNX-018") throw e;
    }
  }
  throw new Error("no way to import");
}

function nnCases(): { c: ConformanceCase; names: readonly string[] }[] {
  return conformanceCases("node").flatMap((c) => {
    const graph = decodeModel(c.model, c.name).graph;
    const [node, ...others] = graph?.node ?? [];
    if (!node || others.length) return [];
    const key = node.domain ? `${node.domain}::${node.opType}` : (node.opType ?? "");
    const tensorsOnly = [...(graph?.input ?? []), ...(graph?.output ?? [])].every((v) => v.type?.tensorType);
    return Object.hasOwn(nnRules, key) && tensorsOnly ? [{ c, names: (graph?.input ?? []).map((i) => i.name ?? "") }] : [];
  });
}

const cases = nnCases();
test.skipIf(!cases.length)("every neural-network op with a conformance case is met", () =>
  expect(cases.length).toBeGreaterThan(250),
);

const read = (bytes: Uint8Array) => decodeTensor(bytes, "case").tensor;

/** Imports a case with at most `most` operands left free and compares its results; 1e-6 because sums cancel to nearly 0 in float32. */
function check(c: ConformanceCase, names: readonly string[], most?: number): void {
  const { module, ctx, inputs } = importFrozen(c.model, names, c.inputs.map(read), most);
  const results = evaluateModule(module, ctx, inputs);
  for (const [i, want] of c.outputs.map(read).entries()) {
    expect(results[i].type).toBe(want.type);
    const [g, w] = [numbersOf(results[i]), numbersOf(want)];
    const near = (v: number, k: number) => Object.is(v, g[k]) || Math.abs(v - g[k]) <= 1e-6 + 1e-3 * Math.abs(v);
    const far = w.findIndex((v, k) => !near(v, k));
    expect(far < 0 ? null : { at: far, want: w[far], got: g[far] }).toBeNull();
  }
}

for (const { c, names } of cases) {
  test(c.name, () => check(c, names));
  // constant weights and parameters take another path: into tensor types and dense layers
  if (/q?linear|integer|gemm|lstm|gru|rnn|attention/.test(c.name)) test(`${c.name}, operands frozen`, () => check(c, names, 1));
}
