import type { AttrValue } from "../attr/attr.js";
import { type DType, dtypeInfo } from "../type/dtype.js";
import type { Quant } from "../type/quant.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { type Tensor, tensorOf } from "./tensor.js";

/** One drawn instance of an op: operands with values (null = absent) and attributes. */
export interface OpCase {
  readonly inputs: readonly (Tensor | null)[];
  readonly attrs: Readonly<Record<string, AttrValue>>;
}

interface TensorDraw {
  readonly dtype?: DType;
  readonly shape?: readonly number[];
  readonly min?: number;
  readonly max?: number;
  readonly quant?: Quant | null;
}

/** Source of drawn values: a small seeded generator (SplitMix32), so that a case is reproduced by its seed. */
export interface Gen {
  /** Whole number in [min, max]. */
  int(min: number, max: number): number;
  bool(): boolean;
  pick<T>(list: readonly T[]): T;
  f32(range?: { min?: number; max?: number }): number;
  /** Dimensions in [1, max]. */
  shape(rank: number, max?: number): number[];
  /** rank in [0, 4] unless given, dims up to 5, f32 unless given; floats in [min, max] (default [-3, 3]), integers within their type. */
  tensor(draw?: TensorDraw): Tensor;
  /** A shape that broadcasts to `shape`: some leading dims dropped, some set to 1. */
  broadcastable(shape: readonly number[]): number[];
}

export interface GenOptions {
  /** Sizes that the last dimension has where nothing limits it; what schedules split is larger than what `eval` needs. */
  readonly lastDims?: readonly number[];
}

/** Up to this size unless an op limits its dimensions more closely. */
const LARGEST_DIM = 5;

export function createGen(seed: number, { lastDims }: GenOptions = {}): Gen {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const gen: Gen = {
    int,
    bool: () => next() < 0.5,
    pick: (list) => list[int(0, list.length - 1)],
    f32: ({ min = -3, max = 3 } = {}) => Math.fround(min + next() * (max - min)),
    shape: (rank, max = LARGEST_DIM) =>
      Array.from({ length: rank }, (_, i) =>
        lastDims && i === rank - 1 && max >= LARGEST_DIM ? gen.pick(lastDims) : int(1, max),
      ),
    tensor({ dtype = "f32", shape = gen.shape(int(0, 4)), min, max, quant = null } = {}) {
      const info = dtypeInfo(dtype);
      const lo = min ?? (info.kind === "float" ? -3 : Math.max(info.min, -100));
      const hi = max ?? (info.kind === "float" ? 3 : Math.min(info.max, 100));
      const draw = info.kind === "float" ? () => gen.f32({ min: lo, max: hi }) : () => int(lo, hi);
      return tensorOf(tensorType(dtype, shape, quant), Array.from({ length: numElements(shape) }, draw));
    },
    broadcastable: (shape) => shape.slice(int(0, shape.length)).map((d) => (next() < 0.3 ? 1 : d)),
  };
  return gen;
}
