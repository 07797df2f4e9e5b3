/** Linkers and C compilers of this machine: the first that is there and proves, on a trial, that it works. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { archHere, archOfElf, type NativeArch } from "../../ir/target/arch.js";
import { type Diag, fail, QcError } from "../../support/diag.js";
import { knob } from "../../support/env.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { constantsObject } from "./constants-object.js";
import { type Linker, linkWith } from "./link-with.js";
import { compilerNames, findProgram, runTool } from "./tools.js";

/** A trial takes some 20 ms; a tool that hangs is given up after this. */
const TRIAL_MS = 10_000;

const LLD_NAMES = [...[21, 20, 19, 18, 17, 16, 15].map((v) => `ld.lld-${v}`), "ld.lld"];

/** Why a tool does not work, null where it does; by path and architecture. A tool is tried once in a process. */
const tried = new Map<string, string | null>();

/** Runs a trial that must leave an ELF file for the architecture at the path that it is given. */
function faultOf(path: string, arch: NativeArch, trial: (output: string) => void): string | null {
  const key = `${path}\n${arch}`;
  const known = tried.get(key);
  if (known !== undefined) return known;
  const fault = withTempFolder("trial", (folder) => {
    const output = join(folder, "trial");
    try {
      trial(output);
      const file = readFileSync(output);
      const isElf = file.length > 20 && file.readUInt32BE(0) === 0x7f454c46 && archOfElf(file.readUInt16LE(18)) === arch;
      return isElf ? null : `what it writes is no file for ${arch}`;
    } catch (error) {
      return error instanceof QcError ? error.diags[0].message : `it wrote nothing (${(error as Error).message})`;
    }
  });
  tried.set(key, fault);
  return fault;
}

/** Links 64 zeros. */
function linkerFault(linker: Linker, arch: NativeArch): string | null {
  const part = { offset: 0, bytes: 64, data: () => new Uint8Array(64) };
  const pieces = constantsObject({ symbol: "qc_trial", align: 64, arch, bytes: 64, parts: [part] });
  const trial = { objects: [{ pieces }], exports: ["qc_trial"], keepSymbols: false, limitMs: TRIAL_MS };
  return faultOf(linker.path, arch, (output) => linkWith(linker, { ...trial, output }));
}

function compilerFault(path: string, arch: NativeArch): string | null {
  return faultOf(path, arch, (output) => {
    const source = `${output}.c`;
    writeFileSync(source, "int qc_trial(int x) { return x + 1; }\n");
    runTool(path, ["-c", source, "-o", output], TRIAL_MS);
  });
}

/** Of the tools that are here, the first without a fault; null where none is here. Errors: QC-LINK-007 all that are here have one. */
function firstThatWorks<T extends { readonly path: string }>(
  tools: readonly T[],
  faultWith: (tool: T) => string | null,
  advice: string,
): T | null {
  const faults: string[] = [];
  for (const tool of tools) {
    const fault = faultWith(tool);
    if (fault === null) return tool;
    faults.push(`'${tool.path}': ${fault}`);
  }
  if (faults.length === 0) return null;
  return fail("QC-LINK-007", `found but broken: ${faults.join("; ")}`, { help: advice });
}

const found = (names: readonly string[]): readonly string[] =>
  names.map((n) => findProgram(n)).filter((path): path is string => path !== null);

/**
 * QC_CC, or the first C compiler for the architecture that works; null where there is none.
 * Errors: QC-LINK-002 QC_CC names nothing, 007 those that are here do not work.
 */
export function compilerFor(arch: NativeArch): string | null {
  const given = knob("QC_CC");
  const paths = found(given ? [given] : compilerNames(arch));
  if (given && paths.length === 0)
    fail("QC-LINK-002", `QC_CC names '${given}', which does not exist`, { help: compilerHelp(arch) });
  const tools = paths.map((path) => ({ path }));
  return firstThatWorks(tools, ({ path }) => compilerFault(path, arch), compilerHelp(arch))?.path ?? null;
}

const compilerHelp = (arch: NativeArch): string =>
  `${archHere() === arch ? "apt install gcc" : `apt install gcc-${arch.replace("_", "-")}-linux-gnu`}, or set QC_CC`;

/** QC_CC or the first C compiler for the architecture that works. Errors: QC-LINK-002, 007. */
export const findCompiler = (arch: NativeArch): string =>
  compilerFor(arch) ?? fail("QC-LINK-002", `no C compiler for ${arch} was found`, { help: compilerHelp(arch) });

/** QC_LLD, else the newest lld in PATH, else a C compiler: the first that works. Errors: QC-LINK-001, 007. */
export function findLinker(arch: NativeArch): Linker {
  const given = knob("QC_LLD");
  const advice = "apt install lld-19 (any version from 15 on will do), or set QC_LLD to the path of ld.lld";
  const lld = found(given ? [given] : LLD_NAMES).map((path): Linker => ({ kind: "lld", path }));
  if (given && lld.length === 0) fail("QC-LINK-001", `QC_LLD names '${given}', which does not exist`, { help: advice });
  const compilers = given ? [] : found(compilerNames(arch)).map((path): Linker => ({ kind: "cc", path }));
  const linker = firstThatWorks([...lld, ...compilers], (l) => linkerFault(l, arch), advice);
  return linker ?? fail("QC-LINK-001", `no linker for ${arch} was found`, { help: advice });
}

/**
 * Finds what links for an architecture, and what compiles a bundle's C; says which tools were passed over since they do not work.
 * Errors: QC-LINK-001, 002, 007.
 */
export function toolWarnings(arch: NativeArch, { bundle }: { readonly bundle: boolean }): readonly Diag[] {
  findLinker(arch);
  if (bundle) findCompiler(arch);
  return [...tried].flatMap(([key, fault]): Diag[] => {
    const [path, of] = key.split("\n");
    if (fault === null || of !== arch) return [];
    const help = "mend or remove it; QC_LLD and QC_CC name another";
    return [{ severity: "warning", code: "QC-LINK-008", message: `'${path}' does not work and is passed over: ${fault}`, help }];
  });
}
