/** What stands beside model.so: model.json for tools and people, model.h for C programs. */
import type { Port, Program } from "../../ir/loop/program.js";
import type { DType } from "../../ir/type/dtype.js";
import type { Quant } from "../../ir/type/quant.js";
import { numElements } from "../../ir/type/tensor-type.js";

export interface ModelFacts {
  readonly producer: string;
  readonly target: string;
  readonly toolchain: Readonly<Record<string, string>>;
  readonly abiVersion: number;
  /** SHA-256 in hex by file name. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Facts for the command line: source model, quantizer, preprocessor, sizes. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const portJson = (p: Port) => ({ name: p.name, dtype: p.type.dtype, shape: p.type.shape, quant: p.type.quant });

/** model.json; the format stands in docs/runtime-abi.md. */
export function modelJson(program: Program, facts: ModelFacts): string {
  const { extra, ...rest } = facts;
  const { name, inputs, outputs, arenaBytes, weightBytes, stateBytes } = program;
  const json = {
    format: "qc-model",
    name,
    ...rest,
    inputs: inputs.map(portJson),
    outputs: outputs.map(portJson),
    arenaBytes,
    weightBytes,
    stateBytes,
    flops: program.launches.reduce((sum, l) => sum + l.flops, 0),
    ...extra,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

const C_TYPES: Readonly<Record<DType, string>> = {
  f32: "float",
  f64: "double",
  f16: "uint16_t",
  bf16: "uint16_t",
  i4: "int8_t",
  u4: "uint8_t",
  i8: "int8_t",
  u8: "uint8_t",
  i16: "int16_t",
  u16: "uint16_t",
  i32: "int32_t",
  u32: "uint32_t",
  i64: "int64_t",
  u64: "uint64_t",
  bool: "uint8_t",
};

const macro = (s: string): string => s.replace(/[^A-Za-z0-9]/g, "_").toUpperCase();
const quantComment = (q: Quant | null): string =>
  q?.kind === "tensor" ? `, real = ${q.scale} * (q - ${q.zero})` : q ? `, quantized along axis ${q.axis}` : "";

/** model.h: element types, counts and shapes of inputs and outputs as macros, for static buffers. */
export function modelHeader(program: Program): string {
  const prefix = macro(program.name);
  const ports = (kind: string, list: readonly Port[]) =>
    list.flatMap((p, i) => {
      const name = `${prefix}_${kind}${i}`;
      const text = p.name.replace(/[^\x20-\x7e]|\*\/|[\\"]/g, "?");
      return [
        `/* ${kind.toLowerCase()} ${i}: '${text}', ${p.type.dtype}[${p.type.shape.join(", ")}]${quantComment(p.type.quant)} */`,
        `#define ${name}_TYPE ${C_TYPES[p.type.dtype]}`,
        `#define ${name}_COUNT ${numElements(p.type.shape)}`,
        `#define ${name}_RANK ${p.type.shape.length}`,
      ];
    });
  return [
    `#ifndef ${prefix}_QC_MODEL_H`,
    `#define ${prefix}_QC_MODEL_H`,
    "#include <stdint.h>",
    "",
    `#define ${prefix}_INPUTS ${program.inputs.length}`,
    `#define ${prefix}_OUTPUTS ${program.outputs.length}`,
    `#define ${prefix}_ARENA_BYTES ${program.arenaBytes}`,
    ...ports("INPUT", program.inputs),
    ...ports("OUTPUT", program.outputs),
    "",
    "#endif",
    "",
  ].join("\n");
}
