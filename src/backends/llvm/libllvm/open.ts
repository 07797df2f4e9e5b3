import type { HostInfo } from "../../../ir/target/target.js";
import { knob } from "../../../support/env.js";
import { type Library, takeString } from "./bindings.js";
import { type CompileInput, type CompileOutput, compileModule } from "./compile.js";
import { probeFeatures } from "./features.js";
import { findLibrary } from "./find.js";
import { checkMachine, type MachineSpec } from "./machine.js";

export interface LLVM {
  /** Of the library: `19.1.7`; `15` where it cannot say. */
  readonly version: string;
  readonly libraryPath: string;
  /** LLVM's name of this processor: `znver5`; `generic` or `x86-64` where this LLVM is older than the processor. */
  hostCpu(): string;
  /** LLVM's feature flags of this processor: `+avx2,-avx512f,...`. */
  hostFeatures(): string;
  hostTriple(): string;
  /**
   * The features that matter to schedules on a processor with these flags (`+avx2,-fma`, may be empty), sorted.
   * Errors: those of `compile` for an unknown triple, cpu or flag.
   */
  cpuFeatures(triple: string, cpu: string, flags: string): readonly string[];
  /**
   * IR text to an object file. Errors: QC-LLVM-003 triple, 004 cpu, 005 feature flag, 006 a 32-bit cpu, 010 parse, 011 verify,
   * 012 passes, 013 module linking, 014 code generation.
   */
  compile(input: CompileInput): CompileOutput;
}

/** LLVM prints the flags in the order of a hash table: sorted, equal machines give equal texts. */
function sortFlags(flags: string): string {
  return flags
    .split(",")
    .sort((a, b) => (a.slice(1) < b.slice(1) ? -1 : 1))
    .join(",");
}

function openLibrary(library: Library): LLVM {
  const { llvm } = library;
  const checked = new Set<string>();
  const probed = new Map<string, readonly string[]>();
  const check = (spec: MachineSpec): string => {
    const key = `${spec.triple} ${spec.cpu} ${spec.features}`;
    if (!checked.has(key)) checkMachine(library, spec);
    checked.add(key);
    return key;
  };
  return {
    version: library.version,
    libraryPath: library.path,
    hostCpu: () => takeString(llvm, llvm.hostCpu()),
    hostFeatures: () => sortFlags(takeString(llvm, llvm.hostFeatures())),
    hostTriple: () => takeString(llvm, llvm.defaultTriple()),
    cpuFeatures(triple, cpu, flags) {
      const spec = { triple, cpu, features: flags };
      const key = check(spec);
      const features = probed.get(key) ?? probeFeatures(library, spec);
      probed.set(key, features);
      return features;
    },
    compile(input) {
      check(input);
      return compileModule(library, input);
    },
  };
}

/**
 * Loads libLLVM into this process: `path`, else QC_LIBLLVM, else the newest of 15 to 21 that is installed.
 * Open it before other native libraries where possible: koffi's call stack (16 MiB for LLVM) is fixed by the first one.
 * Errors: QC-LLVM-001 not installed, QC-LLVM-002 unusable.
 */
export function openLLVM(path: string | undefined = knob("QC_LIBLLVM")): LLVM {
  return openLibrary(findLibrary(path));
}

/** What `resolveTarget` wants to know of this machine. */
export function hostInfo(llvm: LLVM): HostInfo {
  return {
    triple: llvm.hostTriple(),
    cpu: llvm.hostCpu(),
    flags: llvm.hostFeatures(),
    cpuFeatures: (triple, cpu, flags) => llvm.cpuFeatures(triple, cpu, flags),
  };
}
