import type { BlobStore } from "../../ir/blob/blob-store.js";
import type { Program } from "../../ir/loop/program.js";
import { type Arch, isNative, type NativeArch } from "../../ir/target/arch.js";
import { targetText } from "../../ir/target/resolve.js";
import type { Target } from "../../ir/target/target.js";
import { fail } from "../../support/diag.js";
import { constantLayout, constantObjects } from "../native/constants.js";
import { linkShared } from "../native/link.js";
import type { ObjectFile } from "../native/link-with.js";
import { programText } from "./emit/program.js";
import type { CompileInput, OptLevel } from "./libllvm/compile.js";
import { memFunctionsIR } from "./libllvm/mem-functions.js";
import type { LLVM } from "./libllvm/open.js";
import { kernelPasses } from "./passes.js";

export interface BuildOptions {
  /** Texts to return besides the objects: the IR as emitted (`llvm`), the assembly (`asm`). */
  readonly emit?: readonly ("llvm" | "asm")[];
  /** LLVM's own pipeline of that level instead of ours. */
  readonly optLevel?: OptLevel;
  /** Name and version of the compiler, for the descriptor. */
  readonly producer: string;
}

export interface BuiltProgram {
  /** Relocatable objects that together define `qc_model` and need nothing. */
  readonly objects: readonly ObjectFile[];
  readonly llvm?: string;
  readonly asm?: string;
}

/** LLVM IR of a whole program, weights by reference: what `--emit=llvm` shows. */
export function emitProgram(program: Program, blobs: BlobStore, target: Target, options: BuildOptions): string {
  const { bytes, stateInitOffset } = constantLayout(program, blobs);
  const facts = { targetText: targetText(target), producer: options.producer, features: target.features, stateInitOffset };
  return programText(program, target, facts, bytes);
}

/** Errors: QC-LLVM-022 no object files are made for it. */
export const nativeArch = (arch: Arch): NativeArch =>
  isNative(arch) ? arch : fail("QC-LLVM-022", `the LLVM backend cannot build for '${arch}'`);

interface CompileOptions {
  readonly asm?: boolean;
  /** LLVM's own pipeline of that level instead of ours. */
  readonly optLevel?: OptLevel;
}

/** The text of `emitProgram` as objects: kernels and descriptor in one, memory functions that LLVM may call in the other. */
export function compileProgram(name: string, text: string, target: Target, llvm: LLVM, options: CompileOptions = {}) {
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  const compile = (of: string, ir: string, more: Partial<CompileInput> = {}): ReturnType<LLVM["compile"]> =>
    llvm.compile({ texts: [ir], name: of, optLevel: options.optLevel ?? 3, ...machine, ...more });
  const passes = options.optLevel === undefined ? { passes: kernelPasses(llvm.version) } : {};
  const { object, asm } = compile(name, text, { emit: options.asm ? ["asm"] : [], ...passes });
  return { main: object, memory: compile("memory", memFunctionsIR()).object, asm };
}

/**
 * A program to objects: kernels and descriptor in one, constants in the second, memory functions that LLVM may call in the third.
 * Constants must be as the kernels read them: prepare kernels have run. Their object reads the blobs when it is written.
 * Errors: those of LLVM.compile; QC-LLVM-021 a constant shorter than its place.
 */
export function buildProgram(
  program: Program,
  blobs: BlobStore,
  target: Target,
  llvm: LLVM,
  options: BuildOptions,
): BuiltProgram {
  const text = emitProgram(program, blobs, target, options);
  const { main, memory, asm } = compileProgram(program.name, text, target, llvm, {
    asm: options.emit?.includes("asm"),
    optLevel: options.optLevel,
  });
  const llvmText = options.emit?.includes("llvm") ? text : undefined;
  return { objects: [main, ...constantObjects(program, blobs, nativeArch(target.arch)), memory], llvm: llvmText, asm };
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
