import { writeSync } from "node:fs";
import { fail, formatDiag, type TextPos } from "../../../support/diag.js";
import {
  type Bindings,
  type Cell,
  type Library,
  type Message,
  type Ptr,
  readString,
  takeBuffer,
  takeString,
  withHandlers,
} from "./bindings.js";
import { createMachine, type MachineSpec } from "./machine.js";

export type OptLevel = 0 | 1 | 2 | 3;

export interface CompileInput extends MachineSpec {
  /** LLVM IR modules; several are linked into one. Their own triple and data layout are replaced. */
  readonly texts: readonly string[];
  /** The name in messages; default `<ir>`. */
  readonly name?: string;
  readonly optLevel: OptLevel;
  /** A pass pipeline in opt's syntax; default `default<O{optLevel}>`. */
  readonly passes?: string;
  /** What to produce next to the object. */
  readonly emit?: readonly ("asm" | "ir")[];
}

export interface CompileOutput {
  /** A relocatable ELF object. */
  readonly object: Uint8Array;
  readonly asm?: string;
  /** The module after the passes. */
  readonly ir?: string;
}

const FILE_ASSEMBLY = 0;
export const FILE_OBJECT = 1;
const VERIFY_RETURN_STATUS = 2;

/** `name:3:7: error: what` + the line + a caret --> the pieces. */
function parsePosition(message: string, name: string): { readonly what: string; readonly pos?: TextPos } {
  const lines = message.trimEnd().split("\n");
  const place = /^(?:.*?):(\d+):(\d+): (?:error: )?(.*)$/.exec(lines[0] ?? "");
  if (!place) return { what: message.trim() };
  const [, line, column, what] = place;
  return { what, pos: { file: name, line: Number(line), column: Number(column), text: lines[1] } };
}

/** Where the verifier's message quotes an instruction, the line of the text that holds it. */
function findQuoted(message: string, text: string, name: string): TextPos | undefined {
  const wanted = message
    .split("\n")
    .slice(1)
    .map((l) => l.trim())
    .filter((l) => l.length > 0);
  const lines = text.split("\n");
  for (const quoted of wanted) {
    const at = lines.findIndex((l) => l.trim() === quoted);
    if (at >= 0)
      return { file: name, line: at + 1, column: lines[at].length - lines[at].trimStart().length + 1, text: lines[at] };
  }
  return undefined;
}

/** QC-LLVM-010 with the line and a caret where the text cannot be read. */
export function parseModule(llvm: Bindings, context: Ptr, text: string, name: string): Ptr {
  const bytes = Buffer.from(text, "utf8");
  const module: Cell = [null];
  const message: Cell = [null];
  const failed = llvm.parseIR(context, llvm.bufferFromBytes(bytes, bytes.length, name), module, message);
  if (failed === 0 && module[0]) return module[0];
  const { what, pos } = parsePosition(takeString(llvm, message[0]), name);
  return fail("QC-LLVM-010", `LLVM cannot read the IR: ${what}`, { pos });
}

function verify(llvm: Bindings, module: Ptr, text: string, name: string): void {
  const message: Cell = [null];
  const broken = llvm.verifyModule(module, VERIFY_RETURN_STATUS, message);
  const said = takeString(llvm, message[0]).trim();
  if (broken !== 0) fail("QC-LLVM-011", `LLVM's verifier refuses the IR: ${said}`, { pos: findQuoted(said, text, name) });
}

export function runPasses(llvm: Bindings, module: Ptr, machine: Ptr, passes: string): void {
  const options = llvm.createPassOptions();
  const error = llvm.runPasses(module, passes, machine, options);
  llvm.disposePassOptions(options);
  if (error === null) return;
  const message = llvm.errorMessage(error);
  const what = readString(message);
  llvm.disposeErrorMessage(message);
  fail("QC-LLVM-012", `LLVM refuses the pass pipeline '${passes}': ${what}`, { help: "it is opt's -passes= syntax" });
}

