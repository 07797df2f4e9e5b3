/**
 * Loop IR out of the syntax tree; the inverse of print-kernel.ts. Errors: QC-TEXT-020 an unknown buffer or variable, 021 operands whose
 * types do not go together, 022 an unknown function or a wrong number of operands, 023 a number where none fits.
 */
import { didYouMean } from "../../support/suggest.js";
import type { BinOp, Expr, MultiFn, Scalar, UnaryFn } from "../loop/expr.js";
import { ifThen } from "../loop/make.js";
import type { Buffer, Kernel, Prepare, ReduceOp, Stmt } from "../loop/stmt.js";
import {
  AllocStmtContext,
  AssignStmtContext,
  type BlockContext,
  type ExprContext,
  ForStmtContext,
  GroupContext,
  IfStmtContext,
  type IndexContext,
  type KernelContext,
  LetStmtContext,
  LiteralContext,
  type NameContext,
  type OperandExprContext,
  ReferenceContext,
  ScopeStmtContext,
  SeqStmtContext,
  type StmtContext,
} from "./generated/qcParser.js";
import { type ExprType, inferredType, readTyped, type Scope, scopeOf, withBuffer, withVar } from "./kernel-types.js";
import { readNumber } from "./literal.js";
import { BINARY } from "./print-kernel.js";
import { createTypeReader, readList, readName, readNum, readString, type TypeReader } from "./read-type.js";
import { failAt, type Place, type Source } from "./syntax.js";

interface Run {
  readonly source: Source;
  readonly types: TypeReader;
}

/** The kernel that a syntax tree spells. */
export function kernelFrom(k: KernelContext, source: Source): Kernel {
  return kernelOf(k, { source, types: createTypeReader(source) });
}

function kernelOf(k: KernelContext, run: Run): Kernel {
  const buffers = k.buffer().map((b): Buffer => bufferOf(b.name(), b.TYPE().symbol, b.role().text as Buffer["role"], run));
  const scope = scopeOf(buffers);
  return {
    name: readName(run.source, k.SYMBOL().symbol),
    buffers,
    prepare: k.prepare().map((p): Prepare => ({ buffer: nameOf(p.name(), run), kernel: kernelOf(p.kernel(), run) })),
    stages: k.stage().map((s) => ({ name: nameOf(s.name(), run), body: blockOf(s.block(), scope, run) })),
  };
}

function bufferOf(name: NameContext, type: Parameters<TypeReader["plain"]>[0], role: Buffer["role"], run: Run): Buffer {
  const { dtype, shape } = run.types.plain(type);
  return { name: nameOf(name, run), dtype, shape, role };
}

const nameOf = (n: NameContext, { source }: Run): string => (n.STRING() ? readString(source, n.start) : n.text);

/** One statement is itself, none or several are a `seq`. */
const together = (list: readonly Stmt[]): Stmt => (list.length === 1 ? list[0] : { k: "seq", body: list });

const blockOf = (b: BlockContext, scope: Scope, run: Run): Stmt => together(listOf(b.stmt(), scope, run));

/** Operators of one expression, and names of one block: each stands inside the one before, and whoever walks the tree takes stack for it. */
const MOST_INSIDE = 1000;

/** Statements of a block; a `let` or `alloc` takes those behind it. QC-TEXT-015 beyond MOST_INSIDE of them. */
function listOf(list: readonly StmtContext[], scope: Scope, run: Run, depth = 0): Stmt[] {
  const done: Stmt[] = [];
  for (let i = 0; i < list.length; i++) {
    const s = list[i];
    if (depth > MOST_INSIDE)
      failAt(
        run.source,
        "QC-TEXT-015",
        s,
        `the block holds more than ${MOST_INSIDE} names`,
        "end the reach of some with braces: { ... }",
      );
    if (s instanceof LetStmtContext) {
      const name = nameOf(s.name(), run);
      const value = exprOf(s.expr(), scope, run);
      return [
        ...done,
        { k: "let", name, value, body: together(listOf(list.slice(i + 1), withVar(scope, name, value), run, depth + 1)) },
      ];
    }
    if (s instanceof AllocStmtContext) {
      const buffer = bufferOf(s.name(), s.TYPE().symbol, (s.role()?.text ?? "local") as Buffer["role"], run);
      return [
        ...done,
        { k: "alloc", buffer, body: together(listOf(list.slice(i + 1), withBuffer(scope, buffer), run, depth + 1)) },
      ];
    }
    done.push(stmtOf(s, scope, run));
  }
  return done;
}

