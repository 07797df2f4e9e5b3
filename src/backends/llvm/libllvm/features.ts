import { ARCHS, archOfTriple } from "../../../ir/target/arch.js";
import { fail } from "../../../support/diag.js";
import { type Bindings, type Cell, type Library, type Message, type Ptr, takeString, withHandlers } from "./bindings.js";
import { FILE_OBJECT, parseModule, reportFatal, runPasses } from "./compile.js";
import { createMachine, type MachineSpec } from "./machine.js";
import { captureStderr } from "./stderr.js";

const X86_FEATURES = ARCHS.x86_64.features;

/** The features of aarch64, each with an instruction that is an error in the assembler without it. */
const AARCH64_PROBES: Readonly<Record<string, string>> = {
  neon: "add v0.4s, v0.4s, v0.4s",
  fullfp16: "fadd v0.8h, v0.8h, v0.8h",
  rdm: "sqrdmlah v0.4s, v0.4s, v0.4s",
  dotprod: "sdot v0.4s, v0.16b, v0.16b",
  i8mm: "smmla v0.4s, v0.16b, v0.16b",
  bf16: "bfdot v0.4s, v0.8h, v0.8h",
  lse: "ldadd w0, w1, [x2]",
  sve: "ptrue p0.b",
  sve2: "sqrdmlah z0.s, z0.s, z0.s",
};

interface Probe {
  readonly llvm: Bindings;
  readonly context: Ptr;
  readonly machine: Ptr;
  readonly spec: MachineSpec;
  readonly messages: readonly Message[];
}

/**
 * The inliner may copy a callee into a caller only where the caller's features include the callee's: a function per feature, one
 * caller compiled for the processor, and the calls that are left name the features it lacks. (The x86 assembler accepts everything.)
 */
function probeByInlining({ llvm, context, machine }: Probe): readonly string[] {
  const callees = X86_FEATURES.map(
    (feature) => `define internal void @"has ${feature}"() "target-cpu"="generic" "target-features"="+${feature}" { ret void }`,
  );
  const calls = X86_FEATURES.map((feature) => `  call void @"has ${feature}"()`);
  const text = [...callees, "define void @caller() {", ...calls, "  ret void", "}"].join("\n");
  const module = parseModule(llvm, context, text, "<probe>");
  const { result, printed } = captureStderr(() => {
    runPasses(llvm, module, machine, "cgscc(inline)");
    return takeString(llvm, llvm.printModule(module));
  });
  const lacking = new Set(Array.from(result.matchAll(/call void @"has ([^"]*)"/g), ([, feature]) => feature));
  const unknown = new Set(Array.from(printed.matchAll(/'\+([^']*)' is not a recognized feature/g), ([, feature]) => feature));
  return X86_FEATURES.filter((feature) => !lacking.has(feature) && !unknown.has(feature));
}

/** Assembles one instruction a line; a line with an error names a feature that is lacking (or that this LLVM does not know). */
function probeByAssembling({ llvm, context, machine, spec, messages }: Probe): readonly string[] {
  const probes = ARCHS.aarch64.features.map((feature) => [feature, AARCH64_PROBES[feature]] as const);
  const text = probes.map(([, instruction]) => `module asm "${instruction}"\n`).join("");
  const module = parseModule(llvm, context, text, "<probe>");
  llvm.setTarget(module, spec.triple);
  const error: Cell = [null];
  const object: Cell = [null];
  if (llvm.emitToBuffer(machine, module, FILE_OBJECT, error, object) !== 0) takeString(llvm, error[0]);
  if (object[0]) llvm.disposeBuffer(object[0]);
  const refused = new Set(messages.map((m) => Number(/^<inline asm>:(\d+):/.exec(m.text)?.[1] ?? 0)));
  if (refused.has(0)) fail("QC-LLVM-016", `LLVM cannot be asked about '${spec.cpu}': ${messages.map((m) => m.text).join("; ")}`);
  return probes.filter((_, i) => !refused.has(i + 1)).map(([feature]) => feature);
}

/** The features, of those that matter to schedules, of a cpu with these flags, as LLVM itself knows them; sorted. */
export function probeFeatures(library: Library, spec: MachineSpec): readonly string[] {
  const { llvm } = library;
  const context = llvm.contextCreate();
  const machine = createMachine(llvm, spec, 0);
  try {
    return withHandlers(library, context, reportFatal, (messages) => {
      const probe = { llvm, context, machine, spec, messages };
      return [...(archOfTriple(spec.triple) === "x86_64" ? probeByInlining(probe) : probeByAssembling(probe))].sort();
    });
  } finally {
    llvm.disposeMachine(machine);
    llvm.contextDispose(context);
  }
}
