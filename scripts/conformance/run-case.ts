/** One case from model file to verdict. */
import { readFileSync } from "node:fs";
import type { Context } from "../../src/context.js";
import { createContext } from "../../src/context.js";
import { importOnnx } from "../../src/frontends/onnx/import.js";
import {
  decodeModel,
  decodeTensor,
  dtypeOfOnnx,
  type ModelProto,
  toSafeInt,
  type ValueInfoProto,
} from "../../src/frontends/onnx/proto.js";
import type { Module } from "../../src/ir/graph/module.js";
import { emptyData, type Tensor, tensorOf } from "../../src/ir/op/tensor.js";
import { numElements, tensorType } from "../../src/ir/type/tensor-type.js";
import { QcError } from "../../src/support/diag.js";
import type { Case } from "./cases.js";
import { difference } from "./compare.js";
import type { Engine } from "./engines.js";

/** `frozen`: passed with some inputs given to the compiler as constants, because their values decide shapes. */
export type Outcome = "pass" | "frozen" | "unsupported" | "wrong";

export interface Verdict {
  readonly outcome: Outcome;
  /** Why it is unsupported or wrong; the inputs that were frozen. */
  readonly reason: string;
}

/** Refusals; any other error of a case is a defect, since the cases are correct models. */
const REFUSALS = ["QC-ONNX-003", "QC-ONNX-011", "QC-ONNX-017", "QC-ONNX-018", "QC-ONNX-019"];
/** Cases whose recorded values are less exact than they are compared. */
const INEXACT: readonly { readonly set?: Case["set"]; readonly name: RegExp; readonly rtol: number; readonly atol: number }[] = [
  // rounding noise of float32 where the exact result is zero
  { name: /^test_dft_inverse/, rtol: 1e-3, atol: 1e-6 },
  // ONNX 1.12 cut bfloat16 off instead of rounding it: one unit of the 8-bit mantissa
  { set: "debian", name: /^test_cast(like)?_FLOAT_to_BFLOAT16/, rtol: 2 ** -7, atol: 0 },
];
/** Their values depend on a random generator. */
const RANDOM = /^test_(bernoulli|training_dropout)(?!.*zero_ratio)/;

export function runCase(c: Case, engine: Engine): Verdict {
  try {
    return judge(c, engine);
  } catch (e) {
    if (e instanceof QcError) {
      const [first] = e.diags;
      return { outcome: REFUSALS.includes(e.code) ? "unsupported" : "wrong", reason: `${first.code} ${first.message}` };
    }
    return { outcome: "wrong", reason: (e as Error).stack?.split("\n").slice(0, 4).join(" ") ?? String(e) };
  }
}

function judge(c: Case, engine: Engine): Verdict {
  const bytes = readFileSync(c.model);
  const model = decodeModel(bytes, c.model);
  const names = inputNames(model, c);
  const recorded = (name: string): Tensor => recordedInput(model, c, names.indexOf(name), name);
  const { m, ctx, frozen } = importFreezing(bytes, c, model, names, recorded);
  const got = engine(m, ctx, m.funcs[0].paramNames.map(recorded));
  const outputs = m.funcs[0].resultNames;
  if (got.length !== c.outputs.length) return { outcome: "wrong", reason: `${got.length} outputs, not ${c.outputs.length}` };
  for (const [i, file] of c.outputs.entries()) {
    const want = asDeclared(decodeTensor(readFileSync(file), file).tensor, model.graph?.output?.[i]);
    const wrong = difference(got[i], want, toleranceOf(c), RANDOM.test(c.name));
    if (wrong) return { outcome: "wrong", reason: `output '${outputs[i]}' ${wrong}` };
  }
  return frozen.length ? { outcome: "frozen", reason: frozen.join(", ") } : { outcome: "pass", reason: "" };
}

