import type { TypedArray } from "../src/support/npy.js";
import { count, type ModelInput } from "./networks/model-builder.js";
import type { PeerInput } from "./peer.js";

/** Numbers in [0, 1), the same for the same seed (Park and Miller 1988, multiplier 48271). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Floats in [-1, 1), 8-bit integers over their range, wider ones from 0 to below the input's bound. */
export function drawInput({ dtype, shape, below = 1 }: ModelInput, seed = 7): TypedArray {
  const next = uniform(seed);
  const length = count(shape);
  const draw = (of: () => number) => Array.from({ length }, of);
  switch (dtype) {
    case "f32":
      return Float32Array.from(draw(() => 2 * next() - 1));
    case "u8":
      return Uint8Array.from(draw(() => Math.floor(256 * next())));
    case "i8":
      return Int8Array.from(draw(() => Math.floor(256 * next()) - 128));
    case "i64":
      return BigInt64Array.from(
        draw(() => Math.floor(below * next())),
        BigInt,
      );
    default:
      return dtype satisfies never;
  }
}

/** One array per input of a model, by name. */
export const drawInputs = (inputs: readonly ModelInput[]): Readonly<Record<string, TypedArray>> =>
  Object.fromEntries(inputs.map((input, i) => [input.name, drawInput(input, 7 + i)]));

export const drawPeerInput = (input: ModelInput, index: number): PeerInput => ({ ...input, data: drawInput(input, 7 + index) });
