/** One ONNX node as a model, imported and evaluated. */
import onnxProto from "onnx-proto";
import { importOnnx } from "../../../src/frontends/onnx/import.js";
import { builtinRules } from "../../../src/frontends/onnx/rules/index.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { evaluateModule } from "../../../src/ir/op/evaluate.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import type { Tensor } from "../../../src/ir/op/tensor.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import type { DType } from "../../../src/ir/type/dtype.js";

const { onnx } = onnxProto;
const CODES: Readonly<Partial<Record<DType, number>>> = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, bool: 9, f64: 11 };

export type NodeAttr = number | string | readonly number[] | { readonly ints: readonly number[] };

export interface OneNode {
  readonly op: string;
  readonly domain?: string;
  readonly opset?: number;
  readonly inputs: readonly Tensor[];
  /** Operands that are known when the model is compiled. */
  readonly frozen?: readonly number[];
  readonly outputs?: number;
  /** A number is an int where it is whole (write 0.5 for floats), a list floats unless wrapped in `ints`. */
  readonly attrs?: Readonly<Record<string, NodeAttr>>;
}

function attributeOf(name: string, v: NodeAttr) {
  if (typeof v === "string") return { name, type: 3, s: new TextEncoder().encode(v) };
  if (typeof v === "number") return Number.isInteger(v) ? { name, type: 2, i: v } : { name, type: 1, f: v };
  return "ints" in v ? { name, type: 7, ints: [...v.ints] } : { name, type: 6, floats: [...v] };
}

/** Results of the node's own outputs. Throws what the importer throws. */
export function runNode({ op, domain = "", opset = 21, inputs, frozen = [], outputs = 1, attrs = {} }: OneNode): Tensor[] {
  const names = inputs.map((_, i) => `x${i}`);
  const results = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const typed = (t: Tensor, name: string) => ({
    name,
    type: { tensorType: { elemType: CODES[t.type.dtype] ?? 0, shape: { dim: t.type.shape.map((dimValue) => ({ dimValue })) } } },
  });
  const node = { opType: op, domain, name: "node", input: names, output: results };
  const attribute = Object.entries(attrs).map(([name, v]) => attributeOf(name, v));
  const graph = {
    name: "g",
    node: [{ ...node, attribute }],
    input: inputs.map((t, i) => typed(t, names[i])),
    output: results.map((name) => ({ name })),
  };
  const model = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: opset }, ...(domain ? [{ domain, version: 4 }] : [])],
    graph,
  };
  const bytes = onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
  const ops = createOpRegistry();
  for (const def of builtinOps) ops.add(def, "test");
  const ctx = { ops, blobs: createBlobStore(), report: () => {} };
  const freeze = Object.fromEntries(frozen.map((i) => [names[i], inputs[i]]));
  const module = importOnnx(bytes, "one-node.onnx", Object.assign({}, ...Object.values(builtinRules)), ctx, { freeze });
  return evaluateModule(
    module,
    ctx,
    inputs.filter((_, i) => !frozen.includes(i)),
  );
}
