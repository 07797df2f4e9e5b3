/**
 * float16 (1-5-10) and bfloat16 (1-8-7) as 16-bit patterns, to and from float32 and float64; IEEE 754 round to nearest, ties to even.
 * NaN stays NaN (quiet, the sign kept); subnormals are exact.
 */
const f32 = new Float32Array(1);
const u32 = new Uint32Array(f32.buffer);

/** The float32 nearest to x of those with an odd last bit, unless x is a float32 already: a second rounding after it is exact. */
function roundToOdd(x: number): number {
  f32[0] = x;
  const near = f32[0];
  if (near === x || Number.isNaN(x)) return x;
  if (u32[0] & 1) return near;
  u32[0] += Math.abs(near) < Math.abs(x) ? 1 : -1;
  return f32[0];
}

/** Bits of the float16 nearest to the float32 x. */
export function f32ToF16(x: number): number {
  f32[0] = x;
  const bits = u32[0];
  const sign = (bits >>> 16) & 0x8000;
  const abs = bits & 0x7fffffff;
  if (abs > 0x7f800000) return sign | 0x7e00 | ((abs >>> 13) & 0x1ff);
  if (abs >= 0x477ff000) return sign | 0x7c00;
  if (abs >= 0x38800000) return sign | ((abs - 0x38000000 + 0xfff + ((abs >>> 13) & 1)) >>> 13);
  if (abs < 0x33000000) return sign;
  // subnormal: shift the significand, its leading 1 made explicit, down to a unit of 2^-24
  const shift = 126 - (abs >>> 23);
  const significand = (abs & 0x7fffff) | 0x800000;
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return sign | (kept + (rest > half || (rest === half && kept & 1) ? 1 : 0));
}

/** The value of float16 bits. */
export function f16ToF32(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Bits of the bfloat16 nearest to the float32 x. */
export function f32ToBf16(x: number): number {
  f32[0] = x;
  const bits = u32[0];
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The value of bfloat16 bits. */
export function bf16ToF32(bits: number): number {
  u32[0] = bits << 16;
  return f32[0];
}

/** Bits of the float16 nearest to the float64 x, rounded once. */
export function f64ToF16(x: number): number {
  return f32ToF16(roundToOdd(x));
}

/** Bits of the bfloat16 nearest to the float64 x, rounded once. */
export function f64ToBf16(x: number): number {
  return f32ToBf16(roundToOdd(x));
}

/** float16 bits of every element, each rounded once. */
export function encodeF16(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values, f64ToF16);
}

export function decodeF16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, f16ToF32);
}

/** bfloat16 bits of every element, each rounded once. */
export function encodeBf16(values: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(values, f64ToBf16);
}

export function decodeBf16(bits: Uint16Array): Float32Array {
  return Float32Array.from(bits, bf16ToF32);
}
