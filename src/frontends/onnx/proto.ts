/** Decoding of ONNX protobufs into checked values: the one place that trusts nothing in the file. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import path from "node:path";
import onnxProto from "onnx-proto";
import { dataFromBytes, emptyData, type Tensor, type TypedArray } from "../../ir/op/tensor.js";
import { type DType, dtypeInfo } from "../../ir/type/dtype.js";
import { numElements, tensorType } from "../../ir/type/tensor-type.js";
import { fail, QcError } from "../../support/diag.js";
import { resolveInside } from "../../support/fs.js";

const { onnx } = onnxProto;
export type ModelProto = onnxProto.onnx.IModelProto;
export type GraphProto = onnxProto.onnx.IGraphProto;
export type NodeProto = onnxProto.onnx.INodeProto;
export type TensorProto = onnxProto.onnx.ITensorProto;
export type AttributeProto = onnxProto.onnx.IAttributeProto;
export type ValueInfoProto = onnxProto.onnx.IValueInfoProto;
export type FunctionProto = onnxProto.onnx.IFunctionProto;

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

/** Decodes a model file's bytes. Truncated, damaged or foreign bytes are QC-ONNX-001. */
export function decodeModel(bytes: Uint8Array, file: string): ModelProto {
  let model: ModelProto;
  try {
    model = onnx.ModelProto.decode(bytes);
  } catch (e) {
    return fail("QC-ONNX-001", `${path.basename(file)} is not a readable ONNX model: ${(e as Error).message}`, {
      help: "the file is damaged, truncated or no ONNX protobuf; export or copy it again",
    });
  }
  if (!model.graph?.node || !model.opsetImport?.length) {
    fail(
      "QC-ONNX-001",
      `${path.basename(file)} is not a readable ONNX model: it has no ${model.graph ? "opset import" : "graph"}`,
      {
        help: "the file is damaged, truncated or no ONNX protobuf; export or copy it again",
      },
    );
  }
  return model;
}

/** Decodes a serialized TensorProto, as in conformance data sets. */
export function decodeTensor(bytes: Uint8Array, file: string): { name: string; tensor: Tensor } {
  try {
    const proto = onnx.TensorProto.decode(bytes);
    return { name: proto.name ?? "", tensor: tensorFromProto(proto, path.dirname(file), file) };
  } catch (e) {
    if (e instanceof QcError) throw e;
    return fail("QC-ONNX-002", `${file} is no readable TensorProto: ${(e as Error).message}`);
  }
}

const MAX_ELEMENTS = 2 ** 31;

/** The values of a tensor; external data is read from inside `folder` only. */
export function tensorFromProto(p: TensorProto, folder: string, what: string): Tensor {
  const name = p.name || what;
  const dtype = dtypeOfOnnx(p.dataType ?? 0);
  if (!dtype) {
    return fail("QC-ONNX-003", `tensor '${name}' has element type ${onnxTypeName(p.dataType ?? 0)}, which qc does not have`);
  }
  const shape = (p.dims ?? []).map(toSafeInt);
  if (shape.some((d) => d < 0) || numElements(shape) > MAX_ELEMENTS) {
    fail("QC-ONNX-004", `tensor '${name}' has the impossible shape [${shape}]`);
  }
  const n = numElements(shape);
  const type = tensorType(dtype, shape);
  const raw = p.dataLocation === 1 ? externalBytes(p, folder, name) : p.rawData?.length ? p.rawData : null;
  const data = raw ? fromRaw(dtype, raw, n, name) : fromFields(p, dtype, n, name);
  return { type, data };
}

const wrongLength = (name: string, got: number, want: number): never =>
  fail("QC-ONNX-005", `tensor '${name}' holds ${got} bytes or values, its shape needs ${want}`);

function fromRaw(dtype: DType, raw: Uint8Array, n: number, name: string): TypedArray {
  if (dtype === "i4" || dtype === "u4") {
    if (raw.length < Math.ceil(n / 2)) wrongLength(name, raw.length, Math.ceil(n / 2));
    return unpack4((i) => raw[i], dtype, n);
  }
  const want = n * dtypeInfo(dtype).bytes;
  if (raw.length !== want) wrongLength(name, raw.length, want);
  return dataFromBytes(dtype, raw.slice());
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
  const data = emptyData(dtype, n);
  if (dtype === "i4" || dtype === "u4") {
    const bytes = list(p.int32Data, Math.ceil(n / 2));
    return unpack4((i) => Number(bytes[i]), dtype, n);
  }
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const src = list(dtype === "i64" ? p.int64Data : p.uint64Data);
    for (let i = 0; i < n; i++) data[i] = BigInt(src[i].toString());
    return data;
  }
  const field = dtype === "f32" ? p.floatData : dtype === "f64" ? p.doubleData : dtype === "u32" ? p.uint64Data : p.int32Data;
  const src = list(field);
  for (let i = 0; i < n; i++) data[i] = Number(src[i]);
  return data;
}

/** ONNX external data: location relative to the model, offset and length in bytes. */
function externalBytes(p: TensorProto, folder: string, name: string): Uint8Array {
  const entry = (key: string) => p.externalData?.find((e) => e.key === key)?.value ?? undefined;
  const location = entry("location") ?? fail("QC-ONNX-006", `tensor '${name}' has external data without a location`);
  const file = resolveInside(folder, location);
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return fail("QC-ONNX-007", `tensor '${name}': its data file '${location}' cannot be read`, {
      help: `put '${location}' into the model's folder`,
    });
  }
  try {
    const size = fstatSync(fd).size;
    const offset = Number(entry("offset") ?? 0);
    const length = Number(entry("length") ?? size - offset);
    if (
      !(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0 && offset + length <= size)
    ) {
      fail("QC-ONNX-008", `tensor '${name}': bytes ${offset}..${offset + length} lie outside '${location}' (${size} bytes)`, {
        help: "the data file is truncated or belongs to another model",
      });
    }
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(fd, bytes, done, length - done, offset + done);
      if (got === 0) fail("QC-ONNX-008", `tensor '${name}': '${location}' ended early`);
      done += got;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}
