import { fail } from "../support/diag.js";
import type { TypedArray } from "../support/npy.js";
import { describe, type InputSpec } from "./tensor.js";

type Constructor<A> = new (length: number) => A;

/** [n, h, w, c] --> [n, c, h, w]; shape is [n, h, w, c]. */
export function nhwcToNchw<A extends TypedArray>(data: A, [n, h, w, c]: readonly [number, number, number, number]): A {
  return swapAxes(data, n, h * w, c);
}

/** [n, c, h, w] --> [n, h, w, c]; shape is [n, c, h, w]. */
export function nchwToNhwc<A extends TypedArray>(data: A, [n, c, h, w]: readonly [number, number, number, number]): A {
  return swapAxes(data, n, c, h * w);
}

/** [n, a, b] --> [n, b, a] */
function swapAxes<A extends TypedArray>(data: A, n: number, a: number, b: number): A {
  const out = new (data.constructor as Constructor<A>)(data.length);
  for (let i = 0; i < n; i++) {
    const base = i * a * b;
    for (let x = 0; x < a; x++) for (let y = 0; y < b; y++) out[base + y * a + x] = data[base + x * b + y];
  }
  return out;
}

/** How an image lies in an input. */
export type Geometry =
  | {
      readonly kind: "image";
      readonly height: number;
      readonly width: number;
      readonly channels: 1 | 3;
      readonly layout: "NCHW" | "NHWC";
    }
  /** A vector: the pixels of an image of the right size, one after the other. */
  | { readonly kind: "flat"; readonly length: number };

const isChannels = (n: number): n is 1 | 3 => n === 1 || n === 3;

/** The layout that a shape [n, ?, ?, ?] of a one- or three-channel image can only have; null where both or neither is possible. */
export function layoutOfShape(shape: readonly number[]): "NCHW" | "NHWC" | null {
  if (shape.length !== 4) return null;
  const [, second, , fourth] = shape;
  if (isChannels(second) === isChannels(fourth)) return null;
  return isChannels(second) ? "NCHW" : "NHWC";
}

/** The place for one image in an input of the shapes [1,C,H,W], [1,H,W,C], [C,H,W], [H,W,C], [1,H,W], [1,N], [1,N,1], [N]. */
export function geometryOf(spec: InputSpec): Geometry {
  const { shape } = spec;
  const no = (why: string, help: string): never =>
    fail("QC-DATA-002", `an image cannot fill ${describe(spec)}: ${why}`, { help });
  const dims = shape.length > 3 && shape[0] === 1 ? shape.slice(1) : shape;
  if (shape.length === 4 && shape[0] !== 1)
    return no(`it is a batch of ${shape[0]}`, "compile for a batch of 1, or give the whole batch as .npy");
  if (dims.length <= 2 || (dims.length === 3 && dims[0] === 1 && dims[2] === 1))
    return { kind: "flat", length: dims.reduce((n, d) => n * d, 1) };
  if (dims.length !== 3) return no(`it has ${shape.length} dimensions`, "give the sample as .npy");
  const layout = spec.layout ?? layoutOfShape([1, ...dims]);
  if (!layout)
    return no(
      "the shape fits NCHW as well as NHWC, or neither",
      "say which: --layout NCHW or --layout NHWC; or give the sample as .npy",
    );
  const [channels, height, width] = layout === "NCHW" ? dims : [dims[2], dims[0], dims[1]];
  if (!isChannels(channels))
    return no(`it has ${channels} channels in ${layout}`, "an image has 1 or 3: check --layout, or give the sample as .npy");
  return { kind: "image", height, width, channels, layout };
}
