import { expect, test } from "vitest";
import { nnRules } from "../../../src/frontends/onnx/rules/nn.js";
import { checkCase, ruleCases } from "./one-rule.js";

/** Sums cancel to nearly 0 in float32. */
const ABSOLUTE = 1e-6;

const cases = ruleCases(nnRules);
test.skipIf(!cases.length)("every neural-network op with a conformance case is met", () =>
  expect(cases.length).toBeGreaterThan(250),
);

for (const one of cases) {
  const { name } = one.c;
  test(name, () => checkCase(one, ABSOLUTE));
  // constant weights and parameters take another path: into tensor types and dense layers
  if (/q?linear|integer|gemm|lstm|gru|rnn|attention/.test(name))
    test(`${name}, operands frozen`, () => checkCase(one, ABSOLUTE, 1));
}
