/** C identifiers of names that may hold anything. */

const KEYWORDS = [
  "auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return",
  "short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof",
  // types and objects of the generated file
  "f32 f64 f16 bf16 i4 u4 i8 u8 i16 u16 i32 u32 i64 u64 arena state exec inputs outputs",
].flatMap((line) => line.split(" "));

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

export function createNames(taken: Iterable<string> = []): Names {
  const used = new Set([...KEYWORDS, ...taken]);
  return {
    take(wanted) {
      const base = identifier(wanted);
      let name = base;
      for (let n = 2; used.has(name); n++) name = `${base}_${n}`;
      used.add(name);
      return name;
    },
    inner: () => createNames(used),
  };
}

/** Text inside a comment, on one line. */
export const commentText = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]/g, "?")
    .replaceAll("*/", "* /")
    .replaceAll("/*", "/ *")
    .replaceAll("??", "? ?");
