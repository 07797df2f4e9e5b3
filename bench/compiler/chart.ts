/** A small chart in SVG: measured points joined by lines, two axes from zero. */
export interface Series {
  readonly label: string;
  readonly color: string;
  /** Of the right axis instead of the left. */
  readonly right?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly left: string;
  readonly right: string;
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [420, 260];
const BOX = { left: 52, right: 56, top: 34, bottom: 44 } as const;
const TICKS = 4;

/** A round number at or above `v`: 1, 2, 4, 5, 6 or 8 times a power of ten. */
export function roundUp(v: number): number {
  const power = 10 ** Math.floor(Math.log10(v));
  return power * ([1, 2, 4, 5, 6, 8, 10].find((m) => m * power >= v * 0.9999) ?? 10);
}

const number = (v: number): string => String(Number(v.toPrecision(3)));
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function chartBody({ title, x, left, right, series }: Chart): string {
  const most = (of: (s: Series) => readonly number[]) => roundUp(Math.max(1e-9, ...series.flatMap(of)));
  const limits = {
    x: most((s) => s.points.map((p) => p[0])),
    left: most((s) => (s.right ? [] : s.points.map((p) => p[1]))),
    right: most((s) => (s.right ? s.points.map((p) => p[1]) : [])),
  };
  const px = (v: number) => BOX.left + (v / limits.x) * (WIDTH - BOX.left - BOX.right);
  const py = (v: number, limit: number) => HEIGHT - BOX.bottom - (v / limit) * (HEIGHT - BOX.top - BOX.bottom);
  const text = (tx: number, ty: number, value: string, anchor = "middle", fill = "#444") =>
    `<text x="${number(tx)}" y="${number(ty)}" text-anchor="${anchor}" fill="${fill}">${escaped(value)}</text>`;
  const ticks = Array.from({ length: TICKS + 1 }, (_, i) => i / TICKS).flatMap((t) => {
    const y = number(py(t, 1));
    return [
      `<path d="M${BOX.left} ${y}H${WIDTH - BOX.right}" stroke="#ddd"/>`,
      text(BOX.left - 6, py(t, 1) + 4, number(t * limits.left), "end"),
      text(WIDTH - BOX.right + 6, py(t, 1) + 4, number(t * limits.right), "start"),
      text(px(t * limits.x), HEIGHT - BOX.bottom + 16, number(t * limits.x)),
    ];
  });
  const lines = series.flatMap((s, i) => {
    const at = s.points.map(([a, b]) => [number(px(a)), number(py(b, s.right ? limits.right : limits.left))]);
    return [
      `<path d="M${at.map((p) => p.join(" ")).join("L")}" fill="none" stroke="${s.color}" stroke-width="2"/>`,
      ...at.map(([a, b]) => `<circle cx="${a}" cy="${b}" r="3" fill="${s.color}"/>`),
      text(BOX.left + 8, BOX.top + 14 + 15 * i, s.label, "start", s.color),
    ];
  });
  const titles = [
    text(WIDTH / 2, 18, title, "middle", "#000"),
    text(WIDTH / 2, HEIGHT - 8, x),
    text(6, 18, left, "start"),
    text(WIDTH - 6, 18, right, "end"),
  ];
  return [...ticks, ...lines, ...titles].join("\n");
}

/** Charts side by side. */
export function svg(charts: readonly Chart[]): string {
  const bodies = charts.map((c, i) => `<g transform="translate(${i * WIDTH} 0)">\n${chartBody(c)}\n</g>`);
  const size = `width="${charts.length * WIDTH}" height="${HEIGHT}" viewBox="0 0 ${charts.length * WIDTH} ${HEIGHT}"`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11">`;
  return `${head}\n<rect width="100%" height="100%" fill="#fff"/>\n${bodies.join("\n")}\n</svg>\n`;
}
