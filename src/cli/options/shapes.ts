import type { Option } from "./option.js";
import { badValue } from "./option.js";

export interface InputShape {
  /** Name of the model input; null: the inputs in the order of the model. */
  readonly name: string | null;
  readonly shape: readonly number[];
}

const HELP = `write --input_shapes "name:[1,3,224,224]", or "1,3,224,224" for a model with one input`;

/**
 * `name:[1,3,224,224]` | `[1,3,224,224]` | `1, 224, 224, 3`; several in one text are set apart by `,` after a bracket, by `;`, or by a blank.
 * Names may hold `:` and `/`.
 */
export function parseInputShapes(texts: readonly string[], spelling: string): InputShape[] {
  const shapes = texts.flatMap((text) => parseOneText(text, spelling));
  const seen = new Set<string>();
  for (const { name } of shapes) {
    if (name === null) continue;
    if (seen.has(name)) badValue(spelling, name, "is given two shapes", "name every input once");
    seen.add(name);
  }
  return shapes;
}

function parseOneText(text: string, spelling: string): InputShape[] {
  if (text.trim() === "") return badValue(spelling, text, "is no shape", HELP);
  if (!text.includes("[")) return text.split(";").map((part) => parseBare(part, text, spelling));
  const entry = /\s*(?:([^\s[](?:.*?\S)??)\s*:\s*)?\[([^\][]*)\]\s*[,;]?/y;
  const shapes: InputShape[] = [];
  while (text.slice(entry.lastIndex).trim() !== "") {
    const match = entry.exec(text);
    if (!match) return badValue(spelling, text, "is no shape", HELP);
    shapes.push({ name: match[1] ?? null, shape: parseDims(match[2], text, spelling) });
  }
  return shapes;
}

/** `1, 224, 224, 3` or `name:1,224,224,3` */
function parseBare(part: string, whole: string, spelling: string): InputShape {
  const match = /^\s*(?:(.*\S)\s*:)?\s*([\d\s,-]+)$/.exec(part);
  if (!match || match[2].trim() === "") return badValue(spelling, whole, "is no shape", HELP);
  return { name: match[1] ?? null, shape: parseDims(match[2], whole, spelling) };
}

function parseDims(list: string, whole: string, spelling: string): number[] {
  if (list.trim() === "") return [];
  return list.split(",").map((dim) => {
    const size = Number(dim);
    if (dim.trim() === "" || !Number.isSafeInteger(size))
      return badValue(spelling, whole, `has a dimension '${dim.trim()}' that is not a number`, HELP);
    if (size < 0)
      return badValue(
        spelling,
        whole,
        `has the dimension ${size}`,
        "a network is compiled for fixed shapes: give every dimension a size",
      );
    return size;
  });
}

/** `--input_shapes` (`-ishapes`), repeatable, several values after one option. */
export function inputShapes(doc: string, group?: string): Option<readonly InputShape[]> {
  return {
    doc,
    aliases: ["-ishapes", "--input_shape"],
    group,
    value: '"NAME:[1,3,224,224]"',
    required: false,
    absent: [],
    continues: (argument) => /^[^-].*:\s*\[[\d\s,]*\]$|^\[[\d\s,]*\]$/.test(argument),
    parse: parseInputShapes,
  };
}
