import type { Expr } from "../../ir/loop/expr.js";
import type { Buffer, ReduceOp, ReduceStmt, Stage, Stmt, StoreStmt } from "../../ir/loop/stmt.js";
import { type DType, isFloat } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { unreachable } from "../../support/assert.js";
import { binText, type ExprScope, exprText, flatText, type Rounded, storedText } from "./expr.js";
import type { MathTexts } from "./math.js";

interface VarDef {
  readonly js: string;
  readonly lanes: number;
}
interface Scope extends ExprScope {
  withVar(name: string, def: VarDef): Scope;
  withBuffer(def: Buffer, js: string): Scope;
}

/** The JavaScript function of one stage: its parameters are the kernel's buffers, its locals are made at entry. */
export interface StageText {
  /** Statements of the function body. */
  readonly body: string;
  readonly locals: readonly { readonly js: string; readonly dtype: DType; readonly length: number }[];
}

export interface StageOptions {
  readonly checked: boolean;
  readonly fma: Rounded;
  readonly math: MathTexts;
}

const identifier = (name: string): string => name.replace(/[^A-Za-z0-9]/g, "_");

function scopeOf(
  vars: ReadonlyMap<string, VarDef>,
  buffers: ReadonlyMap<string, { def: Buffer; js: string }>,
  options: StageOptions,
): Scope {
  const known = <T>(map: ReadonlyMap<string, T>, name: string): T => {
    const v = map.get(name);
    if (v === undefined) throw new Error(`internal error: unknown name '${name}' in loop IR`);
    return v;
  };
  return {
    checked: options.checked,
    fma: options.fma,
    mathFunction: options.math.nameOf,
    variable: (name, lane) => {
      const v = known(vars, name);
      return v.lanes > 1 ? `${v.js}[${lane}]` : v.js;
    },
    buffer: (name) => known(buffers, name),
    withVar: (name, def) => scopeOf(new Map(vars).set(name, def), buffers, options),
    withBuffer: (def, js) => scopeOf(vars, new Map(buffers).set(def.name, { def, js }), options),
  };
}

/** The step of a reduction: BinOp's, but that NaN stays the extreme of floats. */
function reduceText(op: ReduceOp, t: DType, old: string, value: string): string {
  if ((op !== "min" && op !== "max") || !isFloat(t)) return binText(op, t, old, value);
  return `${op === "min" ? "nanMin" : "nanMax"}(${old}, ${value})`;
}

const lanesOf = (es: readonly (Expr | null)[]): number => Math.max(1, ...es.map((e) => e?.lanes ?? 1));

function readsBuffer(e: Expr, name: string): boolean {
  switch (e.k) {
    case "load":
      return e.buffer === name || e.index.some((i) => readsBuffer(i, name)) || (e.pred !== null && readsBuffer(e.pred, name));
    case "bin":
      return readsBuffer(e.a, name) || readsBuffer(e.b, name);
    case "select":
      return readsBuffer(e.cond, name) || readsBuffer(e.a, name) || readsBuffer(e.b, name);
    case "cast":
    case "splat":
      return readsBuffer(e.x, name);
    case "ramp":
      return readsBuffer(e.base, name);
    case "call":
      return e.args.some((a) => readsBuffer(a, name));
    case "const":
    case "var":
      return false;
    default:
      return unreachable(e);
  }
}

/** Generates a stage; `buffers` gives the JavaScript name of every kernel buffer. */
export function stageText(
  stage: Stage,
  buffers: ReadonlyMap<string, { def: Buffer; js: string }>,
  options: StageOptions,
): StageText {
  const locals: { js: string; dtype: DType; length: number }[] = [];
  const vectors: string[] = [];
  const out: string[] = [];
  let fresh = 0;

  const lanewise = (lanes: number, line: (lane: string) => string) => {
    if (lanes === 1) out.push(line("0"));
    else out.push(`for (let l = 0; l < ${lanes}; l++) {`, line("l"), "}");
  };
  const vectorTemp = (lanes: number): string => {
    const js = `v${fresh++}_`;
    vectors.push(`const ${js} = new Array(${lanes});`);
    return js;
  };

  const store = (s: StoreStmt, scope: Scope) => {
    const { def, js } = scope.buffer(s.buffer);
    const lanes = lanesOf([...s.index, s.value, s.pred]);
    const write = (lane: string, value: string) => {
      const line = `${js}[${flatText(def, s.index, lane, scope)}] = ${storedText(def.dtype, value)};`;
      return s.pred ? `if (${exprText(s.pred, lane, scope)}) ${line}` : line;
    };
    if (lanes > 1 && readsBuffer(s.value, s.buffer)) {
      const temp = vectorTemp(lanes);
      lanewise(lanes, (lane) => `${temp}[${lane}] = ${exprText(s.value, lane, scope)};`);
      lanewise(lanes, (lane) => write(lane, `${temp}[${lane}]`));
    } else lanewise(lanes, (lane) => write(lane, exprText(s.value, lane, scope)));
  };
  const reduce = (s: ReduceStmt, scope: Scope) => {
    const { def, js } = scope.buffer(s.buffer);
    const lanes = lanesOf([...s.index, s.value]);
    const t = def.dtype;
    lanewise(lanes, (lane) => {
      const p = `p${fresh++}_`;
      const old = t === "f16" || t === "bf16" ? `${t}ToF32(${js}[${p}])` : t === "bool" ? `(${js}[${p}] !== 0)` : `${js}[${p}]`;
      const next = reduceText(s.op, t, old, exprText(s.value, lane, scope));
      return `const ${p} = ${flatText(def, s.index, lane, scope)}; ${js}[${p}] = ${storedText(t, next)};`;
    });
  };

  const emit = (s: Stmt, scope: Scope): void => {
    switch (s.k) {
      case "for": {
        const js = `${identifier(s.name)}_${fresh++}`;
        out.push(`for (let ${js} = 0; ${js} < ${s.extent}; ${js}++) {`);
        emit(s.body, scope.withVar(s.name, { js, lanes: 1 }));
        out.push("}");
        return;
      }
      case "seq":
        for (const x of s.body) {
          out.push("{");
          emit(x, scope);
          out.push("}");
        }
        return;
      case "store":
        store(s, scope);
        return;
      case "reduce":
        reduce(s, scope);
        return;
      case "alloc": {
        const js = `${identifier(s.buffer.name)}_${fresh++}`;
        locals.push({ js, dtype: s.buffer.dtype, length: numElements(s.buffer.shape) });
        if (scope.checked && isFloat(s.buffer.dtype)) out.push(`${js}.fill(NaN);`);
        emit(s.body, scope.withBuffer(s.buffer, js));
        return;
      }
      case "if":
        out.push(`if (${exprText(s.cond, "0", scope)}) {`);
        emit(s.then, scope);
        if (s.else) {
          out.push("} else {");
          emit(s.else, scope);
        }
        out.push("}");
        return;
      case "let": {
        const { lanes } = s.value;
        if (lanes > 1) {
          const js = vectorTemp(lanes);
          lanewise(lanes, (lane) => `${js}[${lane}] = ${exprText(s.value, lane, scope)};`);
          emit(s.body, scope.withVar(s.name, { js, lanes }));
          return;
        }
        const js = `${identifier(s.name)}_${fresh++}`;
        out.push(`const ${js} = ${exprText(s.value, "0", scope)};`);
        emit(s.body, scope.withVar(s.name, { js, lanes: 1 }));
        return;
      }
      default:
        return unreachable(s);
    }
  };
  emit(stage.body, scopeOf(new Map(), buffers, options));
  return { body: [...vectors, ...out].join("\n"), locals };
}
