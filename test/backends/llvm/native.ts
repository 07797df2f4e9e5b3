import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { kernelsText } from "../../../src/backends/llvm/emit/kernels.js";
import { memFunctionsIR } from "../../../src/backends/llvm/libllvm/mem-functions.js";
import { hostInfo, type LLVM, openLLVM } from "../../../src/backends/llvm/libllvm/open.js";
import { kernelPasses } from "../../../src/backends/llvm/passes.js";
import { linkShared } from "../../../src/backends/native/link.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { emptyData, type TypedArray } from "../../../src/ir/op/tensor.js";
import { resolveTarget } from "../../../src/ir/target/resolve.js";
import { missingOnHost, type Target } from "../../../src/ir/target/target.js";
import { numElements } from "../../../src/ir/type/tensor-type.js";

export interface Native {
  readonly llvm: LLVM;
  target(text: string): Target;
  runsHere(target: Target): boolean;
}

export function openNative(): Native {
  const llvm = openLLVM();
  const host = hostInfo(llvm);
  return {
    llvm,
    target: (text) => resolveTarget(text, host),
    runsHere: (target) => missingOnHost(target, host).length === 0,
  };
}

export interface NativeKernels {
  /** Runs kernel `i`: `in`, `const` and `inout` data in; `out` and `inout` data as new arrays. */
  run(i: number, data: Readonly<Record<string, TypedArray>>): Record<string, TypedArray>;
  /** Seconds of one call, the least of `rounds` times `repeats` calls. */
  time(i: number, data: Readonly<Record<string, TypedArray>>, repeats: number, rounds: number): number;
  readonly ir: string;
  readonly asm: string;
}

/** `count` elements at an address that is a multiple of 64. */
function aligned(like: TypedArray, count: number): TypedArray {
  const bytes = like.BYTES_PER_ELEMENT * Math.max(1, count);
  const room = new ArrayBuffer(bytes + 64);
  const address = Number(koffi.address(room as never) as unknown as bigint);
  const Ctor = like.constructor as new (b: ArrayBuffer, o: number, n: number) => TypedArray;
  return new Ctor(room, (64 - (address % 64)) % 64, count);
}

/** Compiles many kernels into one shared object and loads it into this process. */
export function buildNative(
  native: Native,
  kernels: readonly Kernel[],
  target: Target,
  options: { readonly asm?: boolean; readonly optLevel?: 0 | 1 | 2 | 3 } = {},
): NativeKernels {
  const ir = kernelsText(kernels, target, 64);
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  const optLevel = options.optLevel ?? 3;
  const passes = optLevel === 3 ? { passes: kernelPasses(native.llvm.version) } : {};
  const main = native.llvm.compile({ texts: [ir], optLevel, ...machine, ...passes, emit: options.asm ? ["asm"] : [] });
  const memory = native.llvm.compile({ texts: [memFunctionsIR()], optLevel: 3, ...machine });
  const folder = mkdtempSync(join(tmpdir(), "qc-native-"));
  const path = join(folder, "kernels.so");
  linkShared({ objects: [main.object, memory.object], output: path, exports: kernels.map((_, k) => `kernel_${k}`) });
  const library = koffi.load(path);
  rmSync(folder, { recursive: true });
  const functions = kernels.map((_, k) => library.func(`kernel_${k}`, "void", ["void **", "int64_t"]));

  const place = (i: number, data: Readonly<Record<string, TypedArray>>): TypedArray[] =>
    kernels[i].buffers.map((b) => {
      const own = aligned(emptyData(b.dtype, 0), numElements(b.shape));
      const given = data[b.name];
      if (given) own.set(given as never);
      return own;
    });
  return {
    ir,
    asm: main.asm ?? "",
    run(i, data) {
      const arrays = place(i, data);
      functions[i](arrays, 1);
      return Object.fromEntries(
        kernels[i].buffers.flatMap((b, j) => (b.role === "out" || b.role === "inout" ? [[b.name, arrays[j].slice()]] : [])),
      );
    },
    time(i, data, repeats, rounds) {
      const arrays = place(i, data);
      functions[i](arrays, 1);
      const seconds = Array.from({ length: rounds }, () => {
        const start = performance.now();
        functions[i](arrays, repeats);
        return (performance.now() - start) / 1000 / repeats;
      });
      return Math.min(...seconds);
    },
  };
}
