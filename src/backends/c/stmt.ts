/** C statements of loop nests, one line each. */
import type { Expr } from "../../ir/loop/expr.js";
import * as make from "../../ir/loop/make.js";
import type { Buffer, ReduceStmt, Stmt } from "../../ir/loop/stmt.js";
import { substituteIn } from "../../ir/loop/visit.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { invariant, unreachable } from "../../support/assert.js";
import { elementText, loadedPiece, pieceOf, reducedPiece, storedText } from "./expr.js";
import type { Helpers } from "./helpers.js";
import type { Names } from "./names.js";
import { elementType, valueType } from "./types.js";

export interface NamedBuffer {
  readonly def: Buffer;
  /** Name of the pointer or array. */
  readonly c: string;
}

interface Scope {
  readonly variables: ReadonlyMap<string, string>;
  readonly buffers: ReadonlyMap<string, NamedBuffer>;
  readonly names: Names;
  readonly indent: string;
}

const known = <T>(map: ReadonlyMap<string, T>, name: string): T => {
  const found = map.get(name);
  invariant(found !== undefined, `'${name}' is defined`);
  return found;
};

/** Lines as they are written, some of which are known only when what follows them is. */
interface Lines {
  push(line: string): void;
  /** A place for a line that may stay out. */
  reserve(): number;
  fill(place: number, line: string): void;
  /** Whether a line behind `place` holds the identifier. */
  isNamedAfter(place: number, name: string): boolean;
  all(): readonly string[];
}

function createLines(): Lines {
  const lines: (string | null)[] = [];
  const lastNamed = new Map<string, number>();
  const note = (line: string, at: number): void => {
    for (const [name] of line.matchAll(/[A-Za-z_]\w*/g)) lastNamed.set(name, Math.max(at, lastNamed.get(name) ?? 0));
  };
  return {
    push: (line) => note(line, lines.push(line) - 1),
    reserve: () => lines.push(null) - 1,
    fill(place, line) {
      lines[place] = line;
      note(line, place);
    },
    isNamedAfter: (place, name) => (lastNamed.get(name) ?? -1) > place,
    all: () => lines.filter((l) => l !== null),
  };
}

/** Lines of a statement; `buffers` by their names in the loop IR, `names`: the scope that it stands in. */
export function statementLines(
  body: Stmt,
  buffers: ReadonlyMap<string, NamedBuffer>,
  names: Names,
  helpers: Helpers,
): readonly string[] {
  const lines = createLines();
  const reader = (s: Scope) => ({
    helpers,
    variable: (name: string) => known(s.variables, name),
    buffer: (name: string) => known(s.buffers, name),
  });
  const text = (e: Expr, s: Scope): string => pieceOf(e, reader(s)).text;
  const inside = (s: Scope, more: Partial<Scope> = {}): Scope => ({
    ...s,
    names: s.names.inner(),
    indent: `${s.indent}  `,
    ...more,
  });
  const bound = (s: Scope, name: string, c: string): Scope => ({ ...s, variables: new Map(s.variables).set(name, c) });

  const reduceLine = (st: ReduceStmt, s: Scope): string => {
    const { dtype } = known(s.buffers, st.buffer).def;
    const element = elementText(st.buffer, st.index, reader(s));
    const value = pieceOf(st.value, reader(s));
    const isPlain = dtype === "f32" || dtype === "f64" || dtype === "u32" || dtype === "u64";
    if (isPlain && (st.op === "add" || st.op === "mul")) return `${element} ${st.op === "add" ? "+=" : "*="} ${value.text};`;
    const next = reducedPiece(st.op, dtype, loadedPiece(dtype, element, helpers), value, helpers);
    return `${element} = ${storedText(dtype, next, helpers)};`;
  };

  const emit = (st: Stmt, s: Scope): void => {
    switch (st.k) {
      case "for": {
        if (st.extent === 1) return emit(substituteIn(st.body, new Map([[st.name, make.index(0)]])), s);
        const inner = inside(s);
        const c = inner.names.take(st.name);
        lines.push(`${s.indent}for (ptrdiff_t ${c} = 0; ${c} < ${st.extent}; ${c}++) {`);
        emit(st.body, bound(inner, st.name, c));
        lines.push(`${s.indent}}`);
        return;
      }
      case "seq":
        for (const x of st.body) {
          if (x.k === "let" || x.k === "alloc") block(x, s);
          else emit(x, s);
        }
        return;
      case "store": {
        const { def } = known(s.buffers, st.buffer);
        const value = storedText(def.dtype, pieceOf(st.value, reader(s)), helpers);
        const when = st.pred ? `if (${text(st.pred, s)}) ` : "";
        lines.push(`${s.indent}${when}${elementText(st.buffer, st.index, reader(s))} = ${value};`);
        return;
      }
      case "reduce":
        lines.push(`${s.indent}${reduceLine(st, s)}`);
        return;
      case "alloc": {
        const c = s.names.take(st.buffer.name);
        lines.push(`${s.indent}${elementType(st.buffer.dtype)} ${c}[${Math.max(1, numElements(st.buffer.shape))}];`);
        return emit(st.body, { ...s, buffers: new Map(s.buffers).set(st.buffer.name, { def: st.buffer, c }) });
      }
      case "if":
        lines.push(`${s.indent}if (${text(st.cond, s)}) {`);
        emit(st.then, inside(s));
        if (st.else) {
          lines.push(`${s.indent}} else {`);
          emit(st.else, inside(s));
        }
        lines.push(`${s.indent}}`);
        return;
      case "let": {
        const c = s.names.take(st.name);
        const definition = `${s.indent}const ${valueType(st.value.t)} ${c} = ${text(st.value, s)};`;
        const place = lines.reserve();
        emit(st.body, bound(s, st.name, c));
        if (lines.isNamedAfter(place, c)) lines.fill(place, definition);
        return;
      }
      default:
        return unreachable(st);
    }
  };
  /** In braces, so that what it names ends with it. */
  const block = (st: Stmt, s: Scope): void => {
    lines.push(`${s.indent}{`);
    emit(st, inside(s));
    lines.push(`${s.indent}}`);
  };
  emit(body, { variables: new Map(), buffers, names, indent: "  " });
  return lines.all();
}
