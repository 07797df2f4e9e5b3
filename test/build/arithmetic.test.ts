import { describe, expect, it } from "vitest";
import { arithmeticOf } from "../../src/build/arithmetic.js";
import type { Buffer } from "../../src/ir/loop/stmt.js";
import type { DType } from "../../src/ir/type/dtype.js";

const kernel = (...buffers: readonly (readonly [Buffer["role"], DType])[]) => ({
  name: "k",
  stages: [],
  prepare: [],
  buffers: buffers.map(([role, dtype], i) => ({ name: `b${i}`, role, dtype, shape: [4] })),
});

describe("the arithmetic of a kernel", () => {
  it.each([
    [
      "bytes by bytes",
      [
        ["in", "u8"],
        ["const", "i8"],
        ["out", "i8"],
      ],
      "int8",
    ],
    [
      "bytes by pairs of 16 bits",
      [
        ["in", "i8"],
        ["const", "i16"],
        ["out", "i32"],
      ],
      "int8",
    ],
    [
      "a product of two activations",
      [
        ["in", "i8"],
        ["in", "i8"],
        ["out", "i32"],
      ],
      "int8",
    ],
    [
      "floats",
      [
        ["in", "f32"],
        ["const", "f32"],
        ["out", "f32"],
      ],
      "float",
    ],
    [
      "bytes widened to floats",
      [
        ["in", "i8"],
        ["const", "f32"],
        ["out", "f32"],
      ],
      "float",
    ],
    [
      "a table of bytes read by index",
      [
        ["in", "i32"],
        ["const", "i8"],
        ["out", "i8"],
      ],
      "float",
    ],
  ] as const)("%s", (_what, buffers, wanted) => {
    expect(arithmeticOf(kernel(...buffers) as never)).toBe(wanted);
  });
});
