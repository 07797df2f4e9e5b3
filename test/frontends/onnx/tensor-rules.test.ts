import { expect, test } from "vitest";
import { tensorRules } from "../../../src/frontends/onnx/rules/tensor.js";
import { checkCase, ruleCases } from "./one-rule.js";

/** The expected values of the inverse transform carry the noise of a float32 FFT: 1.9e-7 where the exact result is 0. */
const ABSOLUTE: Readonly<Record<string, number>> = { test_dft_inverse: 1e-6, test_dft_inverse_opset19: 1e-6 };

const cases = ruleCases(tensorRules);
test.skipIf(!cases.length)("every tensor op with a conformance case is met", () => expect(cases.length).toBeGreaterThan(250));

for (const one of cases) test(one.c.name, () => checkCase(one, ABSOLUTE[one.c.name] ?? 1e-7));
