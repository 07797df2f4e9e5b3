/** Decoding of ONNX protobufs into checked values: the one place that trusts nothing in the file. */
import path from "node:path";
import onnxProto from "onnx-proto";
import { dataFromBytes, emptyData, type Tensor, type TypedArray } from "../../ir/op/tensor.js";
import type { DType } from "../../ir/type/dtype.js";
import { byteSize, numElements, tensorType } from "../../ir/type/tensor-type.js";
import { fail, QcError } from "../../support/diag.js";
import { type DataFolder, dataFolderOf, readExternal } from "./external-data.js";
import { onnxLimits } from "./limits.js";
import { copyRaw, type ReadRaw } from "./model-file.js";
import { functionAttributes } from "./newer-fields.js";
import { graphsOf } from "./topology.js";

const { onnx } = onnxProto;
export type ModelProto = onnxProto.onnx.IModelProto;
export type GraphProto = onnxProto.onnx.IGraphProto;
export type NodeProto = onnxProto.onnx.INodeProto;
export type TensorProto = onnxProto.onnx.ITensorProto;
export type AttributeProto = onnxProto.onnx.IAttributeProto;
export type ValueInfoProto = onnxProto.onnx.IValueInfoProto;
/** With the field `attribute_proto` (attributes with a default), which is newer than the package. */
export type FunctionProto = onnxProto.onnx.IFunctionProto & { readonly attributeProto?: readonly AttributeProto[] };

/** TensorProto.DataType; 21 and 22 are newer than the package's enum but decode as numbers. */
const DTYPE_OF: Readonly<Record<number, DType>> = {
  1: "f32",
  2: "u8",
  3: "i8",
  4: "u16",
  5: "i16",
  6: "i32",
  7: "i64",
  9: "bool",
  10: "f16",
  11: "f64",
  12: "u32",
  13: "u64",
  16: "bf16",
  21: "u4",
  22: "i4",
};
const TYPE_NAMES: Readonly<Record<number, string>> = {
  0: "undefined",
  8: "string",
  14: "complex64",
  15: "complex128",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  23: "float4e2m1",
  24: "float8e8m0",
  25: "uint2",
  26: "int2",
};

/** The element type of an ONNX type number, or null where qc has none. */
export const dtypeOfOnnx = (n: number): DType | null => DTYPE_OF[n] ?? null;
export const onnxTypeName = (n: number): string => DTYPE_OF[n] ?? TYPE_NAMES[n] ?? `type ${n}`;

type Integer = number | { toString(): string };

/** An int64 field as a number, saturated to the safe range: ONNX spells "to the end" as INT64_MAX. */
export function toSafeInt(v: Integer | null | undefined): number {
  const n = Number(typeof v === "object" && v !== null ? v.toString() : (v ?? 0));
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, n));
}

const NO_MODEL = "the file is damaged, truncated or no ONNX protobuf; export or copy it again";

/**
 * Decodes a model file's bytes; fields that the package does not know are skipped. Truncated, damaged or foreign bytes are QC-ONNX-001,
 * more than LIMITS allow QC-ONNX-021.
 */
export function decodeModel(bytes: Uint8Array, file: string): ModelProto {
  let model: ModelProto;
  try {
    model = onnx.ModelProto.decode(bytes);
    const added = functionAttributes(bytes);
    model.functions = (model.functions ?? []).map((f, i) => ({ ...f, attributeProto: added[i] ?? [] }));
  } catch (e) {
    return fail("QC-ONNX-001", `${path.basename(file)} is not a readable ONNX model: ${(e as Error).message}`, {
      help: NO_MODEL,
    });
  }
  if (!model.graph?.node || !model.opsetImport?.length) {
    fail(
      "QC-ONNX-001",
      `${path.basename(file)} is not a readable ONNX model: it has no ${model.graph ? "opset import" : "graph"}`,
      {
        help: NO_MODEL,
      },
    );
  }
  const budget = onnxLimits.createBudget(0);
  const measure = (nodes: readonly NodeProto[], depth: number): void => {
    budget.countNodes(nodes.length);
    onnxLimits.checkNesting(depth, `sub-graphs of ${path.basename(file)}`);
    for (const n of nodes) for (const a of n.attribute ?? []) for (const g of graphsOf(a)) measure(g.node ?? [], depth + 1);
  };
  measure(model.graph?.node ?? [], 0);
  for (const f of model.functions ?? []) measure(f.node ?? [], 0);
  return model;
}

