/**
 * Loop IR as text. Blocks and statements stand for each other without loss:
 *   a block of one statement is that statement; of none or several, their `seq`; a `seq` that is nested or has one statement is spelled out
 *   let v = e; rest...      --> let in the block of the rest; the same for alloc. Where something follows, `{ let ...; }` ends it
 * Types of expressions are the inferred ones (kernel-types.ts) unless written: `0.5:f32`, `bitcast(x):i16x4`.
 */
import { unreachable } from "../../support/assert.js";
import type { BinOp, Expr, Scalar } from "../loop/expr.js";
import type { Buffer, Kernel, ReduceOp, Stmt } from "../loop/stmt.js";
import { type ExprType, inferredType, KEYWORDS, type Scope, scopeOf, typed, withBuffer, withVar } from "./kernel-types.js";
import { numberText, quoted, sigilName } from "./literal.js";

/** The kernel as text, ending in a newline. */
export function printKernel(k: Kernel): string {
  return `${kernelLines(k).join("\n")}\n`;
}

const indent = (lines: readonly string[]): string[] => lines.map((l) => `  ${l}`);

function kernelLines(k: Kernel): string[] {
  const scope = scopeOf(k.buffers);
  return [
    `kernel ${sigilName("@", k.name)} {`,
    ...indent(k.buffers.map((b) => `${b.role} ${bufferText(b)}`)),
    ...k.prepare.flatMap((p) => {
      const [head, ...rest] = kernelLines(p.kernel);
      return indent([`prepare ${nameText(p.buffer)} with ${head}`, ...rest]);
    }),
    ...k.stages.flatMap((s) => indent([`stage ${nameText(s.name)} {`, ...indent(blockLines(s.body, scope)), "}"])),
    "}",
  ];
}

const bufferText = (b: Buffer): string => `${nameText(b.name)} : ${b.dtype}[${b.shape.join(", ")}]`;

/** A name as it stands in a kernel; quoted where it would read as something else. */
export const nameText = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name) && !KEYWORDS.has(name) ? name : quoted(name);

function blockLines(s: Stmt, scope: Scope): string[] {
  return s.k === "seq" && s.body.length !== 1 ? listLines(s.body, scope) : stmtLines(s, scope, true);
}

const listLines = (list: readonly Stmt[], scope: Scope): string[] =>
  list.flatMap((s, i) => stmtLines(s, scope, i === list.length - 1));

const REDUCE: Readonly<Record<ReduceOp, string>> = { add: "+=", mul: "*=", min: "min=", max: "max=", and: "&=", or: "|=" };

function stmtLines(s: Stmt, scope: Scope, isLast: boolean): string[] {
  switch (s.k) {
    case "for": {
      const kind = s.kind === "serial" ? "" : `${s.kind} `;
      const inner = withVar(scope, s.name, { t: "index", lanes: 1 });
      return [`${kind}for ${nameText(s.name)} in ${s.extent} {`, ...indent(blockLines(s.body, inner)), "}"];
    }
    case "seq":
      return ["seq {", ...indent(listLines(s.body, scope)), "}"];
    case "store":
      return [
        `${placeText(s.buffer, s.index, null, scope)} = ${exprText(s.value, scope)}${s.pred ? ` if ${exprText(s.pred, scope)}` : ""};`,
      ];
    case "reduce":
      return [`${placeText(s.buffer, s.index, null, scope)} ${REDUCE[s.op]} ${exprText(s.value, scope)};`];
    case "if": {
      const otherwise = s.else ? ["} else {", ...indent(blockLines(s.else, scope)), "}"] : ["}"];
      return [`if (${exprText(s.cond, scope)}) {`, ...indent(blockLines(s.then, scope)), ...otherwise];
    }
    case "let": {
      const inner = withVar(scope, s.name, s.value);
      return scoped(isLast, [`let ${nameText(s.name)} = ${exprText(s.value, scope)};`, ...blockLines(s.body, inner)]);
    }
    case "alloc": {
      const role = s.buffer.role === "local" ? "" : `${s.buffer.role} `;
      return scoped(isLast, [`alloc ${role}${bufferText(s.buffer)};`, ...blockLines(s.body, withBuffer(scope, s.buffer))]);
    }
    default:
      return unreachable(s);
  }
}

const scoped = (isLast: boolean, lines: readonly string[]): string[] => (isLast ? [...lines] : ["{", ...indent(lines), "}"]);

function placeText(buffer: string, at: readonly Expr[], pred: Expr | null, scope: Scope): string {
  const guard = pred ? `${at.length ? " " : ""}if ${exprText(pred, scope)}` : "";
  return `${nameText(buffer)}[${at.map((e) => exprText(e, scope)).join(", ")}${guard}]`;
}

/** Symbols of the two-operand operations, with how tightly they bind; all associate to the left. */
export const BINARY: Readonly<Partial<Record<BinOp, readonly [symbol: string, level: number]>>> = {
  mul: ["*", 9],
  div: ["/", 9],
  mod: ["%", 9],
  add: ["+", 8],
  sub: ["-", 8],
  shl: ["<<", 7],
  shr: [">>", 7],
  lt: ["<", 6],
  le: ["<=", 6],
  gt: [">", 6],
  ge: [">=", 6],
  eq: ["==", 5],
  ne: ["!=", 5],
  and: ["&", 4],
  xor: ["^", 3],
  or: ["|", 2],
};
const TIGHT = 10;

/** An expression as text; parenthesised where it binds less tightly than `level`. */
export function exprText(e: Expr, scope: Scope, level = 0): string {
  const isPlain = sameType(inferredType(e, scope), e);
  const [text, own] = bareText(e, scope);
  if (!isPlain) return `${own < TIGHT ? `(${text})` : text}:${typed(e)}`;
  return own < level ? `(${text})` : text;
}

const sameType = (a: ExprType | null, b: ExprType): boolean => a?.t === b.t && a.lanes === b.lanes;

function bareText(e: Expr, scope: Scope): [text: string, level: number] {
  const args = (list: readonly Expr[]) => list.map((a) => exprText(a, scope)).join(", ");
  switch (e.k) {
    case "const":
      return [typeof e.value === "bigint" ? String(e.value) : numberText(e.value), TIGHT];
    case "var":
      return [nameText(e.name), TIGHT];
    case "load":
      return [placeText(e.buffer, e.index, e.pred, scope), TIGHT];
    case "bin": {
      const infix = BINARY[e.op];
      if (!infix) return [`${e.op}(${args([e.a, e.b])})`, TIGHT];
      const [symbol, level] = infix;
      return [`${exprText(e.a, scope, level)} ${symbol} ${exprText(e.b, scope, level + 1)}`, level];
    }
    case "select":
      return [`select(${args([e.cond, e.a, e.b])})`, TIGHT];
    case "cast":
      return [`${e.t satisfies Scalar}(${exprText(e.x, scope)}${e.inRange ? ", in_range" : ""})`, TIGHT];
    case "ramp":
      return [`ramp(${exprText(e.base, scope)}, ${e.stride}, ${e.lanes})`, TIGHT];
    case "splat":
      return [`splat(${exprText(e.x, scope)}, ${e.lanes})`, TIGHT];
    case "call":
      return [`${e.fn}(${args(e.args)})`, TIGHT];
    default:
      return unreachable(e);
  }
}
