/** One ONNX node as a model, run by ONNX Runtime (its optimizer off) and by the importer with the reference interpreter. */
import onnxProto from "onnx-proto";
import * as ort from "onnxruntime-node";
import { importOnnx } from "../../../src/frontends/onnx/import.js";
import type { ImportRules } from "../../../src/frontends/onnx/rule.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { bytesOf, numbersOf, type Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import type { DType } from "../../../src/ir/type/dtype.js";

const { onnx } = onnxProto;
const CODES: Partial<Record<DType, number>> = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, bool: 9, f64: 11 };
const ORT_TYPES: Partial<Record<DType, ort.Tensor.Type>> = {
  f32: "float32",
  u8: "uint8",
  i8: "int8",
  i32: "int32",
  i64: "int64",
  bool: "bool",
  f64: "float64",
};

/** Integers are ints, so floats with whole values are written as { float: 2 }. */
export type AttributeValue = number | string | readonly number[] | readonly string[] | { readonly float: number };

export interface RuntimeCase {
  readonly op: string;
  readonly opset?: number;
  /** Inputs of the graph, then constants. */
  readonly inputs: readonly Tensor[];
  /** null: an absent operand. */
  readonly consts?: readonly (Tensor | null)[];
  readonly attrs?: Readonly<Record<string, AttributeValue>>;
  readonly outputs?: number;
  /** Greatest difference allowed; 0 for integers. */
  readonly within?: number;
}

function attribute(name: string, v: AttributeValue) {
  const text = (s: string) => new TextEncoder().encode(s);
  if (typeof v === "string") return { name, type: 3, s: text(v) };
  if (typeof v === "number") return Number.isInteger(v) ? { name, type: 2, i: v } : { name, type: 1, f: v };
  if ("float" in v) return { name, type: 1, f: v.float };
  if (typeof v[0] === "string") return { name, type: 8, strings: v.map((s) => text(String(s))) };
  return { name, type: 7, ints: [...v] };
}

export function modelOf(c: RuntimeCase): Uint8Array {
  const [domain, opType] = c.op.includes("::") ? c.op.split("::") : ["", c.op];
  const valueInfo = (t: Tensor, name: string) => ({
    name,
    type: { tensorType: { elemType: CODES[t.type.dtype], shape: { dim: t.type.shape.map((d) => ({ dimValue: d })) } } },
  });
  const consts = c.consts ?? [];
  const outputs = Array.from({ length: c.outputs ?? 1 }, (_, k) => `y${k}`);
  const graph = {
    name: "case",
    input: c.inputs.map((t, k) => valueInfo(t, `x${k}`)),
    output: outputs.map((name) => ({ name })),
    initializer: consts.flatMap((t, k) =>
      t ? [{ name: `c${k}`, dims: [...t.type.shape], dataType: CODES[t.type.dtype], rawData: bytesOf(t) }] : [],
    ),
    node: [
      {
        opType,
        domain,
        input: [...c.inputs.map((_, k) => `x${k}`), ...consts.map((t, k) => (t ? `c${k}` : ""))],
        output: outputs,
        attribute: Object.entries(c.attrs ?? {}).map(([name, v]) => attribute(name, v)),
      },
    ],
  };
  const opsetImport = [{ domain: "", version: c.opset ?? 17 }, ...(domain ? [{ domain, version: 1 }] : [])];
  return onnx.ModelProto.encode(onnx.ModelProto.create({ irVersion: 8, opsetImport, graph } as never)).finish();
}

export interface Result {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export async function byRuntime(bytes: Uint8Array, c: RuntimeCase): Promise<Result[]> {
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
  const feeds = Object.fromEntries(
    c.inputs.map((t, k) => [`x${k}`, new ort.Tensor(ORT_TYPES[t.type.dtype]!, t.data as never, t.type.shape)]),
  );
  const out = await session.run(feeds);
  return session.outputNames.map((name) => ({
    shape: out[name].dims,
    values: Array.from(out[name].data as ArrayLike<number | bigint>, Number),
  }));
}

export function byCompiler(bytes: Uint8Array, rules: ImportRules, c: RuntimeCase): Result[] {
  const ops = createOpRegistry();
  for (const def of builtinOps) ops.add(def, "qc");
  const ctx = { ops, blobs: createBlobStore(), report: () => {} };
  const module = importOnnx(bytes, "case.onnx", rules, ctx);
  return evaluateModule(module, ctx, c.inputs).map((t) => ({ shape: t.type.shape, values: Array.from(numbersOf(t)) }));
}
