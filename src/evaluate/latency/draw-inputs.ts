import { elementCount, emptyArray, toInput } from "../../data/tensor.js";
import type { TensorInfo } from "../../runtime/descriptor.js";
import type { TypedArray } from "../../support/npy.js";
import { inputSpecs } from "../scores.js";

/** Numbers in [0, 1), the same for the same seed (Park and Miller 1988, multiplier 48271). */
function* uniform(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 48271) % 2147483647;
    yield state / 2147483647;
  }
}

/** Inputs to measure with: floats in [-1, 1), 8-bit integers over their range, zero for wider integers, which are often indices. */
export function drawInputs(inputs: readonly TensorInfo[]): Record<string, TypedArray> {
  const numbers = uniform(7);
  const next = () => numbers.next().value;
  return Object.fromEntries(
    inputSpecs(inputs).map((spec, i) => {
      const { dtype } = spec;
      const count = elementCount(spec.shape);
      const draw = (of: () => number) =>
        toInput({ data: Float64Array.from({ length: count }, of), meaning: "codes" }, spec, `drawn input ${i}`);
      const made = /^(f|bf)/.test(dtype)
        ? draw(() => 2 * next() - 1)
        : dtype === "u8"
          ? draw(() => Math.floor(256 * next()))
          : dtype === "i8"
            ? draw(() => Math.floor(256 * next()) - 128)
            : emptyArray(dtype, count);
      return [spec.name, made];
    }),
  );
}
