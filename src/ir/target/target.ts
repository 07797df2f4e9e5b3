import { type Arch, archOfTriple } from "./arch.js";
import type { Machine } from "./machine.js";

/** What code is generated for: plain data. Made by `resolveTarget` from a TVM target string and what is known about this machine. */
export interface Target extends Machine {
  /** The first word of a target string: which backend makes the code. */
  readonly kind: string;
  readonly arch: Arch;
  /** LLVM's processor name, or `sm_75`; as given, or the host's. */
  readonly mcpu: string;
  /** Feature flags as given: `+neon`, `-avx512f`. */
  readonly mattr: readonly string[];
  readonly mtriple: string;
  /** TVM's `-model`: a board or a graphics card; null where not given. Kept for records and reports. */
  readonly model: string | null;
  /** TVM's `-device`: `arm_cpu`; null where not given. */
  readonly device: string | null;
  /** All feature flags for LLVM: the host's detected ones and `mattr`. */
  readonly flags: string;
  /** Tuned for the processor that compiles: no -mcpu was given. */
  readonly host: boolean;
}

/** The compiling machine, and what its LLVM knows about processors. `backends/llvm/libllvm` provides it. */
export interface HostInfo {
  readonly triple: string;
  readonly cpu: string;
  /** `+avx2,-avx512f,...` */
  readonly flags: string;
  /** The features that matter to schedules of a cpu with these flags; a coded error for an unknown cpu or flag. */
  readonly cpuFeatures: (triple: string, cpu: string, flags: string) => readonly string[];
}

export function hasFeature(target: Target, feature: string): boolean {
  return target.features.includes(feature);
}

/** The features that code for this target uses and the host lacks; empty: it runs here. Another architecture: its name. */
export function missingOnHost(target: Target, host: HostInfo): readonly string[] {
  if (target.kind !== "llvm") return [target.kind];
  if (archOfTriple(host.triple) !== target.arch) return [target.arch];
  const here = new Set(host.cpuFeatures(host.triple, host.cpu, host.flags));
  return target.features.filter((feature) => !here.has(feature));
}
