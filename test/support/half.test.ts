import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bf16ToF32, decodeF16, encodeF16, f16ToF32, f32ToBf16, f32ToF16, f64ToBf16, f64ToF16 } from "../../src/support/half.js";

/** The nearest of all finite values, ties to the even bit pattern; `step` beyond the largest finite value is infinity. */
function nearest(x: number, value: (bits: number) => number, infinity: number): number {
  const abs = Math.abs(x);
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  let lo = 0;
  let hi = infinity - 1;
  while (lo < hi) {
    const mid = (lo + hi + 1) >> 1;
    if (value(mid) <= abs) lo = mid;
    else hi = mid - 1;
  }
  const next = lo + 1 === infinity ? 2 * value(lo) - value(lo - 1) : value(lo + 1);
  const below = abs - value(lo);
  const above = next - abs;
  return sign | (below < above || (below === above && lo % 2 === 0) ? lo : Math.min(lo + 1, infinity));
}

describe("float16", () => {
  it("keeps every pattern through float32", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const isNaN16 = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
      if (isNaN16) expect(f32ToF16(f16ToF32(bits)) & 0x7c00).toBe(0x7c00);
      else if (f32ToF16(f16ToF32(bits)) !== bits) expect.fail(`pattern ${bits}`);
    }
  });
  it("rounds every float32 to nearest even", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.float({ min: -70000, max: 70000, noNaN: true })),
        (x) => {
          expect(f32ToF16(x)).toBe(nearest(x, f16ToF32, 0x7c00));
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("rounds ties, the last subnormal and the overflow threshold as IEEE 754 says", () => {
    expect(f32ToF16(65519.99)).toBe(0x7bff);
    expect(f32ToF16(65520)).toBe(0x7c00);
    expect(f32ToF16(2 ** -25)).toBe(0);
    expect(f32ToF16(2 ** -25 * 1.0001)).toBe(1);
    expect(f32ToF16(3 * 2 ** -25)).toBe(2);
    expect(f32ToF16(1 + 2 ** -11)).toBe(0x3c00);
    expect(f32ToF16(1 + 3 * 2 ** -11)).toBe(0x3c02);
    expect(f32ToF16(-0)).toBe(0x8000);
    expect(f32ToF16(Number.NaN) & 0x7e00).toBe(0x7e00);
    expect(f32ToF16(-Infinity)).toBe(0xfc00);
  });
  it("rounds a float64 once", () => {
    const x = 1 + 2 ** -11 + 2 ** -40; // through float32 it would become the tie and fall to 1
    expect(f64ToF16(x)).toBe(0x3c01);
    expect(f64ToF16(-x)).toBe(0xbc01);
    expect(f64ToBf16(1 + 2 ** -8 + 2 ** -40)).toBe(0x3f81);
    fc.assert(
      fc.property(fc.double({ min: -70000, max: 70000, noNaN: true }), (v) => {
        expect(f64ToF16(v)).toBe(nearest(v, f16ToF32, 0x7c00));
      }),
      { numRuns: 1000 },
    );
  });
  it("converts arrays", () => {
    expect([...decodeF16(encodeF16([0.5, -2, 0.1]))]).toEqual([0.5, -2, f16ToF32(0x2e66)]);
  });
});

describe("bfloat16", () => {
  it("keeps every pattern and rounds to nearest even", () => {
    for (let bits = 0; bits < 65536; bits++) {
      const isNaNB = (bits & 0x7f80) === 0x7f80 && (bits & 0x7f) !== 0;
      if (!isNaNB && f32ToBf16(bf16ToF32(bits)) !== bits) expect.fail(`pattern ${bits}`);
    }
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-1e38), max: Math.fround(1e38) }), (x) => {
        expect(f32ToBf16(x)).toBe(nearest(x, bf16ToF32, 0x7f80));
      }),
      { numRuns: 1000 },
    );
    expect(Number.isNaN(bf16ToF32(f32ToBf16(Number.NaN)))).toBe(true);
  });
});
