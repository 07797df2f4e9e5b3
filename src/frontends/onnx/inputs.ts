/** Graph inputs as ONNX declares them. */
import { fail } from "../../support/diag.js";
import type { DeclaredDim, DeclaredInput } from "../shared/inputs.js";
import { ONNX_CODES } from "./codes.js";
import { dtypeOfOnnx, onnxTypeName, toSafeInt, type ValueInfoProto } from "./proto.js";

/** A dimension of 0 is one only where the field is written: a missing field also reads as 0. */
function declaredDim(d: { readonly dimValue?: unknown; readonly dimParam?: string | null }): DeclaredDim {
  const written = Object.hasOwn(d, "dimValue") && d.dimValue !== null && d.dimValue !== undefined;
  const size = written ? toSafeInt(d.dimValue as number) : -1;
  return size > 0 || (size === 0 && !d.dimParam) ? { size, symbol: "" } : { size: null, symbol: d.dimParam ?? "" };
}

/** Errors: QC-ONNX-011 it is no tensor, or of an element type that qc does not have. */
export function declaredInput(info: ValueInfoProto): DeclaredInput {
  const name = info.name ?? "";
  const type =
    info.type?.tensorType ??
    fail(ONNX_CODES.inputType, `input '${name}' is no tensor`, { help: "sequences, maps and optionals are not supported" });
  const code = type.elemType ?? 0;
  const dtype =
    dtypeOfOnnx(code) ??
    fail(ONNX_CODES.inputType, `input '${name}' has element type ${onnxTypeName(code)}, which qc does not have`, {
      help: "export the model with inputs of a type that qc has: floats of 16 to 64 bits, integers of 4 to 64 bits, booleans",
    });
  return { name, dtype, dims: type.shape ? (type.shape.dim ?? []).map(declaredDim) : null };
}
