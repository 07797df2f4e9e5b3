/** Multiplication of integers by a positive real in fixed point, as TensorFlow Lite does it. */

export interface FixedPoint {
  /** In [2^30, 2^31), or 0. */
  readonly multiplier: number;
  /** real = multiplier * 2^(shift - 31) */
  readonly shift: number;
}

/** QuantizeMultiplier of tflite-micro quantization_util.cc. */
export function toFixedPoint(real: number): FixedPoint {
  if (!(real > 0)) return { multiplier: 0, shift: 0 };
  let shift = Math.floor(Math.log2(real)) + 1;
  while (real / 2 ** shift >= 1) shift++;
  while (real / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((real / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  if (shift < -31) return { multiplier: 0, shift: 0 };
  return shift > 30 ? { multiplier: 2 ** 31 - 1, shift: 30 } : { multiplier, shift };
}

/** SaturatingRoundingDoublingHighMul(x << left, multiplier), then RoundingDivideByPOT: ties away from zero, twice. gemmlowp. */
export function multiplyRoundingTwice(x: number, { multiplier, shift }: FixedPoint): number {
  const ab = BigInt(shift > 0 ? x << shift : x) * BigInt(multiplier);
  const high = Number((ab + (ab >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n));
  if (shift >= 0) return high;
  const mask = 2 ** -shift - 1;
  const remainder = Number(BigInt(high) & BigInt(mask));
  const threshold = Math.floor(mask / 2) + (high < 0 ? 1 : 0);
  return Math.floor(high / 2 ** -shift) + (remainder > threshold ? 1 : 0);
}

/** (x * multiplier + half) >> (31 - shift): rounded once, ties toward +infinity. TFLITE_SINGLE_ROUNDING. */
export function multiplyRoundingOnce(x: number, { multiplier, shift }: FixedPoint): number {
  const bits = BigInt(31 - shift);
  return Number((BigInt(x) * BigInt(multiplier) + (1n << (bits - 1n))) >> bits);
}
