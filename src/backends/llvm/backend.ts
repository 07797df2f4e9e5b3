/** CPUs through libLLVM: text, objects of it, and kernels on their own for the tuner. */
import { resolveCpu } from "../../ir/target/resolve.js";
import { missingOnHost, type Target } from "../../ir/target/target.js";
import type { Diag } from "../../support/diag.js";
import type { Backend } from "../backend.js";
import { modelHeader } from "../header.js";
import { constantObjects } from "../native/constants.js";
import { toolWarnings } from "../native/find-tools.js";
import { compileProgram, emitProgram, nativeArch } from "./build.js";
import { hostInfo, type LLVM, openLLVM } from "./libllvm/open.js";
import { measureFor } from "./native-kernels.js";

/** What LLVM calls processors that it does not know. */
const UNKNOWN = ["generic", "x86-64"];

function olderThanHost({ version, libraryPath }: LLVM, { host, mcpu }: Target): readonly Diag[] {
  if (!host || !UNKNOWN.includes(mcpu)) return [];
  const message = `libLLVM ${version} does not know this processor: it uses its features, and orders instructions for '${mcpu}'`;
  return [
    {
      severity: "remark",
      code: "QC-LLVM-018",
      message,
      help: `install a newer libLLVM than '${libraryPath}' (apt install libllvm19)`,
    },
  ];
}

export const llvmBackend: Backend = {
  name: "llvm",
  doc: "machine code for a CPU, made by libLLVM",
  accepts: ({ kind }) => kind === "llvm",
  open(spec) {
    const llvm = openLLVM();
    const host = hostInfo(llvm);
    const target = resolveCpu(spec, host);
    return {
      target,
      toolchain: { llvm: llvm.version },
      emits: ["llvm", "asm", "obj"],
      ready({ bundle }) {
        const arch = nativeArch(target.arch);
        return [...olderThanHost(llvm, target), ...toolWarnings(arch, { bundle })];
      },
      missingHere: () => missingOnHost(target, host),
      emit(program, blobs, options) {
        const text = emitProgram(program, blobs, target, options);
        return {
          name: program.name,
          texts: [
            { name: "model.ll", wanted: "llvm", pieces: () => [text] },
            { name: "model.h", wanted: null, pieces: () => [modelHeader(program)] },
          ],
          constants: (arch) => constantObjects(program, blobs, arch),
        };
      },
      build({ name, texts, constants }, { asm }) {
        const text = [...texts[0].pieces()].join("");
        const code = compileProgram(name, text, target, llvm, { asm });
        return { objects: [code.main, ...constants(nativeArch(target.arch)), code.memory], asm: code.asm };
      },
      measure: measureFor(llvm, target),
    };
  },
};
