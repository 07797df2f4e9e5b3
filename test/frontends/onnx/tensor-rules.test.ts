/** The ONNX conformance cases of the tensor ops: import, evaluate, compare. */
import { expect, test } from "vitest";
import { importOnnx } from "../../../src/frontends/onnx/import.js";
import { decodeModel, decodeTensor, dtypeOfOnnx } from "../../../src/frontends/onnx/proto.js";
import { builtinRules } from "../../../src/frontends/onnx/rules/index.js";
import { tensorRules } from "../../../src/frontends/onnx/rules/tensor.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { numbersOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { QcError } from "../../../src/support/diag.js";
import { type ConformanceCase, conformanceCases } from "./conformance-cases.js";

const rules = Object.assign({}, ...Object.values(builtinRules));
/** The expected values of the inverse transform carry the noise of a float32 FFT: 1.9e-7 where the exact result is 0. */
const ABSOLUTE: Readonly<Record<string, number>> = { test_dft_inverse: 1e-6, test_dft_inverse_opset19: 1e-6 };

function context() {
  const ops = createOpRegistry();
  for (const op of builtinOps) ops.add(op, "test");
  return { ops, blobs: createBlobStore(), report: () => {} };
}

/** Imports with no input fixed, else with all but the first, else with all: whatever the op needs to know. */
function importFrozen(model: Uint8Array, names: readonly string[], inputs: readonly Tensor[]) {
  for (const free of [inputs.length, 1, 0]) {
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

function tensorCases(): { c: ConformanceCase; names: readonly string[] }[] {
  return conformanceCases("node").flatMap((c) => {
    const graph = decodeModel(c.model, c.name).graph;
    const [node, ...others] = graph?.node ?? [];
    if (!node || others.length) return [];
    const key = node.domain ? `${node.domain}::${node.opType}` : (node.opType ?? "");
    const tensorsOnly = [...(graph?.input ?? []), ...(graph?.output ?? [])].every((v) =>
      dtypeOfOnnx(v.type?.tensorType?.elemType ?? 0),
    );
    return Object.hasOwn(tensorRules, key) && tensorsOnly ? [{ c, names: (graph?.input ?? []).map((i) => i.name ?? "") }] : [];
  });
}

const cases = tensorCases();
test.skipIf(!cases.length)("every tensor op with a conformance case is met", () => expect(cases.length).toBeGreaterThan(250));

for (const { c, names } of cases) {
  test(c.name, () => {
    const read = (bytes: Uint8Array) => decodeTensor(bytes, c.name).tensor;
    const { module, ctx, inputs } = importFrozen(c.model, names, c.inputs.map(read));
    const results = evaluateModule(module, ctx, inputs);
    for (const [i, want] of c.outputs.map(read).entries()) {
      expect(results[i].type).toBe(want.type);
      const [g, w] = [numbersOf(results[i]), numbersOf(want)];
      const near = (v: number, k: number) =>
        Object.is(v, g[k]) || Math.abs(v - g[k]) <= (ABSOLUTE[c.name] ?? 1e-7) + 1e-3 * Math.abs(v);
      const far = w.findIndex((v, k) => !near(v, k));
      expect(far < 0 ? null : { at: far, want: w[far], got: g[far] }).toBeNull();
    }
  });
}
