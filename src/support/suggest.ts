/** Edits (insert, delete, replace, swap of neighbours) that turn a into b: optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}

/** The candidates near enough to be meant by `name`, nearest first: a third of the letters may differ, and case never counts. */
export function closest(name: string, candidates: Iterable<string>, limit = 3): string[] {
  return ranked(name, candidates)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `did you mean 'a' or 'b'?` of those that are equally near, or undefined where nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const near = ranked(name, candidates);
  const best = near.filter(({ distance }) => distance === near[0].distance).slice(0, 3);
  return best.length ? `did you mean ${best.map(({ candidate }) => `'${candidate}'`).join(" or ")}?` : undefined;
}

function ranked(name: string, candidates: Iterable<string>): { candidate: string; distance: number }[] {
  const wanted = name.toLowerCase();
  const reach = Math.max(1, Math.floor(wanted.length / 3));
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= reach)
    .sort((x, y) => x.distance - y.distance || (x.candidate < y.candidate ? -1 : 1));
}

/** The beginning of a word counts as one edit. */
function distanceTo(wanted: string, candidate: string): number {
  if (wanted.length >= 3 && candidate !== wanted && candidate.startsWith(wanted)) return 1;
  return editDistance(wanted, candidate);
}
