import type { DType } from "../ir/type/dtype.js";
import { fail } from "../support/diag.js";
import { encodeBf16, encodeF16 } from "../support/half.js";
import type { TypedArray } from "../support/npy.js";

/** What a model input takes. */
export interface InputSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Layout of an image input; null: told from the shape where that is possible. */
  readonly layout: "NCHW" | "NHWC" | null;
  /** Quantization of an integer input, one scale for all: real = scale * (q - zero). */
  readonly quant?: { readonly scale: number; readonly zero: number } | null;
}

type Numbers = Exclude<TypedArray, BigInt64Array | BigUint64Array>;

/** The array that holds a dtype in memory: f16 and bf16 as bits, i4 and u4 one a byte, bool as 0 and 1. */
const VIEWS: Readonly<Record<DType, new (length: number) => TypedArray>> = {
  f32: Float32Array,
  f16: Uint16Array,
  bf16: Uint16Array,
  f64: Float64Array,
  i4: Int8Array,
  u4: Uint8Array,
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  bool: Uint8Array,
};
const LIMITS: Readonly<Partial<Record<DType, readonly [min: number, max: number]>>> = {
  i4: [-8, 7],
  u4: [0, 15],
  i8: [-128, 127],
  u8: [0, 255],
  i16: [-32768, 32767],
  u16: [0, 65535],
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  i64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  u64: [0, Number.MAX_SAFE_INTEGER],
  bool: [0, 1],
};

export const elementCount = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
export const emptyArray = (dtype: DType, length: number): TypedArray => new VIEWS[dtype](length);
export const isArrayOf = (dtype: DType, data: unknown): data is TypedArray => data instanceof VIEWS[dtype];
export const describe = ({ name, dtype, shape }: InputSpec): string => `input '${name}' (${dtype}[${shape.join(", ")}])`;

/** Numbers, and whether they are the stored codes of an integer input or real values that such an input quantizes first. */
export interface Values {
  readonly data: ArrayLike<number>;
  readonly meaning: "codes" | "reals";
}

/** Puts numbers into the array of an input; reals are rounded to nearest, ties to even, and clamped. `from` names the sample in errors. */
export function toInput({ data, meaning }: Values, spec: InputSpec, from: string): TypedArray {
  if (data.length !== elementCount(spec.shape)) {
    return fail("QC-DATA-001", `${from} gives ${data.length} values, ${describe(spec)} takes ${elementCount(spec.shape)}`, {
      help: "resize or reshape the sample to the input's shape",
    });
  }
  switch (spec.dtype) {
    case "f32":
      return Float32Array.from(data);
    case "f64":
      return Float64Array.from(data);
    case "f16":
      return encodeF16(data);
    case "bf16":
      return encodeBf16(data);
    default:
      return meaning === "reals" ? quantize(data, spec, from) : store(data, spec, from);
  }
}

/** q = clamp(round(x / scale) + zero) */
function quantize(data: ArrayLike<number>, spec: InputSpec, from: string): TypedArray {
  const { quant } = spec;
  if (!quant) {
    return fail(
      "QC-DATA-007",
      `${from}: the preprocessor gives real values, and ${describe(spec)} has no scale to turn them into integers`,
      {
        help: "use a preprocessor that gives integers: none, uint8 or symm",
      },
    );
  }
  const [min, max] = LIMITS[spec.dtype] ?? [0, 0];
  return fill(data, spec, (x) => Math.min(max, Math.max(min, roundHalfEven(x / quant.scale) + quant.zero)));
}

function store(data: ArrayLike<number>, spec: InputSpec, from: string): TypedArray {
  const [min, max] = LIMITS[spec.dtype] ?? [0, 0];
  return fill(data, spec, (x) => {
    const code = roundHalfEven(x);
    if (code >= min && code <= max) return code;
    return fail("QC-DATA-006", `${from}: the value ${x} does not fit ${describe(spec)}`, {
      help: spec.dtype === "i8" ? "the preprocessor 'symm' subtracts 128" : "choose a preprocessor whose values fit",
    });
  });
}

function fill(data: ArrayLike<number>, spec: InputSpec, code: (x: number) => number): TypedArray {
  const out = emptyArray(spec.dtype, data.length);
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) out[i] = BigInt(code(data[i]));
    return out;
  }
  const numbers: Numbers = out;
  for (let i = 0; i < data.length; i++) numbers[i] = code(data[i]);
  return numbers;
}

export function roundHalfEven(x: number): number {
  const near = Math.round(x);
  return near - x === 0.5 && near % 2 !== 0 ? near - 1 : near;
}
