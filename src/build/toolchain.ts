import { readFileSync } from "node:fs";
import { hostInfo, type LLVM, openLLVM } from "../backends/llvm/libllvm/open.js";
import { builtinInstrs } from "../ir/instr/builtin.js";
import { type InstrTable, instrTable } from "../ir/instr/define.js";
import { resolveTarget, targetText } from "../ir/target/resolve.js";
import type { Target } from "../ir/target/target.js";
import { fail } from "../support/diag.js";

/** What turns a program into code: libLLVM, the target, its instructions. */
export interface Toolchain {
  readonly llvm: LLVM;
  readonly target: Target;
  readonly targetText: string;
  /** For people: names the processor where the target leaves it to the host. */
  readonly targetLabel: string;
  readonly instrs: InstrTable;
  /** `qc 0.1.0` */
  readonly producer: string;
}

/** `strictFloat`: schedules keep the terms of float sums. */
export function openToolchain(target: string | readonly string[] = "llvm", { strictFloat = false } = {}): Toolchain {
  const llvm = openLLVM();
  const given = resolveTarget(target, hostInfo(llvm));
  const resolved: Target = strictFloat ? { ...given, strictFloat } : given;
  if (resolved.kind !== "llvm") {
    fail("QC-COMPILE-004", `there is no backend for target '${targetText(resolved)}' yet`, {
      help: 'compile for a CPU: --target "llvm -mcpu=..."',
    });
  }
  return {
    llvm,
    target: resolved,
    targetText: targetText(resolved),
    targetLabel: resolved.host ? `this machine (${resolved.mcpu})` : targetText(resolved),
    instrs: instrTable(builtinInstrs),
    producer: `qc ${version()}`,
  };
}

const version = (): string => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return String((JSON.parse(text) as { version: string }).version);
};
