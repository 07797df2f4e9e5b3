/** Graph IR as text. docs/ir.md explains the form; parse-module.ts reads it. */
import type { Loc } from "../../support/diag.js";
import type { AttrSchema, Attrs, AttrValue } from "../attr/attr.js";
import type { BlobId, BlobStore } from "../blob/blob-store.js";
import type { Constant, Func, Module, Node, ValueId } from "../graph/module.js";
import { isAbsent } from "../graph/module.js";
import type { OpRegistry } from "../op/registry.js";
import { numElements, type TensorType, typeText } from "../type/tensor-type.js";
import { elementsText, keyText, numberText, quoted, sigilName } from "./literal.js";

export interface PrintContext {
  readonly ops: OpRegistry;
  readonly blobs: BlobStore;
}

export interface PrintOptions {
  /** Everything: source locations and the counters of fresh names, so that the text reads back as an equal module. Default: for people. */
  readonly locs?: boolean;
  /** Constants of up to this many elements stand in the text; larger ones are named by their blob. */
  readonly inlineElements?: number;
}

export const INLINE_ELEMENTS = 16;

/** The module as text. Attributes at their defaults are left out; constants larger than `inlineElements` refer to a weights file. */
export function printModule(m: Module, ctx: PrintContext, options: PrintOptions = {}): string {
  const props = Object.keys(m.props).length ? ` ${attrsText(m.props, {})}` : "";
  const consts = Object.entries(m.consts).map(([id, c]) => constantText(id, c, ctx.blobs, options));
  const funcs = m.funcs.map((f) => funcText(m, f, ctx, options));
  return [
    `module ${quoted(m.name)} version ${m.version}${props}\n`,
    ...(consts.length ? [`${consts.join("\n")}\n`] : []),
    ...funcs,
  ].join("\n");
}

/** The blobs that the text of a module names instead of spelling out: what its weights file must hold. */
export function blobsBeside(
  m: Module,
  blobs: BlobStore,
  { inlineElements = INLINE_ELEMENTS }: PrintOptions = {},
): readonly BlobId[] {
  return [...new Set(Object.values(m.consts).flatMap((c) => (isInline(c, blobs, inlineElements) ? [] : [c.blob])))];
}

const isInline = (c: Constant, blobs: BlobStore, limit: number): boolean =>
  numElements(c.type.shape) <= limit && blobs.has(c.blob);

function constantText(id: ValueId, c: Constant, blobs: BlobStore, { inlineElements = INLINE_ELEMENTS }: PrintOptions): string {
  const value = isInline(c, blobs, inlineElements)
    ? `dense<${elementsText(c.type.dtype, blobs.get(c.blob))}>`
    : `blob "${c.blob}"`;
  return `const ${valueText(id)} : ${typeText(c.type)} = ${value}`;
}

/** One function as text, ending in a newline. */
export function funcText(m: Module, f: Func, ctx: Pick<PrintContext, "ops">, options: PrintOptions = {}): string {
  const types = new Map<ValueId, TensorType>();
  for (const v of [...f.params, ...f.body.flatMap((n) => n.outputs)]) types.set(v.id, v.type);
  const port = (id: ValueId, type: TensorType | undefined, name: string | undefined) =>
    `${type ? typeText(type) : "?"}${name === undefined || name === id.slice(1) ? "" : ` as ${quoted(name)}`}`;
  const states = f === m.funcs[0] ? m.states : [];
  const begins = new Map(states.map((s) => [s.param, s.initial === null ? " state" : ` state ${valueText(s.initial)}`]));
  const feeds = new Map(states.map((s) => [s.result, ` state ${valueText(f.params[s.param].id)}`]));
  const params = f.params.map((p, i) => `${valueText(p.id)}: ${port(p.id, p.type, f.paramNames[i])}${begins.get(i) ?? ""}`);
  const results = f.results.map(
    (id, i) => `${port(id, types.get(id) ?? m.consts[id]?.type, f.resultNames[i])}${feeds.get(i) ?? ""}`,
  );
  const single = results.length === 1 && !results[0].includes(" as ");
  const next = options.locs ? ` next ${f.nextId}` : "";
  return [
    `func ${sigilName("@", f.name)}(${params.join(", ")}) -> ${single ? results[0] : `(${results.join(", ")})`}${next} {`,
    ...f.body.map((n) => `  ${nodeText(n, ctx.ops, options)}`),
    `  return${f.results.length ? " " : ""}${f.results.map(valueText).join(", ")}`,
    "}",
    "",
  ].join("\n");
}

/** One node on one line. */
export function nodeText(n: Node, ops: OpRegistry, { locs = false }: PrintOptions = {}): string {
  const results = n.outputs.length ? `${n.outputs.map((o) => valueText(o.id)).join(", ")} = ` : "";
  const isCall = n.op === "call" && typeof n.attrs.callee === "string";
  const { callee, ...others } = n.attrs;
  const attrs = attrsText(isCall ? others : n.attrs, ops.get(n.op)?.attrs ?? {});
  const types = n.outputs.length ? n.outputs.map((o) => typeText(o.type)).join(", ") : "()";
  return [
    `${results}${n.op}${isCall ? ` ${sigilName("@", callee as string)}` : ""}(${n.inputs.map(valueText).join(", ")})`,
    ...(attrs === "{}" ? [] : [attrs]),
    `: ${types}`,
    ...(locs ? [`loc(${placeText(n.loc)})`] : []),
  ].join(" ");
}

const valueText = (id: ValueId): string => (isAbsent(id) ? "_" : sigilName(id[0], id.slice(1)));

function attrsText(attrs: Attrs, schema: AttrSchema): string {
  const shown = Object.entries(attrs).filter(([key, v]) => !sameValue(v, schema[key]?.default));
  return `{${shown.map(([key, v]) => `${keyText(key)} = ${attrText(v, schema[key]?.kind)}`).join(", ")}}`;
}

function attrText(v: AttrValue, kind: string | undefined): string {
  if (typeof v === "number") return numberText(v);
  if (typeof v === "boolean") return String(v);
  if (typeof v === "string") return kind === "dtype" ? v : kind === "func" ? sigilName("@", v) : quoted(v);
  return `[${v.map((x) => (typeof x === "number" ? numberText(x) : quoted(x))).join(", ")}]`;
}

/** Equal to the last bit: 0 and -0 differ, NaN equals itself. */
function sameValue(a: AttrValue, b: AttrValue | undefined): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]));
}

function placeText(loc: Loc): string {
  const pass = loc.pass === undefined ? "" : ` pass ${quoted(loc.pass)}`;
  const from = loc.from === undefined ? "" : ` from(${loc.from.map(placeText).join(", ")})`;
  return `${quoted(loc.file)} ${quoted(loc.node)}${pass}${from}`;
}
