import { type DType, dtypeInfo } from "./dtype.js";
import { type Quant, quantText } from "./quant.js";

/**
 * Type of a tensor value. Shapes are row-major with constant dimensions: frontends bind symbolic ones before the IR is built
 * (docs/makers/decisions/0001-constant-shapes.md). Interned: equal types are the same object, so `===` compares.
 */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly quant: Quant | null;
}

const interned = new Map<string, WeakRef<TensorType>>();
const forget = new FinalizationRegistry<string>((key) => {
  if (interned.get(key)?.deref() === undefined) interned.delete(key);
});

/** The one object for this type. */
export function tensorType(dtype: DType, shape: readonly number[], quant: Quant | null = null): TensorType {
  const key = `${dtype}[${shape.join(",")}]${quant ? quantText(quant) : ""}`;
  const known = interned.get(key)?.deref();
  if (known) return known;
  const type = Object.freeze({ dtype, shape: Object.freeze([...shape]), quant: quant ? Object.freeze({ ...quant }) : null });
  interned.set(key, new WeakRef(type));
  forget.register(type, key);
  return type;
}

export const withShape = (t: TensorType, shape: readonly number[]): TensorType => tensorType(t.dtype, shape, t.quant);
export const withDType = (t: TensorType, dtype: DType): TensorType => tensorType(dtype, t.shape);
export const withQuant = (t: TensorType, quant: Quant | null): TensorType => tensorType(t.dtype, t.shape, quant);

export const numElements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
export const byteSize = (t: TensorType): number => numElements(t.shape) * dtypeInfo(t.dtype).bytes;
export const rank = (t: TensorType): number => t.shape.length;

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

/** NumPy broadcasting of shapes; null where they do not agree. */
export function broadcastShapes(...shapes: readonly (readonly number[])[]): number[] | null {
  const out = new Array<number>(Math.max(0, ...shapes.map((s) => s.length))).fill(1);
  for (const s of shapes) {
    for (let i = 0; i < s.length; i++) {
      const o = out.length - s.length + i;
      if (out[o] === 1) out[o] = s[i];
      else if (s[i] !== 1 && s[i] !== out[o]) return null;
    }
  }
  return out;
}

/** `f32[1, 3, 4]`, with quantization `i8[4] q(0.5, 0)`. */
export function typeText(t: TensorType): string {
  return `${t.dtype}[${t.shape.join(", ")}]${t.quant ? ` ${quantText(t.quant)}` : ""}`;
}
