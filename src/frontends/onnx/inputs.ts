/** Types of graph inputs: symbolic dimensions are bound here, so that the IR sees constants only. */

import { type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { type Diag, fail } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { checkSize } from "./limits.js";
import { dtypeOfOnnx, onnxTypeName, toSafeInt, type ValueInfoProto } from "./proto.js";

/** `--input_shapes`: shapes by input name; under "" by position for calls that name none. */
export interface InputShapes {
  readonly named: Readonly<Record<string, readonly number[]>>;
  readonly positional: readonly (readonly number[])[];
}

export const NO_SHAPES: InputShapes = { named: {}, positional: [] };

interface DeclaredDim {
  readonly size: number | null;
  readonly symbol: string;
}

function declaredDims(info: ValueInfoProto): readonly DeclaredDim[] {
  return (info.type?.tensorType?.shape?.dim ?? []).map((d) => {
    const size = d.dimValue === null || d.dimValue === undefined ? 0 : toSafeInt(d.dimValue);
    return size > 0 || (size === 0 && !d.dimParam && d.dimValue != null && hasField(d, "dimValue"))
      ? { size, symbol: "" }
      : { size: null, symbol: d.dimParam ?? "" };
  });
}

const hasField = (o: object, key: string): boolean => Object.hasOwn(o, key);

/**
 * The constant type of every input. A dimension is taken from the model, else from `shapes`, else from another input that uses the
 * same symbol; a leading one that is left over becomes 1, with a warning. Anything else unbound is QC-ONNX-012, all of it at once.
 */
export function inputTypes(
  inputs: readonly ValueInfoProto[],
  shapes: InputShapes,
  report: (d: Diag) => void,
): ReadonlyMap<string, TensorType> {
  const names = inputs.map((i) => i.name ?? "");
  for (const name of Object.keys(shapes.named)) {
    if (!names.includes(name)) {
      fail("QC-ONNX-010", `--input_shapes names '${name}', which is no input of the model`, {
        help: didYouMean(name, names) ?? `its inputs are ${names.map((n) => `'${n}'`).join(", ")}`,
      });
    }
  }
  if (shapes.positional.length > inputs.length) {
    fail("QC-ONNX-010", `--input_shapes gives ${shapes.positional.length} shapes, the model has ${inputs.length} inputs`, {
      help: `its inputs are ${names.map((n) => `'${n}'`).join(", ")}`,
    });
  }
  const bound = new Map<string, number>();
  const drafts = inputs.map((info, i) => {
    const name = names[i];
    if (!info.type?.tensorType)
      fail("QC-ONNX-011", `input '${name}' is no tensor`, { help: "sequences, maps and optionals are not supported" });
    const given = (hasField(shapes.named, name) ? shapes.named[name] : undefined) ?? shapes.positional[i];
    const dims = declaredDims(info);
    const hasShape = info.type?.tensorType?.shape != null;
    if (given && hasShape && given.length !== dims.length) {
      fail("QC-ONNX-013", `--input_shapes gives input '${name}' rank ${given.length}, the model declares rank ${dims.length}`, {
        help: `write --input_shapes "${name}:[${dims.map((d) => d.size ?? (d.symbol || "N")).join(",")}]"`,
      });
    }
    const sizes = given ? given.map((g, d) => agree(name, d, g, dims[d]?.size ?? null)) : dims.map((d) => d.size);
    sizes.forEach((size, d) => {
      const symbol = dims[d]?.symbol;
      if (size !== null && symbol) bound.set(symbol, size);
    });
    return { info, name, dims, sizes };
  });
  const unbound: string[] = [];
  const types = new Map<string, TensorType>();
  for (const { info, name, dims, sizes } of drafts) {
    const shape = sizes.map((size, d) => {
      const known = size ?? bound.get(dims[d].symbol);
      if (known !== undefined && known !== null) return known;
      if (d === 0) {
        report({
          severity: "warning",
          code: "QC-ONNX-014",
          message: `input '${name}': leading dimension '${dims[d].symbol || "?"}' is symbolic and taken as 1`,
          help: `--input_shapes "${name}:[${[1, ...sizes.slice(1).map((s) => s ?? "?")].join(",")}]" fixes it`,
        });
        return 1;
      }
      unbound.push(`'${name}' dimension ${d}${dims[d].symbol ? ` (${dims[d].symbol})` : ""}`);
      return 1;
    });
    const elem = info.type?.tensorType?.elemType ?? 0;
    const dtype =
      dtypeOfOnnx(elem) ?? fail("QC-ONNX-011", `input '${name}' has element type ${onnxTypeName(elem)}, which qc does not have`);
    const type = tensorType(dtype, shape);
    checkSize(type, `input '${name}'`);
    types.set(name, type);
  }
  if (unbound.length) {
    const name = drafts.find((d) => d.sizes.includes(null))?.name ?? "input";
    fail("QC-ONNX-012", `symbolic dimensions have no size: ${unbound.join(", ")}`, {
      help: `give them: --input_shapes "${name}:[${drafts
        .find((d) => d.name === name)
        ?.sizes.map((s) => s ?? "N")
        .join(",")}]"`,
    });
  }
  return types;
}

function agree(name: string, axis: number, given: number, declared: number | null): number {
  if (!Number.isInteger(given) || given < 0)
    fail("QC-ONNX-013", `--input_shapes gives '${name}' the dimension ${given}`, {
      help: "a dimension is a whole number, 0 or more",
    });
  if (declared !== null && declared !== given) {
    fail("QC-ONNX-013", `--input_shapes gives input '${name}' size ${given} on axis ${axis}, the model fixes it to ${declared}`, {
      help: `give ${declared} there, or export the model with a symbolic size on that axis`,
    });
  }
  return given;
}