const REDUCE: Readonly<Record<string, ReduceOp>> = {
  "+=": "add",
  "*=": "mul",
  "min=": "min",
  "max=": "max",
  "&=": "and",
  "|=": "or",
};

function stmtOf(s: StmtContext, scope: Scope, run: Run): Stmt {
  if (s instanceof ForStmtContext) {
    const name = nameOf(s.name(), run);
    const kind = s.PARALLEL() ? "parallel" : s.UNROLL() ? "unroll" : "serial";
    const body = blockOf(s.block(), withVar(scope, name, { t: "index", lanes: 1 }), run);
    return { k: "for", name, extent: wholeNumber(s.NUMBER().text, s, run), kind, body };
  }
  if (s instanceof SeqStmtContext) return { k: "seq", body: listOf(s.block().stmt(), scope, run) };
  if (s instanceof ScopeStmtContext) return blockOf(s.block(), scope, run);
  if (s instanceof IfStmtContext) {
    const [then, otherwise] = s.block();
    return ifThen(exprOf(s.expr(), scope, run), blockOf(then, scope, run), otherwise ? blockOf(otherwise, scope, run) : null);
  }
  if (!(s instanceof AssignStmtContext)) throw new Error(`internal error: statement ${s.text}`);
  const buffer = bufferName(s.name(), scope, run);
  const { at, pred } = indexOf(s.index(), scope, run);
  if (pred) failAt(run.source, "QC-TEXT-023", s.index(), "the condition of a store stands behind the value", "y[i] = v if c;");
  const [value, cond] = s.expr().map((e) => exprOf(e, scope, run));
  const op = REDUCE[s.assign().text];
  if (!op) return { k: "store", buffer, index: at, value, pred: cond ?? null };
  if (cond) failAt(run.source, "QC-TEXT-023", s.expr(1), "a reduction has no condition", "select(c, v, identity) does the same");
  return { k: "reduce", op, buffer, index: at, value };
}

function bufferName(n: NameContext, scope: Scope, run: Run): string {
  const name = nameOf(n, run);
  return scope.buffers.has(name)
    ? name
    : failAt(run.source, "QC-TEXT-020", n, `there is no buffer '${name}'`, didYouMean(name, scope.buffers.keys()));
}

function wholeNumber(text: string, place: Place, { source }: Run): number {
  const n = readNumber(text);
  return Number.isSafeInteger(n) ? n : failAt(source, "QC-TEXT-023", place, `'${text}' is not a whole number`);
}

function indexOf(ctx: IndexContext, scope: Scope, run: Run): { at: Expr[]; pred: Expr | null } {
  const list = ctx.LIST();
  if (list)
    return { at: readList(run.source, list.symbol).map((value) => ({ k: "const", t: "index", lanes: 1, value })), pred: null };
  const exprs = ctx.expr().map((e) => exprOf(e, scope, run));
  return ctx.IF() ? { at: exprs.slice(0, -1), pred: exprs[exprs.length - 1] } : { at: exprs, pred: null };
}

const BY_SYMBOL: ReadonlyMap<string, readonly [op: BinOp, level: number]> = new Map(
  Object.entries(BINARY).map(([op, [symbol, level]]) => [symbol, [op as BinOp, level]]),
);

/** Precedence climbing over a flat list of operands; all operations associate to the left. */
function exprOf(ctx: ExprContext, scope: Scope, run: Run): Expr {
  const operands = ctx.operandExpr();
  const ops = ctx.binop();
  if (ops.length > MOST_INSIDE)
    failAt(
      run.source,
      "QC-TEXT-015",
      ctx,
      `an expression of ${ops.length} operators, ${MOST_INSIDE} are read`,
      "name parts of it with `let`",
    );
  let at = 0;
  const climb = (level: number): Expr => {
    let left = operandOf(operands[at], scope, run);
    while (at < ops.length) {
      const symbol = ops[at];
      const [op, own] = BY_SYMBOL.get(symbol.text)!;
      if (own < level) break;
      at++;
      left = typedAs({ k: "bin", op, a: left, b: climb(own + 1), t: "index", lanes: 1 }, null, symbol, scope, run);
    }
    return left;
  };
  return climb(0);
}

