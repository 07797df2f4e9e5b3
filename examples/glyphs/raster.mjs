/**
 * An anti-aliased stroke rasterizer and a Gaussian blur.
 * @typedef {import("./shapes.mjs").Stroke} Stroke
 */

/**
 * Coverage of strokes of one width, in [0, 1] per pixel: clamp(1/2 + width/2 - distance to the nearest segment), which is exact
 * for a straight edge along the grid and within 0.1 elsewhere. Round caps and joins.
 * @param {readonly Stroke[]} strokes in pixels; the centre of the first pixel is (0.5, 0.5)
 * @param {number} width in pixels
 * @param {number} size of the square image, in pixels
 * @returns {Float64Array} size * size, row by row
 */
export function strokeCoverage(strokes, width, size) {
  const coverage = new Float64Array(size * size);
  const reach = width / 2 + 0.5;
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const [ax, ay] = stroke[i - 1];
      const [bx, by] = stroke[i];
      const dx = bx - ax;
      const dy = by - ay;
      const lengthSquared = dx * dx + dy * dy || 1;
      const x0 = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
      const x1 = Math.min(size - 1, Math.ceil(Math.max(ax, bx) + reach));
      const y0 = Math.max(0, Math.floor(Math.min(ay, by) - reach));
      const y1 = Math.min(size - 1, Math.ceil(Math.max(ay, by) + reach));
      for (let y = y0; y <= y1; y++) {
        for (let x = x0; x <= x1; x++) {
          const px = x + 0.5 - ax;
          const py = y + 0.5 - ay;
          const t = Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
          const distance = Math.sqrt((px - t * dx) ** 2 + (py - t * dy) ** 2);
          const at = y * size + x;
          coverage[at] = Math.max(coverage[at], Math.min(1, reach - distance));
        }
      }
    }
  }
  return coverage;
}

/**
 * Separable Gaussian blur with clamped borders, in place.
 * @param {Float64Array} image size * size * channels, channels last
 * @param {number} size
 * @param {number} channels
 * @param {number} sigma in pixels; below 0.2 nothing is done
 */
export function blur(image, size, channels, sigma) {
  if (sigma < 0.2) return;
  const radius = Math.ceil(2.5 * sigma);
  const taps = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total = taps.reduce((a, b) => a + b);
  const line = new Float64Array(size);
  const along = (/** @type {number} */ start, /** @type {number} */ stride) => {
    for (let i = 0; i < size; i++) line[i] = image[start + i * stride];
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let k = -radius; k <= radius; k++) sum += taps[k + radius] * line[Math.min(size - 1, Math.max(0, i + k))];
      image[start + i * stride] = sum / total;
    }
  };
  for (let ch = 0; ch < channels; ch++) {
    for (let i = 0; i < size; i++) along(i * size * channels + ch, channels);
    for (let i = 0; i < size; i++) along(i * channels + ch, size * channels);
  }
}
