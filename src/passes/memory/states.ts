import type { BlobStore } from "../../ir/blob/blob-store.js";
import type { Module } from "../../ir/graph/module.js";
import type { Program, StatePort } from "../../ir/loop/program.js";
import { initialStates } from "../../ir/op/sequence.js";
import { bytesOf } from "../../ir/op/tensor.js";
import { byteSize } from "../../ir/type/tensor-type.js";

const ALIGN = 64;

/** Lays the states out one behind the other, each at a multiple of 64 bytes, with what they begin with. */
export function layoutStates(m: Module, blobs: BlobStore): Pick<Program, "states" | "stateBytes" | "stateInit"> {
  const entry = m.funcs[0];
  let stateBytes = 0;
  const states = m.states.map(({ param, result }): StatePort => {
    const { type } = entry.params[param];
    const offset = stateBytes;
    stateBytes = Math.ceil((offset + byteSize(type)) / ALIGN) * ALIGN;
    return { name: entry.paramNames[param], output: entry.resultNames[result], type, offset };
  });
  const stateInit = initialStates(m, blobs).flatMap((tensor, i) => {
    const bytes = bytesOf(tensor);
    return bytes.some((b) => b !== 0) ? [{ blob: blobs.put(bytes), offset: states[i].offset, bytes: bytes.length }] : [];
  });
  return { states, stateBytes, stateInit };
}
