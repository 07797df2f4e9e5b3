/**
 * Graph IR out of text. Result types are inferred anew and compared with what is written; where a node says nothing, the inferred ones
 * hold. Errors, all with a position:
 *   QC-TEXT-001 syntax   002 a value that is not defined   003 defined twice   004 unknown op   005 a type that is not the inferred one
 *   006 a function defined twice   007 unknown function   008 a call or return that does not fit   009 a blob that is nowhere
 *   010 a constant's elements   011 no function   012 a bad escape   013 a bad type   014 an attribute twice
 *   015 nested too deeply   016 a state without its pair; what an op refuses keeps its code
 */
import path from "node:path";
import type { Token } from "antlr4ts";
import { fail, type Loc } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { completeAttrs } from "../attr/attr.js";
import type { BlobStore } from "../blob/blob-store.js";
import { type Constant, type Func, isConst, type Module, type Node, type ValueId } from "../graph/module.js";
import type { Kernel } from "../loop/stmt.js";
import { inferOp, type OpRegistry } from "../op/registry.js";
import { numElements, type TensorType, typeText } from "../type/tensor-type.js";
import type { ConstantContext, FileContext, FuncContext, NodeContext, PlaceContext, PortContext } from "./generated/qcParser.js";
import { elementBytes } from "./literal.js";
import { kernelFrom } from "./parse-kernel.js";
import { refuseStates, statesFrom } from "./parse-states.js";
import { createTypeReader, readAttrs, readKey, readName, readString, readValueId, type TypeReader } from "./read-type.js";
import { failAt, guardDepth, type Place, parseSyntax, posAt, type Source, tokenText } from "./syntax.js";

export interface ParseContext {
  readonly ops: OpRegistry;
  /** Receives inline constants; must hold the blobs that the text names. */
  readonly blobs: BlobStore;
}

export interface ParsedText {
  /** Null where the text holds no function. */
  readonly module: Module | null;
  readonly kernels: readonly Kernel[];
}

/** Reads a text of functions, constants and kernels. `file` names it in errors. */
export function parseText(text: string, file: string, ctx: ParseContext): ParsedText {
  const source: Source = { file, text };
  return guardDepth(source, () => {
    const tree = parseSyntax(source);
    const items = tree.item();
    return {
      module: items.some((i) => i.func()) ? moduleFrom(tree, source, ctx) : null,
      kernels: items.flatMap((i) => i.kernel() ?? []).map((k) => kernelFrom(k, source)),
    };
  });
}

/** Reads a module. QC-TEXT-011 where the text holds no function. */
export function parseModule(text: string, file: string, ctx: ParseContext): Module {
  const { module } = parseText(text, file, ctx);
  const help = "func @main(%x: f32[4]) -> f32[4] { return %x }";
  return module ?? fail("QC-TEXT-011", `'${file}' holds no function`, { pos: posAt({ file, text }, 0), help });
}

interface Signature {
  readonly params: readonly TensorType[];
  readonly results: readonly TensorType[];
}

/** What all functions of the text share. */
interface Run {
  readonly source: Source;
  readonly ctx: ParseContext;
  readonly types: TypeReader;
  readonly consts: Readonly<Record<ValueId, Constant>>;
  readonly signatures: ReadonlyMap<string, Signature>;
}

function moduleFrom(tree: FileContext, source: Source, ctx: ParseContext): Module {
  const types = createTypeReader(source);
  const header = tree.header();
  const items = tree.item();
  const consts: Record<ValueId, Constant> = {};
  for (const c of items.flatMap((i) => i.constant() ?? [])) {
    const id = readValueId(source, c.VALUE().symbol);
    if (!isConst(id))
      failAt(source, "QC-TEXT-003", c.VALUE().symbol, `constant '${id}' needs a name with '#'`, `#${id.slice(1)}`);
    if (Object.hasOwn(consts, id))
      failAt(source, "QC-TEXT-003", c.VALUE().symbol, `constant '${id}' is defined twice`, "rename one of them");
    consts[id] = constantFrom(c, source, types, ctx.blobs);
  }
  const funcs = items.flatMap((i) => i.func() ?? []);
  const signatures = new Map<string, Signature>();
  for (const f of funcs) {
    const name = readName(source, f.SYMBOL().symbol);
    if (signatures.has(name))
      failAt(source, "QC-TEXT-006", f.SYMBOL().symbol, `function '${name}' is defined twice`, "rename one of them");
    signatures.set(name, {
      params: f.param().map((p) => types.type(p.port().type())),
      results: f
        .ports()
        .result()
        .map((r) => types.type(r.port().type())),
    });
  }
  for (const f of funcs.slice(1)) refuseStates(f, source);
  const run: Run = { source, ctx, types, consts, signatures };
  const version = header?.NUMBER();
  if (version && version.text !== "1")
    failAt(
      source,
      "QC-TEXT-001",
      version.symbol,
      `version ${version.text} of the text form is not known`,
      "this qc reads version 1",
    );
  const all = funcs.map((f) => funcFrom(f, run));
  return {
    version: 1,
    name: header ? readString(source, header.STRING().symbol) : path.basename(source.file, path.extname(source.file)),
    funcs: all,
    consts,
    states: funcs.length ? statesFrom(funcs[0], all[0].params, run) : [],
    props: readAttrs(source, header?.attrs()),
  };
}

