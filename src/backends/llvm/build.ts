import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlobStore } from "../../ir/blob/blob-store.js";
import { type InstrTable, instrTable } from "../../ir/instr/define.js";
import type { Program } from "../../ir/loop/program.js";
import { targetText } from "../../ir/target/resolve.js";
import type { Target } from "../../ir/target/target.js";
import { fail } from "../../support/diag.js";
import { failIo } from "../../support/fs.js";
import { WEIGHTS } from "./emit/descriptor.js";
import { programText } from "./emit/program.js";
import type { CompileInput, OptLevel } from "./libllvm/compile.js";
import { linkShared } from "./libllvm/link.js";
import { memFunctionsIR } from "./libllvm/mem-functions.js";
import type { LLVM } from "./libllvm/open.js";
import { moduleAsm, weightsAsm } from "./libllvm/weights-asm.js";
import { kernelPasses } from "./passes.js";

export interface BuildOptions {
  /** Texts to return besides the objects: the IR as emitted (`llvm`), the assembly (`asm`). */
  readonly emit?: readonly ("llvm" | "asm")[];
  readonly instrs?: InstrTable;
  /** LLVM's own pipeline of that level instead of ours. */
  readonly optLevel?: OptLevel;
  /** Name and version of the compiler, for the descriptor. */
  readonly producer: string;
}

export interface BuiltProgram {
  /** Relocatable objects that together define `qc_model` and need nothing. */
  readonly objects: readonly Uint8Array[];
  readonly llvm?: string;
  readonly asm?: string;
}

const ALIGN = 64;
const alignUp = (n: number): number => Math.ceil(n / ALIGN) * ALIGN;

/** Constants at their offsets, then the initial state, as they stand in the read-only data. */
function constantBytes(
  program: Program,
  blobs: BlobStore,
): { readonly bytes: Uint8Array; readonly stateInitOffset: number | null } {
  const stateAt = alignUp(program.weightBytes);
  const hasState = program.stateInit.length > 0;
  const bytes = new Uint8Array(hasState ? stateAt + program.stateBytes : program.weightBytes);
  const put = (parts: Program["weights"], start: number): void => {
    for (const p of parts) {
      const blob = blobs.get(p.blob);
      if (blob.byteLength < p.bytes) fail("QC-LLVM-021", `constant ${p.blob} has ${blob.byteLength} of ${p.bytes} bytes`);
      bytes.set(blob.subarray(0, p.bytes), start + p.offset);
    }
  };
  put(program.weights, 0);
  if (hasState) put(program.stateInit, stateAt);
  return { bytes, stateInitOffset: hasState && bytes.subarray(stateAt).some((b) => b !== 0) ? stateAt : null };
}

/** LLVM IR of a whole program, weights by reference: what `--emit=llvm` shows. */
export function emitProgram(program: Program, blobs: BlobStore, target: Target, options: BuildOptions): string {
  const { bytes, stateInitOffset } = constantBytes(program, blobs);
  const facts = { targetText: targetText(target), producer: options.producer, stateInitOffset };
  return programText(program, target, options.instrs ?? instrTable([]), facts, bytes.byteLength);
}

function withWeightsFile<T>(bytes: Uint8Array, body: (asm: string) => T): T {
  if (bytes.byteLength === 0) return body("");
  const folder = mkdtempSync(join(tmpdir(), "qc-weights-"));
  const path = join(folder, "weights.bin");
  try {
    try {
      writeFileSync(path, bytes);
    } catch (error) {
      return failIo(error, "write", path);
    }
    return body(moduleAsm(weightsAsm(path, WEIGHTS, ALIGN)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * A program to objects: kernels and descriptor in one, constants in the second, memory functions that LLVM may call in the third.
 * Constants must be as the kernels read them: prepare kernels have run.
 * Errors: those of LLVM.compile; QC-LLVM-021 a constant shorter than its place.
 */
export function buildProgram(
  program: Program,
  blobs: BlobStore,
  target: Target,
  llvm: LLVM,
  options: BuildOptions,
): BuiltProgram {
  if (target.kind !== "llvm") fail("QC-LLVM-022", `the LLVM backend cannot build for '${target.kind}'`);
  const { bytes } = constantBytes(program, blobs);
  const text = emitProgram(program, blobs, target, options);
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  const compile = (name: string, ir: string, more: Partial<CompileInput> = {}): ReturnType<LLVM["compile"]> =>
    llvm.compile({ texts: [ir], name, optLevel: options.optLevel ?? 3, ...machine, ...more });
  const wantsAsm = options.emit?.includes("asm") ?? false;
  const passes = options.optLevel === undefined ? { passes: kernelPasses(llvm.version) } : {};
  const main = compile(program.name, text, { emit: wantsAsm ? ["asm"] : [], ...passes });
  const constants = withWeightsFile(bytes, (asm) => (asm ? [compile("weights", asm, { optLevel: 0 }).object] : []));
  return {
    objects: [main.object, ...constants, compile("memory", memFunctionsIR()).object],
    llvm: options.emit?.includes("llvm") ? text : undefined,
    asm: main.asm,
  };
}

/** Builds a program and links `output`, a shared object that exports `qc_model` and needs nothing. Errors: also linkShared's. */
export function buildShared(
  program: Program,
  blobs: BlobStore,
  target: Target,
  llvm: LLVM,
  output: string,
  options: BuildOptions,
): BuiltProgram {
  const built = buildProgram(program, blobs, target, llvm, options);
  linkShared({ objects: built.objects, output });
  return built;
}
