import type { BlobStore } from "../../ir/blob/blob-store.js";
import type { Place, Program } from "../../ir/loop/program.js";
import { dataFromBytes, type Tensor, type TypedArray } from "../../ir/op/tensor.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { byteSize, numElements } from "../../ir/type/tensor-type.js";
import { fail } from "../../support/diag.js";
import { compileKernel, type JsOptions } from "./run-kernel.js";

/** A loaded program: `run` maps inputs to outputs; state lives on between runs until `reset`. */
export interface JsProgram {
  run(inputs: readonly Tensor[]): Tensor[];
  reset(): void;
}

function filled(bytes: number, parts: Program["weights"], blobs: BlobStore): Uint8Array {
  const out = new Uint8Array(bytes);
  for (const p of parts) out.set(blobs.get(p.blob).subarray(0, p.bytes), p.offset);
  return out;
}

/**
 * The executable reference of the native backend: the same launches over the same arena. `weights` are as the program lists them,
 * that is, already packed where kernels have prepare steps.
 */
export function loadProgram(program: Program, blobs: BlobStore, options: JsOptions = {}): JsProgram {
  const kernels = program.kernels.map((k) => compileKernel(k, options));
  const arena = new Uint8Array(program.arenaBytes);
  const weights = filled(program.weightBytes, program.weights, blobs);
  const state = filled(program.stateBytes, program.stateInit, blobs);

  return {
    reset: () => state.set(filled(program.stateBytes, program.stateInit, blobs)),
    run(inputs) {
      program.inputs.forEach((p, i) => {
        const given = inputs[i];
        if (!given || given.data.byteLength !== byteSize(p.type)) {
          fail(
            "QC-JS-004",
            `input '${p.name}' of '${program.name}' needs ${byteSize(p.type)} bytes, got ${given?.data.byteLength ?? 0}`,
          );
        }
      });
      const bytesOfInput = inputs.map((t) => new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength));
      const outputs = program.outputs.map((p) => new Uint8Array(byteSize(p.type)));
      const region = (place: Place, bytes: number): Uint8Array => {
        switch (place.in) {
          case "arena":
            return arena.subarray(place.offset, place.offset + bytes);
          case "weights":
            return weights.subarray(place.offset, place.offset + bytes);
          case "state":
            return state.subarray(place.offset, place.offset + bytes);
          case "input":
            return bytesOfInput[place.index].subarray(0, bytes);
          case "output":
            return outputs[place.index].subarray(0, bytes);
        }
      };
      for (const launch of program.launches) {
        const kernel = program.kernels[launch.kernel];
        const data: Record<string, TypedArray> = {};
        kernel.buffers.forEach((b, i) => {
          data[b.name] = dataFromBytes(b.dtype, region(launch.places[i], numElements(b.shape) * dtypeInfo(b.dtype).bytes));
        });
        kernels[launch.kernel](data);
      }
      return program.outputs.map((p, i) => ({ type: p.type, data: dataFromBytes(p.type.dtype, outputs[i]) }));
    },
  };
}

/** Runs a program once from its initial state. */
export function runProgram(program: Program, blobs: BlobStore, inputs: readonly Tensor[], options: JsOptions = {}): Tensor[] {
  return loadProgram(program, blobs, options).run(inputs);
}