function constantFrom(c: ConstantContext, source: Source, types: TypeReader, blobs: BlobStore): Constant {
  const type = types.type(c.type());
  const dense = c.DENSE()?.symbol;
  if (dense) {
    const text = tokenText(source, dense);
    const inner = text.slice(text.indexOf("<") + 1, -1);
    const texts = inner.trim() === "" ? [] : inner.split(",").map((t) => t.trim());
    const n = numElements(type.shape);
    if (texts.length !== n)
      failAt(source, "QC-TEXT-010", dense, `${texts.length} elements for ${typeText(type)}, which has ${n}`);
    const bytes = elementBytes(type.dtype, texts);
    if (bytes instanceof Uint8Array) return { type, blob: blobs.put(bytes) };
    const skip = text.indexOf("<") + 1 + inner.split(",").slice(0, bytes.at).join(",").length + (bytes.at > 0 ? 1 : 0);
    const blank = inner.split(",")[bytes.at].search(/\S/);
    return failAt(source, "QC-TEXT-010", dense, bytes.message, undefined, skip + Math.max(0, blank));
  }
  const token = c.STRING()!.symbol;
  const blob = readString(source, token);
  if (!blobs.has(blob))
    failAt(
      source,
      "QC-TEXT-009",
      token,
      `the bytes of blob ${blob} are nowhere`,
      "they belong in the .qcw file beside the text, of the same name",
    );
  return { type, blob };
}

function locFrom(source: Source, p: PlaceContext): Loc {
  const [file, node, pass] = p.STRING().map((s) => readString(source, s.symbol));
  return {
    file,
    node,
    ...(pass === undefined ? {} : { pass }),
    ...(p.FROM() ? { from: p.place().map((f) => locFrom(source, f)) } : {}),
  };
}

function funcFrom(f: FuncContext, run: Run): Func {
  const { source, signatures } = run;
  const name = readName(source, f.SYMBOL().symbol);
  const signature = signatures.get(name)!;
  const values = new Map<ValueId, TensorType>();
  const define = (token: Token, type: TensorType): ValueId => {
    const id = readValueId(source, token);
    if (isConst(id))
      failAt(source, "QC-TEXT-003", token, `'${id}' is a constant's name`, `values are written with '%': %${id.slice(1)}`);
    if (values.has(id)) failAt(source, "QC-TEXT-003", token, `value '${id}' is defined twice`, "rename one of them");
    values.set(id, type);
    return id;
  };
  const params = f.param().map((p, i) => ({ id: define(p.VALUE(0).symbol, signature.params[i]), type: signature.params[i] }));
  const use = (token: Token): [ValueId, TensorType] => {
    const id = readValueId(source, token);
    const type = isConst(id) ? run.consts[id]?.type : values.get(id);
    if (type) return [id, type];
    const known = isConst(id) ? Object.keys(run.consts) : values.keys();
    return failAt(source, "QC-TEXT-002", token, `'${id}' is not defined before it is used`, didYouMean(id, known));
  };
  const body = f.node().map((n) => nodeFrom(n, run, use, define));
  const returned = f.returned().VALUE();
  const ports = f
    .ports()
    .result()
    .map((r) => r.port());
  if (returned.length !== ports.length) {
    failAt(source, "QC-TEXT-008", f.returned(), `'${name}' returns ${returned.length} values, its head says ${ports.length}`);
  }
  const results = returned.map((r, i) => {
    const [id, type] = use(r.symbol);
    if (type !== signature.results[i]) {
      failAt(
        source,
        "QC-TEXT-005",
        r.symbol,
        `${id} is ${typeText(type)}, the head of '${name}' says ${typeText(signature.results[i])}`,
      );
    }
    return id;
  });
  const next = f.NUMBER();
  return {
    name,
    params,
    body,
    results,
    paramNames: f.param().map((p, i) => portName(source, p.port(), params[i].id)),
    resultNames: ports.map((p, i) => portName(source, p, results[i])),
    nextId: next ? Number(next.text) : freshNumber(values.keys()),
  };
}

