/** C identifiers of names that may hold anything. */

const KEYWORDS: ReadonlySet<string> = new Set(
  [
    "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return",
    "short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof",
    // types and objects of the generated file
    "f32 f64 f16 bf16 i4 u4 i8 u8 i16 u16 i32 u32 i64 u64 arena state exec inputs outputs",
  ].flatMap((line) => line.split(" ")),
);

/** Letters, digits and underscores, a letter first. */
export function identifier(name: string, fallback = "x"): string {
  const text = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return /^[A-Za-z]/.test(text) ? text : text ? `${fallback}_${text}` : fallback;
}

/** Names of one scope and of those around it. */
export interface Names {
  /** A name that is taken nowhere here; from now on it is. */
  take(wanted: string): string;
  /** A scope inside: what it takes is free again outside. */
  inner(): Names;
}

/** What a scope asks the one around it. */
interface Taken {
  has(name: string): boolean;
  /** The number that the next name of this beginning tries first: smaller ones are taken. */
  next(base: string): number;
}

const NOTHING: Taken = { has: (name) => KEYWORDS.has(name), next: () => 2 };

export const createNames = (taken: Iterable<string> = []): Names => namesWithin(NOTHING, taken);

/** A scope looks into those around it, and copies nothing: a loop costs its own names. */
function namesWithin(outer: Taken, taken: Iterable<string> = []): Names {
  const used = new Set(taken);
  const numbers = new Map<string, number>();
  const all: Taken = {
    has: (name) => used.has(name) || outer.has(name),
    next: (base) => Math.max(numbers.get(base) ?? 2, outer.next(base)),
  };
  return {
    take(wanted) {
      const base = identifier(wanted);
      let name = base;
      if (all.has(base)) {
        let n = all.next(base);
        for (name = `${base}_${n}`; all.has(name); name = `${base}_${n}`) n++;
        numbers.set(base, n + 1);
      }
      used.add(name);
      return name;
    },
    inner: () => namesWithin(all),
  };
}

/** Text inside a comment, on one line. */
export const commentText = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]/g, "?")
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *")
    .replaceAll("??", "? ?");
