import type { Machine } from "./machine.js";

/** What code is generated for: plain data. Made by `resolveTarget` from a TVM target string and what is known about this machine. */
export interface Target extends Machine {
  readonly kind: TargetKind;
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

export type TargetKind = "llvm" | "cuda";
export type Arch = "x86_64" | "aarch64" | "nvptx64";

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

/** The architecture of an LLVM triple; null where not supported. */
export function archOfTriple(triple: string): Arch | null {
  const head = triple.split("-")[0];
  if (head === "x86_64" || head === "amd64") return "x86_64";
  if (head === "aarch64" || head === "arm64") return "aarch64";
  return null;
}

/** Width and number of the vector registers that a set of features gives. */
export function vectorShape(
  arch: Arch,
  features: readonly string[],
): { readonly vectorBits: number; readonly vectorRegisters: number } {
  const has = (feature: string): boolean => features.includes(feature);
  switch (arch) {
    case "x86_64":
      if (has("avx512f")) return { vectorBits: 512, vectorRegisters: 32 };
      return { vectorBits: has("avx") ? 256 : 128, vectorRegisters: 16 };
    case "aarch64":
      return { vectorBits: 128, vectorRegisters: 32 };
    case "nvptx64":
      return { vectorBits: 32, vectorRegisters: 255 };
    default:
      return arch satisfies never;
  }
}