/** The graph inputs that recorded files belong to: all of them, or those without an initializer. */
function inputNames(model: ModelProto, c: Case): string[] {
  const all = (model.graph?.input ?? []).map((i) => i.name ?? "");
  const initialized = new Set((model.graph?.initializer ?? []).map((i) => i.name));
  return c.inputs && c.inputs.length === all.length ? all : all.filter((n) => !initialized.has(n));
}

const toleranceOf = (c: Case) => INEXACT.find(({ set = c.set, name }) => set === c.set && name.test(c.name)) ?? c;

/**
 * The recorded tensor as the model declares it. ONNX 1.12 recorded bfloat16 as its bits in uint16, and the second operand of CastLike,
 * of which only the type counts, with one element.
 */
function asDeclared(t: Tensor, info: ValueInfoProto | undefined): Tensor {
  const declared = info?.type?.tensorType;
  const dtype = dtypeOfOnnx(declared?.elemType ?? 0) === "bf16" && t.type.dtype === "u16" ? "bf16" : t.type.dtype;
  const dims = (declared?.shape?.dim ?? []).map((d) => toSafeInt(d.dimValue));
  if (t.data.length !== 1 || dims.length === t.type.shape.length || dims.includes(0))
    return { type: tensorType(dtype, t.type.shape), data: t.data };
  return { type: tensorType(dtype, dims), data: emptyData(dtype, numElements(dims)) };
}

function recordedInput(model: ModelProto, c: Case, at: number, name: string): Tensor {
  const info = model.graph?.input?.find((i) => i.name === name);
  if (c.inputs) return asDeclared(decodeTensor(readFileSync(c.inputs[at]), c.inputs[at]).tensor, info);
  const shape = (info?.type?.tensorType?.shape?.dim ?? []).map((d) => toSafeInt(d.dimValue));
  const n = numElements(shape);
  return tensorOf(
    tensorType("f32", shape),
    Float32Array.from({ length: n }, (_, i) => i / n),
  );
}

/** Imports; inputs that must be constant are frozen to their recorded value and the import is repeated. */
function importFreezing(
  bytes: Uint8Array,
  c: Case,
  model: ModelProto,
  names: readonly string[],
  recorded: (name: string) => Tensor,
): { m: Module; ctx: Context; frozen: readonly string[] } {
  const frozen = new Set<string>();
  for (;;) {
    const ctx = createContext();
    const free = names.filter((n) => !frozen.has(n) && isTensorInput(model, n));
    const shapes = { named: Object.fromEntries(free.map((n) => [n, recorded(n).type.shape])), positional: [] };
    const freeze = Object.fromEntries([...frozen].map((n) => [n, recorded(n)]));
    try {
      return { m: importOnnx(bytes, c.model, ctx.onnxRules, ctx, { shapes, freeze }), ctx, frozen: [...frozen] };
    } catch (e) {
      const wanted = e instanceof QcError ? e.diags.flatMap(operandOf).flatMap((v) => inputsBehind(model, v)) : [];
      const more = wanted.filter((n) => names.includes(n) && !frozen.has(n));
      if (!more.length) throw e;
      for (const n of more) frozen.add(n);
    }
  }
}

const isTensorInput = (model: ModelProto, name: string): boolean =>
  model.graph?.input?.find((i) => i.name === name)?.type?.tensorType != null;

/** The operand that QC-ONNX-018 asks to be constant. */
function operandOf(d: QcError["diags"][number]): string[] {
  const named = d.code === "QC-ONNX-018" ? /its operand \d+ \('(.*?)'\) is computed at run time/.exec(d.message) : null;
  return named ? [named[1]] : [];
}

/** The graph inputs that a value is computed from. */
function inputsBehind(model: ModelProto, value: string): string[] {
  const seen = new Set<string>();
  const visit = (v: string): void => {
    if (seen.has(v)) return;
    seen.add(v);
    for (const n of model.graph?.node ?? []) if (n.output?.includes(v)) (n.input ?? []).forEach(visit);
  };
  visit(value);
  return [...seen];
}
