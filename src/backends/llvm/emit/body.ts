import type { Arch } from "../../../ir/target/arch.js";
import { invariant } from "../../../support/assert.js";

/** Least and greatest value of an index, both inclusive. */
export type Range = readonly [min: number, max: number];

/** What the functions of one LLVM module have in common: declarations of intrinsics and helper functions, made on demand. */
export interface ModuleParts {
  readonly features: ReadonlySet<string>;
  readonly arch: Arch;
  /** Adds `declare ...` once. */
  declare(text: string): void;
  /** Adds a function once, by its name with the `@`; returns the name. */
  helper(name: string, define: () => string): string;
  /** Adds a metadata node that refers to itself first, `distinct !{!n, ...}`; returns `!n`. */
  metadata(operands: string): string;
  /** All that was added, in order. */
  text(): string;
}

export function createModuleParts(arch: Arch, features: Iterable<string>): ModuleParts {
  const declarations = new Set<string>();
  const helpers = new Map<string, string>();
  const nodes: string[] = [];
  return {
    arch,
    features: new Set(features),
    declare: (text) => void declarations.add(text),
    helper(name, define) {
      if (!helpers.has(name)) {
        helpers.set(name, "");
        helpers.set(name, define());
      }
      return name;
    },
    metadata(operands) {
      const id = `!${nodes.length}`;
      nodes.push(`${id} = distinct !{${id}, ${operands}}`);
      return id;
    },
    text: () => [...declarations, ...helpers.values(), ...nodes].map((t) => `${t}\n`).join(""),
  };
}

/** Instructions of one function, block by block. Pure instructions are numbered by their text within the blocks that dominate. */
export interface Body {
  readonly module: ModuleParts;
  /** A register for the result of an instruction without side effects. */
  pure(instruction: string): string;
  /** A register for an instruction that must stand where it is: a load, a phi. */
  fresh(instruction: string): string;
  /** An instruction without result. */
  line(instruction: string): void;
  comment(text: string): void;
  /** The label of the block being written. */
  block(): string;
  newLabel(hint: string): string;
  start(label: string): void;
  /** An instruction whose text is known later; `fill` gives it. */
  hole(): { readonly name: string; fill(instruction: string): void };
  /** Registers made inside are forgotten afterwards: they do not dominate what follows. */
  scope<T>(inner: () => T): T;
  /** A stack slot of the function, made at its entry. */
  slot(type: string, align: number, hint: string): string;
  /** Order in which registers were made, and what is known of an index register. */
  orderOf(register: string): number;
  setRange(register: string, range: Range): void;
  rangeOf(register: string): Range;
  /** Number of instructions so far. */
  size(): number;
  text(): string;
}

const UNKNOWN: Range = [-(2 ** 52), 2 ** 52];

export function createBody(module: ModuleParts, params: readonly string[]): Body {
  const lines: string[] = [];
  const slots: string[] = [];
  const ranges = new Map<string, Range>();
  const order = new Map<string, number>(params.map((p, i) => [p, i]));
  let known: Map<string, string>[] = [new Map()];
  let current = "entry";
  let count = 0;
  let labels = 0;

  const register = (): string => {
    const name = `%v${count++}`;
    order.set(name, order.size);
    return name;
  };
  return {
    module,
    pure(instruction) {
      for (const level of known) {
        const name = level.get(instruction);
        if (name !== undefined) return name;
      }
      const name = register();
      lines.push(`  ${name} = ${instruction}`);
      known[known.length - 1].set(instruction, name);
      return name;
    },
    fresh(instruction) {
      const name = register();
      lines.push(`  ${name} = ${instruction}`);
      return name;
    },
    line: (instruction) => void lines.push(`  ${instruction}`),
    comment: (text) => void lines.push(`  ; ${text.replaceAll("\n", " ")}`),
    block: () => current,
    newLabel: (hint) => `${hint.replace(/[^\w.]/g, "_")}.${labels++}`,
    start(label) {
      lines.push(`${label}:`);
      current = label;
    },
    hole() {
      const name = register();
      const at = lines.push("") - 1;
      return {
        name,
        fill(instruction) {
          invariant(lines[at] === "", "an instruction is filled in twice");
          lines[at] = `  ${name} = ${instruction}`;
        },
      };
    },
    scope(inner) {
      const outer = known;
      known = [...outer, new Map()];
      const result = inner();
      known = outer;
      return result;
    },
    slot(type, align, hint) {
      const name = `%${hint.replace(/\W/g, "_")}.${slots.length}`;
      slots.push(`  ${name} = alloca ${type}, align ${align}`);
      order.set(name, order.size);
      return name;
    },
    orderOf: (name) => order.get(name) ?? 0,
    setRange: (name, range) => void ranges.set(name, range),
    rangeOf: (name) => ranges.get(name) ?? UNKNOWN,
    size: () => lines.length,
    text: () => ["entry:", ...slots, ...lines, ""].join("\n"),
  };
}