/** Generates code; this changes the module. */
function emit(llvm: Bindings, module: Ptr, machine: Ptr, fileType: number, messages: readonly Message[]): Uint8Array {
  const error: Cell = [null];
  const buffer: Cell = [null];
  const failed = llvm.emitToBuffer(machine, module, fileType, error, buffer);
  const said = failed !== 0 ? takeString(llvm, error[0]) : "";
  const bytes = buffer[0] ? takeBuffer(llvm, buffer[0]) : null;
  failOnErrors("QC-LLVM-014", "cannot generate code", messages);
  return failed === 0 && bytes ? bytes : fail("QC-LLVM-014", `LLVM cannot generate code: ${said}`);
}

/** Errors that LLVM reports on the side: inline assembly, the linker of modules, the backend. */
function failOnErrors(code: string, what: string, messages: readonly Message[]): void {
  const errors = messages.filter((m) => m.severity === "error");
  if (errors.length > 0) fail(code, `LLVM ${what}: ${errors.map((m) => m.text.trim()).join("; ")}`);
}

/** LLVM ends the process after this returns: say why first, in the form of every other error, and let exit handlers clean up. */
export function reportFatal(reason: string): void {
  const help = "an intrinsic that the target's features do not include is the usual cause; --emit=llvm shows the IR";
  const message = `LLVM stopped on an internal error: ${reason.trim()}`;
  writeSync(2, `${formatDiag({ severity: "error", code: "QC-LLVM-015", message, help })}\n`);
  process.exit(1);
}

/** Parses, gives triple and data layout, verifies; several texts become one module. */
function load(llvm: Bindings, context: Ptr, machine: Ptr, input: CompileInput, messages: readonly Message[]): Ptr {
  const layout = llvm.createDataLayout(machine);
  const modules = input.texts.map((text, i) => {
    const name = `${input.name ?? "<ir>"}${input.texts.length > 1 ? `#${i}` : ""}`;
    const module = parseModule(llvm, context, text, name);
    llvm.setTarget(module, input.triple);
    llvm.setDataLayout(module, layout);
    verify(llvm, module, text, name);
    return module;
  });
  llvm.disposeDataLayout(layout);
  const [first, ...rest] = modules;
  if (first === undefined) fail("QC-LLVM-010", "there is no IR to compile");
  for (const other of rest) {
    const failed = llvm.linkModules(first, other);
    failOnErrors("QC-LLVM-013", "cannot link the modules", messages);
    if (failed !== 0) fail("QC-LLVM-013", "LLVM cannot link the modules");
  }
  return first;
}

/**
 * IR text to an object file, in this process: parse, verify, optimise, generate code. Position-independent, ELF.
 * The cpu and the features must be known to LLVM (`checkMachine`).
 * Errors: QC-LLVM-010 parse, 011 verify, 012 passes, 013 module linking, 014 code generation. An internal error of LLVM
 * (QC-LLVM-015) cannot be survived: it is printed and the process ends with exit code 1.
 */
export function compileModule(library: Library, input: CompileInput): CompileOutput {
  const { llvm } = library;
  const context = llvm.contextCreate();
  const machine = createMachine(llvm, input, input.optLevel);
  try {
    return withHandlers(library, context, reportFatal, (messages) => {
      const module = load(llvm, context, machine, input, messages);
      runPasses(llvm, module, machine, input.passes ?? `default<O${input.optLevel}>`);
      const ir = input.emit?.includes("ir") ? takeString(llvm, llvm.printModule(module)) : undefined;
      const asmBytes = input.emit?.includes("asm")
        ? emit(llvm, llvm.cloneModule(module), machine, FILE_ASSEMBLY, messages)
        : undefined;
      const object = emit(llvm, module, machine, FILE_OBJECT, messages);
      return { object, asm: asmBytes && Buffer.from(asmBytes).toString("utf8"), ir };
    });
  } finally {
    llvm.disposeMachine(machine);
    llvm.contextDispose(context);
  }
}