function portName(source: Source, port: PortContext, id: ValueId): string {
  const name = port.STRING();
  return name ? readString(source, name.symbol) : id.slice(1);
}

/** One more than the greatest number at the end of a name. */
function freshNumber(ids: Iterable<ValueId>): number {
  let next = 0;
  for (const id of ids) next = Math.max(next, Number(/_(\d{1,9})$/.exec(id)?.[1] ?? -1) + 1);
  return next;
}

type Use = (token: Token) => [ValueId, TensorType];
type Define = (token: Token, type: TensorType) => ValueId;

function nodeFrom(n: NodeContext, run: Run, use: Use, define: Define): Node {
  const { source } = run;
  const op = n.word().text;
  const operands = n.operand().map((o): [ValueId, TensorType | null] => {
    const value = o.VALUE();
    return value ? use(value.symbol) : ["", null];
  });
  const types = operands.map(([, type]) => type);
  const names = n.VALUE();
  const done = op === "call" ? callTypes(n, run, types) : opTypes(n, op, run, types);
  const written = n
    .types()
    ?.type()
    .map((t) => run.types.type(t));
  if (names.length !== done.types.length) {
    failAt(source, "QC-TEXT-008", n, `${op} gives ${done.types.length} results, ${names.length} are named`);
  }
  if (written && written.length !== done.types.length) {
    failAt(
      source,
      "QC-TEXT-005",
      n.types() as Place,
      `${op} gives ${done.types.length} results, ${written.length} types are written`,
    );
  }
  written?.forEach((t, i) => {
    if (t === done.types[i]) return;
    failAt(
      source,
      "QC-TEXT-005",
      n.types()!.type(i),
      `'${names[i].text}' is ${typeText(done.types[i])} by what ${op} means, not ${typeText(t)}`,
      "correct the type or leave it out",
    );
  });
  const outputs = names.map((t, i) => ({ id: define(t.symbol, done.types[i]), type: done.types[i] }));
  const loc = n.loc();
  const fallback = { file: path.basename(source.file), node: outputs[0]?.id.slice(1) ?? op };
  return {
    op,
    inputs: operands.map(([id]) => id),
    attrs: done.attrs,
    outputs,
    loc: loc ? locFrom(source, loc.place()) : fallback,
  };
}

type Typed = Pick<Node, "attrs"> & { readonly types: readonly TensorType[] };

function opTypes(n: NodeContext, op: string, { source, ctx }: Run, types: readonly (TensorType | null)[]): Typed {
  const at = n.word();
  const symbol = n.SYMBOL();
  if (symbol)
    failAt(source, "QC-TEXT-001", symbol.symbol, `'${symbol.text}' stands where '(' is expected`, "only `call` names a function");
  const def =
    ctx.ops.get(op) ??
    failAt(
      source,
      "QC-TEXT-004",
      at,
      `unknown op '${op}'`,
      didYouMean(
        op,
        ctx.ops.all().map((d) => d.name),
      ),
    );
  const given = readAttrs(source, n.attrs());
  const complete = completeAttrs(def.attrs, given);
  if (typeof complete === "string") {
    const key = Object.keys(given).find((k) => complete.includes(`'${k}'`));
    const place =
      n
        .attrs()
        ?.attr()
        .find((a) => readKey(source, a) === key) ?? at;
    failAt(source, "QC-IR-010", place, `${op}: ${complete}`, `its attributes: ${Object.keys(def.attrs).join(", ") || "none"}`);
  }
  return inferOp(def, types, given, (code, message) => failAt(source, code, at, message));
}

function callTypes(n: NodeContext, { source, signatures }: Run, types: readonly (TensorType | null)[]): Typed {
  const symbol = n.SYMBOL()?.symbol ?? failAt(source, "QC-TEXT-007", n.word(), "call names no function", "%y = call @name(%x)");
  const callee = readName(source, symbol);
  const known =
    signatures.get(callee) ??
    failAt(source, "QC-TEXT-007", symbol, `there is no function '${callee}'`, didYouMean(callee, signatures.keys()));
  if (types.length !== known.params.length) {
    failAt(source, "QC-TEXT-008", symbol, `'${callee}' takes ${known.params.length} operands, got ${types.length}`);
  }
  types.forEach((t, i) => {
    if (t === known.params[i]) return;
    failAt(
      source,
      "QC-TEXT-008",
      n.operand(i),
      `'${callee}' takes ${typeText(known.params[i])} here, this is ${t ? typeText(t) : "absent"}`,
    );
  });
  return { types: known.results, attrs: { ...readAttrs(source, n.attrs()), callee } };
}
