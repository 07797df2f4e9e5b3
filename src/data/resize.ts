import type { Image } from "./image.js";

/**
 * Bilinear with half-pixel centres and clamped edges, no anti-aliasing; aspect ratio not kept.
 *   source coordinate = clamp((i + 0.5) * from / to - 0.5, 0, from - 1)
 */
export function resizeBilinear({ height, width, channels, data }: Image, toHeight: number, toWidth: number): Image<Float32Array> {
  if (height === toHeight && width === toWidth) return { height, width, channels, data: Float32Array.from(data) };
  const out = new Float32Array(toHeight * toWidth * channels);
  const rows = sources(height, toHeight);
  const columns = sources(width, toWidth);
  let at = 0;
  for (const [y0, y1, a] of rows) {
    for (const [x0, x1, b] of columns) {
      for (let c = 0; c < channels; c++) {
        const pixel = (y: number, x: number) => data[(y * width + x) * channels + c];
        out[at++] = (1 - a) * ((1 - b) * pixel(y0, x0) + b * pixel(y0, x1)) + a * ((1 - b) * pixel(y1, x0) + b * pixel(y1, x1));
      }
    }
  }
  return { height: toHeight, width: toWidth, channels, data: out };
}

/** For every target index the two source indices and the weight of the second. */
function sources(from: number, to: number): [number, number, number][] {
  return Array.from({ length: to }, (_, i) => {
    const x = Math.min(Math.max((i + 0.5) * (from / to) - 0.5, 0), from - 1);
    const low = Math.floor(x);
    return [low, Math.min(low + 1, from - 1), x - low];
  });
}

/** The middle of an image; what is cut off is split evenly, the odd row or column at the far side. */
export function centreCrop({ height, width, channels, data }: Image, toHeight: number, toWidth: number): Image<Float32Array> {
  const top = Math.floor((height - toHeight) / 2);
  const left = Math.floor((width - toWidth) / 2);
  const out = new Float32Array(toHeight * toWidth * channels);
  for (let y = 0; y < toHeight; y++) {
    const start = ((y + top) * width + left) * channels;
    out.set(data.subarray(start, start + toWidth * channels), y * toWidth * channels);
  }
  return { height: toHeight, width: toWidth, channels, data: out };
}

/** Resizes so that the image just covers the target, aspect ratio kept, and cuts out the middle. */
export function resizeAndCrop(image: Image, toHeight: number, toWidth: number): Image<Float32Array> {
  const scale = Math.max(toHeight / image.height, toWidth / image.width);
  const height = Math.max(toHeight, Math.round(image.height * scale));
  const width = Math.max(toWidth, Math.round(image.width * scale));
  return centreCrop(resizeBilinear(image, height, width), toHeight, toWidth);
}
