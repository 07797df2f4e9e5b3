/**
 * The sixteen glyphs as strokes. Coordinates: x to the right, y down, both within [-1, 1]; angles in degrees, clockwise from +x.
 * @typedef {readonly [x: number, y: number]} Point
 * @typedef {readonly Point[]} Stroke a polyline
 * @typedef {{ readonly name: string, readonly strokes: readonly Stroke[] }} Glyph
 */

/** @type {(cx: number, cy: number, rx: number, ry: number, from: number, to: number) => Point[]} */
function arc(cx, cy, rx, ry, from, to) {
  const steps = Math.max(2, Math.ceil(Math.abs(to - from) / 20));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / steps) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

/** @type {(corners: number, inner: number) => Point[]} a closed star outline, first tip up; inner radius as a part of the outer */
function starOutline(corners, inner) {
  return Array.from({ length: 2 * corners + 1 }, (_, i) => {
    const angle = (i * Math.PI) / corners - Math.PI / 2;
    const radius = i % 2 === 0 ? 0.95 : 0.95 * inner;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

/** @type {readonly Stroke[]} */
const six = [arc(0.02, 0.36, 0.48, 0.48, 0, 360), arc(0.36, 0.36, 0.82, 1.2, 180, 268)];

/** In the order of their class index. @type {readonly Glyph[]} */
export const glyphs = [
  { name: "zero", strokes: [arc(0, 0, 0.55, 0.85, 0, 360)] },
  {
    name: "one",
    strokes: [
      [
        [-0.32, -0.5],
        [0.08, -0.85],
        [0.08, 0.85],
      ],
    ],
  },
  { name: "two", strokes: [[...arc(0, -0.4, 0.5, 0.45, 190, 385), [-0.55, 0.85], [0.58, 0.85]]] },
  { name: "three", strokes: [arc(-0.04, -0.43, 0.47, 0.42, -150, 90), arc(-0.04, 0.42, 0.54, 0.43, -90, 150)] },
  {
    name: "four",
    strokes: [
      [
        [0.28, 0.85],
        [0.28, -0.85],
        [-0.58, 0.32],
        [0.62, 0.32],
      ],
    ],
  },
  { name: "five", strokes: [[[0.48, -0.85], [-0.38, -0.85], [-0.43, -0.02], ...arc(0, 0.32, 0.53, 0.53, -142, 150)]] },
  { name: "six", strokes: six },
  {
    name: "seven",
    strokes: [
      [
        [-0.52, -0.85],
        [0.55, -0.85],
        [-0.15, 0.85],
      ],
    ],
  },
  { name: "eight", strokes: [arc(0, -0.43, 0.42, 0.42, 0, 360), arc(0, 0.43, 0.5, 0.43, 0, 360)] },
  { name: "nine", strokes: six.map((stroke) => stroke.map(([x, y]) => /** @type {Point} */ ([-x, -y]))) },
  {
    name: "plus",
    strokes: [
      [
        [-0.75, 0],
        [0.75, 0],
      ],
      [
        [0, -0.75],
        [0, 0.75],
      ],
    ],
  },
  {
    name: "equals",
    strokes: [
      [
        [-0.7, -0.32],
        [0.7, -0.32],
      ],
      [
        [-0.7, 0.32],
        [0.7, 0.32],
      ],
    ],
  },
  {
    name: "hash",
    strokes: [-0.33, 0.33].flatMap((t) => [
      [
        [-0.85, t],
        [0.85, t],
      ],
      [
        [t, -0.85],
        [t, 0.85],
      ],
    ]),
  },
  {
    name: "arrow",
    strokes: [
      [
        [-0.85, 0],
        [0.85, 0],
      ],
      [
        [0.3, -0.5],
        [0.85, 0],
        [0.3, 0.5],
      ],
    ],
  },
  {
    name: "triangle",
    strokes: [
      [
        [0, -0.8],
        [0.85, 0.7],
        [-0.85, 0.7],
        [0, -0.8],
      ],
    ],
  },
  { name: "star", strokes: [starOutline(5, 0.42)] },
];
