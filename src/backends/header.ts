/** model.h: what a C program must know of a model. */
import type { Port, Program } from "../ir/loop/program.js";
import type { DType } from "../ir/type/dtype.js";
import type { Quant } from "../ir/type/quant.js";
import { numElements } from "../ir/type/tensor-type.js";
import { shortHash } from "../support/hash.js";

/** What a caller declares for an element. */
export const C_TYPES: Readonly<Record<DType, string>> = {
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

const plain = (name: string): string => name.replace(/[^\x20-\x7e]|\*\/|[\\"]/g, "?");

/** C99 promises 63 significant characters of a macro's name, `_OUTPUT123_COUNT` among them. */
const LONGEST_PREFIX = 32;

/**
 * What the macros of a model begin with: its name in capitals, or, where that is no identifier or another model's too, what is left of
 * it and a hash of the name. Different names have different macros.
 */
export function macroPrefix(name: string): string {
  if (/^[a-z][a-z0-9_]*$/.test(name) && name.length <= LONGEST_PREFIX) return name.toUpperCase();
  const text = name.replace(/[^A-Za-z0-9]/g, "_").toUpperCase();
  return `${(/^[A-Z]/.test(text) ? text : `M${text}`).slice(0, LONGEST_PREFIX)}_H${shortHash(name, 8).toUpperCase()}`;
}

const quantComment = (q: Quant | null): string =>
  q?.kind === "tensor" ? `, real = ${q.scale} * (q - ${q.zero})` : q ? `, quantized along axis ${q.axis}` : "";

/** model.h: element types, counts and ranks of inputs and outputs as macros, for static buffers; states as comments; then `more`. */
export function modelHeader(program: Program, more: readonly string[] = []): string {
  const prefix = macroPrefix(program.name);
  const ports = (kind: string, list: readonly Port[]) =>
    list.flatMap((p, i) => {
      const name = `${prefix}_${kind}${i}`;
      return [
        `/* ${kind.toLowerCase()} ${i}: '${plain(p.name)}', ${p.type.dtype}[${p.type.shape.join(", ")}]${quantComment(p.type.quant)} */`,
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
    ...(program.states.length
      ? ["/* memory that lives from run to run; qc_reset begins anew */", `#define ${prefix}_STATE_BYTES ${program.stateBytes}`]
      : []),
    ...ports("INPUT", program.inputs),
    ...ports("OUTPUT", program.outputs),
    ...program.states.map(
      (s, i) =>
        `/* state ${i}: '${plain(s.name)}', next value '${plain(s.output)}', ${s.type.dtype}[${s.type.shape.join(", ")}]${quantComment(s.type.quant)} */`,
    ),
    "",
    ...more,
    "#endif",
    "",
  ].join("\n");
}
