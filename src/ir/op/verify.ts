/**
 * The verifier. A module is well formed when
 *   1. every function has a unique name; `funcs[0]` is the entry and has one name per parameter and result;
 *   2. every value is defined once and before its uses; constants carry `#`, values `%`; results are defined;
 *   3. every node's op is registered, its operand count and attributes fit the op, its result types are the inferred ones;
 *   4. `call` names another function of the module, is not recursive, and its types are the callee's;
 *   5. every constant's blob exists and has the byte size of its type;
 *   6. every state pairs a parameter and a result of the entry of one type, each in one state only, with an initial constant of that type;
 *   7. quantized types have valid parameters: positive finite scales, zero points within the dtype, one pair per index of the axis.
 */
import { type Diag, type Loc, QcError } from "../../support/diag.js";
import type { BlobStore } from "../blob/blob-store.js";
import { type Func, isAbsent, isConst, type Module, type Node, type ValueId } from "../graph/module.js";
import { dtypeInfo, isInt } from "../type/dtype.js";
import { byteSize, type TensorType, typeText } from "../type/tensor-type.js";
import { inferOp, type OpRegistry } from "./registry.js";

/** Every violation found, empty when the module is well formed. */
export function verifyModule(m: Module, ops: OpRegistry, blobs: BlobStore): readonly Diag[] {
  const diags: Diag[] = [];
  const error = (code: string, message: string, loc?: Loc) => diags.push({ severity: "error", code, message, loc });
  const names = new Set<string>();
  for (const f of m.funcs) {
    if (names.has(f.name)) error("QC-IR-020", `function '${f.name}' is defined twice`);
    names.add(f.name);
    if (f.paramNames.length !== f.params.length || f.resultNames.length !== f.results.length) {
      error(
        "QC-IR-020",
        `function '${f.name}' has names for ${f.paramNames.length} of ${f.params.length} parameters and ${f.resultNames.length} of ${f.results.length} results`,
      );
    }
  }
  for (const [id, c] of Object.entries(m.consts)) {
    if (!isConst(id)) error("QC-IR-021", `constant '${id}' does not start with '#'`);
    if (!blobs.has(c.blob)) error("QC-IR-025", `constant '${id}' refers to the unknown blob ${c.blob}`);
    else if (blobs.size(c.blob) !== byteSize(c.type)) {
      error("QC-IR-025", `constant '${id}' of type ${typeText(c.type)} has ${blobs.size(c.blob)} bytes`);
    }
    checkQuant(c.type, `constant '${id}'`, error);
  }
  const funcs = new Map<unknown, Func>(m.funcs.toReversed().map((f) => [f.name, f]));
  for (const f of m.funcs) verifyFunc(m, f, funcs, ops, error);
  verifyStates(m, error);
  return diags;
}

/** Throws every violation as one error. */
export function assertValid(m: Module, ops: OpRegistry, blobs: BlobStore): void {
  const diags = verifyModule(m, ops, blobs);
  if (diags.length) throw new QcError(diags);
}

type Report = (code: string, message: string, loc?: Loc) => void;

function verifyFunc(m: Module, f: Func, funcs: ReadonlyMap<unknown, Func>, ops: OpRegistry, error: Report): void {
  const types = new Map<ValueId, TensorType>();
  const define = (id: ValueId, type: TensorType, loc?: Loc) => {
    if (!id.startsWith("%")) error("QC-IR-021", `value '${id}' does not start with '%'`, loc);
    if (types.has(id)) error("QC-IR-021", `value '${id}' is defined twice in '${f.name}'`, loc);
    types.set(id, type);
    checkQuant(type, `value '${id}'`, error, loc);
  };
  const typeOf = (id: ValueId) => (isConst(id) ? m.consts[id]?.type : types.get(id));
  for (const p of f.params) define(p.id, p.type);
  for (const n of f.body) {
    const operands = n.inputs.map((id) => (isAbsent(id) ? null : typeOf(id)));
    const missing = n.inputs.filter((_, i) => operands[i] === undefined);
    if (missing.length) error("QC-IR-022", `${n.op} uses ${missing.join(", ")}, which nothing before it defines`, n.loc);
    else if (n.op === "call") verifyCall(m, f, funcs.get(n.attrs.callee), n, operands as (TensorType | null)[], error);
    else verifyNode(n, operands as (TensorType | null)[], ops, error);
    for (const o of n.outputs) define(o.id, o.type, n.loc);
  }
  for (const r of f.results) if (!typeOf(r)) error("QC-IR-022", `result ${r} of '${f.name}' is defined nowhere`);
}