function operandOf(ctx: OperandExprContext, scope: Scope, run: Run): Expr {
  const suffix = ctx.IDENT();
  const written = suffix ? readTyped(suffix.text) : null;
  if (suffix && !written)
    failAt(run.source, "QC-TEXT-021", suffix.symbol, `'${suffix.text}' is no type of a value`, "f32, i8x16, index, ...");
  const p = ctx.primary();
  if (p instanceof GroupContext) {
    const inner = exprOf(p.expr(), scope, run);
    return written ? { ...inner, ...written } : inner;
  }
  if (p instanceof LiteralContext) {
    const { t, lanes } = written ?? { t: "index", lanes: 1 };
    const wide = t === "i64" || t === "u64";
    if (wide && !/^-?\d+$/.test(p.text)) failAt(run.source, "QC-TEXT-023", p, `'${p.text}' is not a whole number`);
    return { k: "const", t, lanes, value: wide ? BigInt(p.text) : readNum(p.num()) };
  }
  if (!(p instanceof ReferenceContext)) throw new Error(`internal error: expression ${p.text}`);
  const name = nameOf(p.name(), run);
  const index = p.index();
  const blank = { t: "index", lanes: 1 } as const;
  if (index) {
    const { at, pred } = indexOf(index, scope, run);
    return typedAs({ k: "load", buffer: bufferName(p.name(), scope, run), index: at, pred, ...blank }, written, p, scope, run);
  }
  if (p.childCount > 1) return callOf(p, name, written, scope, run);
  if (!written && !scope.vars.has(name))
    failAt(run.source, "QC-TEXT-020", p, `there is no variable '${name}'`, didYouMean(name, scope.vars.keys()));
  return typedAs({ k: "var", name, ...blank }, written, p, scope, run);
}

/** The expression with its type: the written one, else the inferred one. QC-TEXT-021 where operands do not go together. */
function typedAs(e: Expr, written: ExprType | null, place: Place, scope: Scope, run: Run): Expr {
  if (e.k === "bin" && (e.a.t !== e.b.t || e.a.lanes !== e.b.lanes)) {
    const [a, b] = [e.a, e.b].map((x) => `${x.t} x ${x.lanes}`);
    failAt(
      run.source,
      "QC-TEXT-021",
      place,
      `${e.op} of ${a} and ${b}`,
      "write f32(x) to convert, splat(x, 8) to repeat, 1:f32 for a constant of a type",
    );
  }
  const type =
    written ??
    inferredType(e, scope) ??
    failAt(run.source, "QC-TEXT-021", place, "the type of this cannot be told", "write it behind: bitcast(x):i32x4");
  return { ...e, t: type.t, lanes: type.lanes };
}

const UNARY =
  "neg abs not sqrt floor ceil trunc round exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf sigmoid isnan isinf".split(
    " ",
  );
const ARITY: ReadonlyMap<string, number> = new Map([
  ...UNARY.map((f) => [f, 1] as const),
  ...([
    ["pow", 2],
    ["fma", 3],
    ["mulerr", 2],
    ["madd", 2],
    ["dot4", 2],
    ["mulhi31", 2],
    ["bitcast", 1],
    ["ahead", 2],
    ["min", 2],
    ["max", 2],
    ["select", 3],
    ["splat", 2],
    ["ramp", 3],
  ] as const),
]);

function callOf(p: ReferenceContext, name: string, written: ExprType | null, scope: Scope, run: Run): Expr {
  const { source } = run;
  const given = p.expr();
  const cast = readTyped(name);
  const inRange = cast !== null && given.length === 2 && given[1].text === "in_range";
  const arity = cast
    ? inRange
      ? 2
      : 1
    : (ARITY.get(name) ?? failAt(source, "QC-TEXT-022", p, `there is no function '${name}'`, didYouMean(name, ARITY.keys())));
  if (given.length !== arity) failAt(source, "QC-TEXT-022", p, `${name} takes ${arity} operands, got ${given.length}`);
  const args = given.slice(0, inRange ? 1 : arity).map((e) => exprOf(e, scope, run));
  const literal = (i: number): number => {
    const e = args[i];
    return e.k === "const" ? Number(e.value) : failAt(source, "QC-TEXT-023", given[i], `${name} takes a plain number here`);
  };
  const done = (e: Expr) => typedAs(e, written, p, scope, run);
  const blank = { t: "index" as Scalar, lanes: 1 };
  if (cast) return done({ k: "cast", t: cast.t, lanes: 1, x: args[0], inRange });
  switch (name) {
    case "min":
    case "max":
      return done({ k: "bin", op: name, a: args[0], b: args[1], ...blank });
    case "select":
      return done({ k: "select", cond: args[0], a: args[1], b: args[2], ...blank });
    case "splat":
      return done({ k: "splat", x: args[0], t: "index", lanes: literal(1) });
    case "ramp":
      return done({ k: "ramp", base: args[0], stride: literal(1), t: "index", lanes: literal(2) });
    default:
      return done({ k: "call", fn: name as UnaryFn | MultiFn, args, ...blank });
  }
}
