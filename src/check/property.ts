/** Properties of parts: statements that are held on cases drawn from seeds, and the smallest case that contradicts one. */
import { QcError } from "../support/diag.js";

export interface Property<T extends object> {
  /** The statement, as an equation where it is one: `lower = eval`. */
  readonly name: string;
  /** Cases that the part brings itself; they are held before those drawn. */
  readonly own?: readonly T[];
  /** Most cases to draw, where one costs much. */
  readonly most?: number;
  /** The case of a seed; null where the property says nothing of it. */
  draw(seed: number): T | null;
  /** What contradicts the property, in words; null: it holds. */
  differs(t: T): string | null | Promise<string | null>;
  /** Of two counterexamples the smaller one is shown. */
  size(t: T): number;
  /** Simpler forms of a case; each is tried, and the first that still contradicts is taken. */
  simpler(t: T): Iterable<T>;
  /** The case as IR text, or in other words. */
  text(t: T): string;
  /** What people should know of the cases held so far. */
  remark?(): string | null;
}

export interface Counterexample {
  /** Draws the case again; null: one of the part's own. */
  readonly seed: number | null;
  readonly what: string;
  readonly text: string;
}

/** What came of one property. */
export interface Held {
  readonly property: string;
  /** Cases that the property was held on. */
  readonly cases: number;
  /** The first seed. */
  readonly seed: number;
  readonly failure: Counterexample | null;
  readonly remark: string | null;
}

export interface Amount {
  readonly seed: number;
  readonly cases: number;
  readonly onCase?: () => void;
}

/** So many counterexamples are looked at before the smallest is taken. */
const ENOUGH = 8;
/** Forms of a case that are tried at most, to make it simpler. */
const MOST_FORMS = 400;

interface Found<T extends object> {
  readonly seed: number | null;
  readonly what: string;
  /** Null where not even the case could be drawn. */
  readonly t: T | null;
}

/** Holds a property on its own cases and on `cases` drawn ones, from `seed` on. */
export async function hold<T extends object>(p: Property<T>, { seed, cases, onCase }: Amount): Promise<Held> {
  const found: Found<T>[] = [];
  let held = 0;
  const holdOne = async (at: number | null, draw: () => T | null): Promise<void> => {
    let t: T | null = null;
    try {
      t = draw();
    } catch (error) {
      found.push({ seed: at, what: `no case can be drawn: ${thrown(error)}`, t });
    }
    onCase?.();
    if (t === null) return;
    held++;
    const what = await contradiction(p, t);
    if (what !== null) found.push({ seed: at, what, t });
  };
  for (const t of p.own ?? []) await holdOne(null, () => t);
  const last = seed + Math.min(cases, p.most ?? cases);
  for (let s = seed; s < last && found.length < ENOUGH; s++) await holdOne(s, () => p.draw(s));
  const size = (f: Found<T>): number => (f.t === null ? -1 : p.size(f.t));
  const smallest = found.length ? found.reduce((a, b) => (size(b) < size(a) ? b : a)) : null;
  const remark = p.remark?.() ?? (held === 0 && !smallest ? "nothing was drawn that it speaks of" : null);
  return { property: p.name, cases: held, seed, failure: smallest && (await simplest(p, smallest)), remark };
}

/** What contradicts the property; an error that the part throws does too. */
async function contradiction<T extends object>(p: Property<T>, t: T): Promise<string | null> {
  try {
    return await p.differs(t);
  } catch (error) {
    return thrown(error);
  }
}

async function simplest<T extends object>(p: Property<T>, { seed, what, t }: Found<T>): Promise<Counterexample> {
  if (t === null) return { seed, what, text: "" };
  let [at, why] = [t, what];
  for (let left = MOST_FORMS, goesOn = true; goesOn; ) {
    goesOn = false;
    for (const form of p.simpler(at)) {
      if (left-- <= 0) break;
      const still = await contradiction(p, form);
      if (still === null) continue;
      [at, why, goesOn] = [form, still, true];
      break;
    }
  }
  return { seed, what: why, text: p.text(at) };
}

function thrown(error: unknown): string {
  if (error instanceof QcError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