/** Decodes a serialized TensorProto, as in conformance data sets. */
export function decodeTensor(bytes: Uint8Array, file: string): { name: string; tensor: Tensor } {
  try {
    const proto = onnx.TensorProto.decode(bytes);
    return { name: proto.name ?? "", tensor: tensorFromProto(proto, dataFolderOf(file), file) };
  } catch (e) {
    if (e instanceof QcError) throw e;
    return fail("QC-ONNX-002", `${file} is no readable TensorProto: ${(e as Error).message}`);
  }
}

/** The values of a tensor; external data is read from `folder` only, raw bytes by `readRaw`. */
export function tensorFromProto(p: TensorProto, folder: DataFolder, what: string, readRaw: ReadRaw = copyRaw): Tensor {
  const name = p.name || what;
  const dtype =
    dtypeOfOnnx(p.dataType ?? 0) ??
    fail("QC-ONNX-003", `tensor '${name}' has element type ${onnxTypeName(p.dataType ?? 0)}, which qc does not have`, {
      help: "convert it to a type that qc has: floats of 16 to 64 bits, integers of 4 to 64 bits, booleans",
    });
  const shape = (p.dims ?? []).map(toSafeInt);
  if (p.segment)
    fail("QC-ONNX-005", `tensor '${name}' is stored in segments, which qc does not read`, { help: "export the model again" });
  const type = tensorType(dtype, shape);
  onnxLimits.checkSize(type, `tensor '${name}'`);
  const n = numElements(shape);
  const stored = dtype === "i4" || dtype === "u4" ? Math.ceil(n / 2) : byteSize(type);
  const raw = p.dataLocation === 1 ? readExternal(p, folder, name, stored) : p.rawData?.length ? readRaw(p.rawData) : null;
  const data = raw ? fromRaw(dtype, raw, n, stored, name) : fromFields(p, dtype, n, name);
  if (dtype === "bool") for (let i = 0; i < n; i++) data[i] = data[i] ? 1 : 0;
  return { type, data };
}

const wrongLength = (name: string, got: number, want: number): never =>
  fail("QC-ONNX-005", `tensor '${name}' holds ${got} bytes or values, its shape needs ${want}`, {
    help: "the file is damaged or truncated; export or copy it again",
  });

function fromRaw(dtype: DType, raw: Uint8Array, n: number, stored: number, name: string): TypedArray {
  if (raw.length !== stored) wrongLength(name, raw.length, stored);
  return dtype === "i4" || dtype === "u4" ? unpack4((i) => raw[i], dtype, n) : dataFromBytes(dtype, raw);
}

/** Two 4-bit values a byte, low half first. */
function unpack4(byteAt: (i: number) => number, dtype: "i4" | "u4", n: number): TypedArray {
  const data = emptyData(dtype, n);
  for (let i = 0; i < n; i++) {
    const v = (byteAt(i >> 1) >> (i % 2 ? 4 : 0)) & 15;
    data[i] = dtype === "i4" && v > 7 ? v - 16 : v;
  }
  return data;
}

function fromFields(p: TensorProto, dtype: DType, n: number, name: string): TypedArray {
  const list = (values: ArrayLike<Integer> | null | undefined, want = n): ArrayLike<Integer> => {
    if ((values?.length ?? 0) !== want) wrongLength(name, values?.length ?? 0, want);
    return values ?? [];
  };
  if (dtype === "i4" || dtype === "u4") {
    const bytes = list(p.int32Data, Math.ceil(n / 2));
    return unpack4((i) => Number(bytes[i]), dtype, n);
  }
  const wide = dtype === "i64" || dtype === "u64";
  const field =
    { f32: p.floatData, f64: p.doubleData, i64: p.int64Data, u32: p.uint64Data, u64: p.uint64Data }[dtype as "f32"] ??
    p.int32Data;
  const src = list(field);
  const data = emptyData(dtype, n);
  if (wide) for (let i = 0; i < n; i++) (data as BigInt64Array)[i] = BigInt(src[i].toString());
  else for (let i = 0; i < n; i++) data[i] = Number(src[i]);
  return data;
}
