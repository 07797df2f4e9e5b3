import { archOfTriple, type NativeArch } from "../../../ir/target/arch.js";
import { fail } from "../../../support/diag.js";
import { closest } from "../../../support/suggest.js";
import { type Bindings, type Cell, type Library, type Ptr, takeString } from "./bindings.js";
import { captureStderr } from "./stderr.js";

/** What code is generated for. `features` in LLVM's spelling: `+avx2,-avx512f`; empty: what the cpu implies. */
export interface MachineSpec {
  readonly triple: string;
  readonly cpu: string;
  readonly features: string;
}

/** Processors offered when a name is not known; LLVM itself decides which names are. */
export const COMMON_CPUS: Readonly<Record<NativeArch, readonly string[]>> = {
  x86_64: [
    "x86-64 x86-64-v2 x86-64-v3 x86-64-v4 nehalem westmere sandybridge ivybridge haswell broadwell skylake skylake-avx512",
    "cascadelake cooperlake cannonlake icelake-client icelake-server tigerlake rocketlake alderlake raptorlake meteorlake",
    "sapphirerapids emeraldrapids graniterapids silvermont goldmont tremont gracemont btver2 bdver4 znver1 znver2 znver3 znver4",
    "znver5",
  ].flatMap((line) => line.split(" ")),
  aarch64: [
    "generic cortex-a35 cortex-a53 cortex-a55 cortex-a57 cortex-a72 cortex-a73 cortex-a75 cortex-a76 cortex-a77 cortex-a78",
    "cortex-a510 cortex-a710 cortex-x1 cortex-x2 neoverse-n1 neoverse-n2 neoverse-v1 neoverse-v2 ampere1 a64fx apple-m1 apple-m2",
    "carmel thunderx2t99",
  ].flatMap((line) => line.split(" ")),
};

/** x86 processors without 64-bit mode: LLVM ends the process when asked to generate 64-bit code for one. */
const ONLY_32_BIT = /^(i[3-6]86|pentium.*|prescott|yonah|lakemont|k6.*|athlon(-tbird|-4|-xp|-mp)?|geode|winchip.*|c3(-2)?)$/;

function targetOf(llvm: Bindings, triple: string): Ptr {
  const target: Cell = [null];
  const message: Cell = [null];
  if (llvm.targetFromTriple(triple, target, message) === 0 && target[0]) return target[0];
  const why = takeString(llvm, message[0]).trim();
  return fail("QC-LLVM-003", `this libLLVM cannot generate code for '${triple}'${why ? `: ${why}` : ""}`, {
    help: "x86_64-linux-gnu and aarch64-linux-gnu are supported",
  });
}

const RELOC_PIC = 2;
const CODE_MODEL_DEFAULT = 0;

/** A target machine for position-independent code. The names in `spec` must have been checked. */
export function createMachine(llvm: Bindings, spec: MachineSpec, level: number): Ptr {
  const target = targetOf(llvm, spec.triple);
  const machine = llvm.createMachine(target, spec.triple, spec.cpu, spec.features, level, RELOC_PIC, CODE_MODEL_DEFAULT);
  return machine ?? fail("QC-LLVM-003", `this libLLVM has no code generator for '${spec.triple}'`);
}

/**
 * Asks LLVM whether it knows the processor and the features.
 * Errors: QC-LLVM-003 the triple, QC-LLVM-004 the cpu, QC-LLVM-005 a feature, QC-LLVM-006 a cpu without 64-bit mode.
 */
export function checkMachine({ llvm, version }: Library, spec: MachineSpec): void {
  const arch = archOfTriple(spec.triple);
  if (arch === null) {
    fail("QC-LLVM-003", `code for '${spec.triple}' is not supported`, { help: "use an x86_64 or aarch64 triple" });
  }
  if (arch === "x86_64" && ONLY_32_BIT.test(spec.cpu)) {
    fail("QC-LLVM-006", `'${spec.cpu}' is a 32-bit processor and the target is 64-bit`, {
      help: "the oldest usable is -mcpu=x86-64",
    });
  }
  const { printed } = captureStderr(() => llvm.disposeMachine(createMachine(llvm, spec, 0)));
  if (/is not a recognized processor|not a valid CPU|unknown target CPU/i.test(printed) || spec.cpu === "help") {
    const close = closest(spec.cpu, COMMON_CPUS[arch]);
    fail("QC-LLVM-004", `LLVM ${version} does not know the ${arch} processor '${spec.cpu}'`, {
      help: `${close.length > 0 ? `did you mean ${close.map((c) => `-mcpu=${c}`).join(" or ")}? ` : ""}common ones: ${COMMON_CPUS[arch].join(" ")}`,
    });
  }
  const feature = /'([^']*)' is not a recognized feature/.exec(printed)?.[1];
  if (feature !== undefined) {
    fail("QC-LLVM-005", `LLVM ${version} does not know the ${arch} feature '${feature}'`, {
      help: `'llc -mtriple=${spec.triple} -mattr=help' lists them`,
    });
  }
}
