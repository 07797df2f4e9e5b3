/** Sparse tensors, of initializers and of `Constant`: read into dense ones, zero where no element is stored. */
import type onnxProto from "onnx-proto";
import { emptyData, numbersOf, type Tensor } from "../../ir/op/tensor.js";
import { numElements, tensorType } from "../../ir/type/tensor-type.js";
import { fail } from "../../support/diag.js";
import type { DataFolder } from "./external-data.js";
import { onnxLimits } from "./limits.js";
import type { ReadRaw } from "./model-file.js";
import { tensorFromProto, toSafeInt } from "./proto.js";

export type SparseTensorProto = onnxProto.onnx.ISparseTensorProto;

/**
 * `values` [n] at `indices`: [n] places in row-major order, or [n, rank] coordinates. Errors: those of stored tensors, and QC-ONNX-005 for
 * places outside of the shape or taken twice.
 */
export function tensorFromSparse(p: SparseTensorProto, folder: DataFolder, what: string, readRaw: ReadRaw): Tensor {
  const name = p.values?.name || what;
  const wrong = (why: string): never =>
    fail("QC-ONNX-005", `sparse tensor '${name}': ${why}`, { help: "the file is damaged; export or copy it again" });
  const values = tensorFromProto(p.values ?? {}, folder, name, readRaw);
  const indices = tensorFromProto(p.indices ?? {}, folder, `${name}.indices`, readRaw);
  const shape = (p.dims ?? []).map(toSafeInt);
  const type = tensorType(values.type.dtype, shape);
  onnxLimits.checkSize(type, `sparse tensor '${name}'`);
  const total = numElements(shape);
  const count = values.data.length;
  const places = numbersOf(indices);
  const perElement = indices.type.shape.length === 2 ? shape.length : 1;
  if (places.length !== count * perElement) wrong(`${places.length} indices for ${count} values`);
  const strides = shape.map((_, d) => numElements(shape.slice(d + 1)));
  const data = emptyData(values.type.dtype, total);
  const taken = new Set<number>();
  for (let i = 0; i < count; i++) {
    const place = perElement === 1 ? [places[i]] : Array.from(places.subarray(i * perElement, (i + 1) * perElement));
    const isInside = indices.type.shape.length !== 2 || place.every((v, d) => v >= 0 && v < shape[d]);
    const at = indices.type.shape.length === 2 ? place.reduce((sum, v, d) => sum + v * strides[d], 0) : place[0];
    if (!isInside || !(at >= 0 && at < total)) wrong(`index ${place.join(",")} lies outside of [${shape}]`);
    if (taken.has(at)) wrong(`index ${place.join(",")} is given twice`);
    taken.add(at);
    data[at] = values.data[i];
  }
  return { type, data };
}