function verifyStates(m: Module, error: Report): void {
  const entry = m.funcs[0];
  const types = valueTypes(entry);
  m.states.forEach(({ param, result, initial }, i) => {
    const name = entry.paramNames[param] ?? `${param}`;
    const type = entry.params[param]?.type;
    const id = entry.results[result];
    if (!type || id === undefined)
      return error(
        "QC-IR-027",
        `state '${name}' pairs parameter ${param} with result ${result}, which '${entry.name}' does not have`,
      );
    if (m.states.some((s, k) => k < i && (s.param === param || s.result === result)))
      error("QC-IR-027", `state '${name}': its parameter or result belongs to another state too`);
    const next = isConst(id) ? m.consts[id]?.type : types.get(id);
    if (next !== type)
      error("QC-IR-027", `state '${name}' is ${typeText(type)}, its next value ${next ? typeText(next) : "nothing"}`);
    if (initial !== null && m.consts[initial]?.type !== type)
      error("QC-IR-027", `state '${name}' begins with '${initial}', which is no constant of type ${typeText(type)}`);
  });
}

function verifyNode(n: Node, operands: readonly (TensorType | null)[], ops: OpRegistry, error: Report): void {
  const def = ops.get(n.op);
  if (!def) return error("QC-IR-009", `unknown op '${n.op}'`, n.loc);
  try {
    const { types } = inferOp(def, operands, n.attrs, (code, message) => {
      throw new QcError([{ severity: "error", code, message }]);
    });
    if (types.length !== n.outputs.length)
      error("QC-IR-023", `${n.op} has ${types.length} results, the node names ${n.outputs.length}`, n.loc);
    n.outputs.forEach((o, i) => {
      if (types[i] && types[i] !== o.type)
        error("QC-IR-023", `${o.id} is ${typeText(o.type)}, but ${n.op} gives ${typeText(types[i])}`, n.loc);
    });
  } catch (e) {
    if (!(e instanceof QcError)) throw e;
    for (const d of e.diags) error(d.code, d.message, n.loc);
  }
}

function verifyCall(
  m: Module,
  f: Func,
  callee: Func | undefined,
  n: Node,
  operands: readonly (TensorType | null)[],
  error: Report,
): void {
  if (!callee) return error("QC-IR-024", `call of '${n.attrs.callee}', which is no function of the module`, n.loc);
  if (callee === f || callee === m.funcs[0]) error("QC-IR-024", `call of '${callee.name}' is recursive`, n.loc);
  const types = valueTypes(callee);
  const results = callee.results.map((r) => (isConst(r) ? m.consts[r]?.type : types.get(r)));
  const fits =
    operands.length === callee.params.length &&
    operands.every((t, i) => t === callee.params[i].type) &&
    n.outputs.length === results.length &&
    n.outputs.every((o, i) => o.type === results[i]);
  if (!fits) error("QC-IR-024", `call of '${callee.name}' does not fit its signature`, n.loc);
}

function valueTypes(f: Func): ReadonlyMap<ValueId, TensorType> {
  const values = [...f.params, ...f.body.flatMap((n) => n.outputs)];
  return new Map(values.map((v) => [v.id, v.type]));
}

function checkQuant(t: TensorType, what: string, error: Report, loc?: Loc): void {
  const q = t.quant;
  if (!q) return;
  if (!isInt(t.dtype)) return error("QC-IR-026", `${what}: ${t.dtype} cannot be quantized`, loc);
  const scales = q.kind === "tensor" ? [q.scale] : q.scales;
  const zeros = q.kind === "tensor" ? [q.zero] : q.zeros;
  const { min, max } = dtypeInfo(t.dtype);
  if (!scales.every((s) => Number.isFinite(s) && s > 0)) error("QC-IR-026", `${what}: a scale is not positive and finite`, loc);
  if (!zeros.every((z) => Number.isInteger(z) && z >= min && z <= max))
    error("QC-IR-026", `${what}: a zero point lies outside ${t.dtype}`, loc);
  if (q.kind === "tensor") return;
  if (q.axis < 0 || q.axis >= t.shape.length)
    return error("QC-IR-026", `${what}: quantized axis ${q.axis} of rank ${t.shape.length}`, loc);
  const blocks =
    q.kind === "axis" ? t.shape[q.axis] : t.shape.reduce((n, d, i) => n * (i === q.axis ? Math.ceil(d / q.block) : d), 1);
  if (scales.length !== blocks || zeros.length !== blocks) {
    error("QC-IR-026", `${what}: ${scales.length} scales and ${zeros.length} zero points for ${blocks} slices`, loc);
  }
}
