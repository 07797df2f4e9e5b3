import type { BlobStore } from "../../ir/blob/blob-store.js";
import { type InstrTable, instrTable } from "../../ir/instr/define.js";
import type { Program } from "../../ir/loop/program.js";
import { type Arch, isNative, type NativeArch } from "../../ir/target/arch.js";
import { targetText } from "../../ir/target/resolve.js";
import type { Target } from "../../ir/target/target.js";
import { fail } from "../../support/diag.js";
import { constantsObject } from "../native/constants-object.js";
import { linkShared, type ObjectFile } from "../native/link.js";
import { WEIGHTS } from "./emit/descriptor.js";
import { programText } from "./emit/program.js";
import type { CompileInput, OptLevel } from "./libllvm/compile.js";
import { memFunctionsIR } from "./libllvm/mem-functions.js";
import type { LLVM } from "./libllvm/open.js";
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
  readonly objects: readonly ObjectFile[];
  readonly llvm?: string;
  readonly asm?: string;
}

const ALIGN = 64;
const alignUp = (n: number): number => Math.ceil(n / ALIGN) * ALIGN;

/** Where things lie in the read-only data: the constants, behind them the initial state unless it is zero. */
interface ConstantLayout {
  readonly bytes: number;
  readonly stateInitOffset: number | null;
}

function constantLayout(program: Program, blobs: BlobStore): ConstantLayout {
  for (const p of [...program.weights, ...program.stateInit]) {
    const size = blobs.size(p.blob);
    if (size < p.bytes) fail("QC-LLVM-021", `constant ${p.blob} has ${size} of ${p.bytes} bytes`);
  }
  const starts = program.stateInit.some((p) =>
    blobs
      .get(p.blob)
      .subarray(0, p.bytes)
      .some((b) => b !== 0),
  );
  const stateAt = alignUp(program.weightBytes);
  return { bytes: starts ? stateAt + program.stateBytes : program.weightBytes, stateInitOffset: starts ? stateAt : null };
}

/** LLVM IR of a whole program, weights by reference: what `--emit=llvm` shows. */
export function emitProgram(program: Program, blobs: BlobStore, target: Target, options: BuildOptions): string {
  const { bytes, stateInitOffset } = constantLayout(program, blobs);
  const facts = { targetText: targetText(target), producer: options.producer, features: target.features, stateInitOffset };
  return programText(program, target, options.instrs ?? instrTable([]), facts, bytes);
}

/** The object of the read-only data, its blobs read as it is written; none where there is no such data. */
export function constantObjects(program: Program, blobs: BlobStore, { arch }: Target): readonly ObjectFile[] {
  const { bytes, stateInitOffset } = constantLayout(program, blobs);
  if (bytes === 0) return [];
  const part = (p: Program["weights"][number], at: number) => ({
    offset: at + p.offset,
    bytes: p.bytes,
    data: () => blobs.get(p.blob),
  });
  const state = stateInitOffset === null ? [] : program.stateInit.map((p) => part(p, stateInitOffset));
  const parts = [...program.weights.map((p) => part(p, 0)), ...state].filter((p) => p.bytes > 0);
  parts.sort((a, b) => a.offset - b.offset);
  return [{ pieces: constantsObject({ symbol: WEIGHTS, align: ALIGN, arch: nativeArch(arch), bytes, parts }) }];
}

const nativeArch = (arch: Arch): NativeArch =>
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
  return { objects: [main, ...constantObjects(program, blobs, target), memory], llvm: llvmText, asm };
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
