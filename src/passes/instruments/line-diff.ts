/** Line differences by Myers 1986, "An O(ND) difference algorithm", greedy form with the trace kept. */

export interface DiffLine {
  readonly mark: " " | "-" | "+";
  readonly text: string;
}

/** The shortest edit from `a` to `b`, line by line; null where it needs more than `limit` insertions and deletions. */
export function diffLines(a: readonly string[], b: readonly string[], limit = 2000): readonly DiffLine[] | null {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middle = editScript(a.slice(head, a.length - tail), b.slice(head, b.length - tail), limit);
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ mark: " ", text }));
  return middle && [...same(a.slice(0, head)), ...middle, ...same(a.slice(a.length - tail))];
}

function editScript(a: readonly string[], b: readonly string[], limit: number): DiffLine[] | null {
  const most = Math.min(limit, a.length + b.length);
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(furthest));
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(furthest, k, d) ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(a, b, trace);
    }
  }
  return null;
}

const goesDown = (v: ReadonlyMap<number, number>, k: number, d: number): boolean =>
  k === -d || (k !== d && (v.get(k - 1) ?? -1) < (v.get(k + 1) ?? -1));

function backtrack(a: readonly string[], b: readonly string[], trace: readonly ReadonlyMap<number, number>[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const v = trace[d];
    const k = x - y;
    const from = goesDown(v, k, d) ? k + 1 : k - 1;
    const x0 = d === 0 ? 0 : v.get(from)!;
    const y0 = d === 0 ? 0 : x0 - from;
    while (x > x0 && y > y0) {
      lines.push({ mark: " ", text: a[--x] });
      y--;
    }
    if (d === 0) break;
    if (x === x0) lines.push({ mark: "+", text: b[--y] });
    else lines.push({ mark: "-", text: a[--x] });
  }
  return lines.reverse();
}

/** The changed lines with `around` unchanged ones beside them; `...` stands for what is left out. */
export function diffText(lines: readonly DiffLine[], around = 2): string {
  const shown = lines.map((_, i) => lines.slice(Math.max(0, i - around), i + around + 1).some((l) => l.mark !== " "));
  const out: string[] = [];
  lines.forEach((l, i) => {
    if (shown[i]) out.push(`${l.mark} ${l.text}`);
    else if (i === 0 || shown[i - 1]) out.push("  ...");
  });
  return out.join("\n");
}
