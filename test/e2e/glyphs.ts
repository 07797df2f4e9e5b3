/** Images of the glyph example, and images that no camera gives, as its network takes them: f32 [1, 3, 32, 32], 0 to 1. */
import { join } from "node:path";
import { drawSample, imageSize, unitNchw } from "../../examples/glyphs/draw.mjs";
import { random } from "../../examples/glyphs/random.mjs";

export const GLYPHS_ONNX = join(import.meta.dirname, "../../examples/glyphs/glyphs.onnx");

type Image = readonly [Float32Array];

export const glyphImage = (split: "train" | "test", i: number): Image => [unitNchw(drawSample(7, split, i).pixels)];

const filled = (value: (i: number) => number): Image => [
  Float32Array.from({ length: 3 * imageSize * imageSize }, (_, i) => value(i)),
];

/** Black, noise, saturated noise, huge values, and halves of quantization steps. */
export function unusualImages(): readonly Image[] {
  const rng = random(3, "test", 0);
  return [
    filled(() => 0),
    filled(() => rng.between(-0.3, 1.3)),
    filled(() => rng.between(-1000, 1000)),
    filled((i) => (i % 2 ? 3e38 : -3e38)),
    filled((i) => ((i % 511) + 0.5) / 510),
  ];
}
