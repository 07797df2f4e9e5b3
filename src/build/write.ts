/** The emitting end of the line: a planned program to the files of the output folder. */
import type { Built, Emitted, Text } from "../backends/backend.js";
import { elfArch, linkExecutable, linkShared } from "../backends/native/link.js";
import { type ObjectFile, writeObject } from "../backends/native/link-with.js";
import type { BlobStore } from "../ir/blob/blob-store.js";
import { pruneConsts } from "../ir/graph/edit.js";
import type { Module } from "../ir/graph/module.js";
import type { Program } from "../ir/loop/program.js";
import { writeIrFile } from "../ir/text/file.js";
import type { PrintContext } from "../ir/text/print-module.js";
import { modelRecordText } from "../runtime/model-record.js";
import { fail } from "../support/diag.js";
import { sha256OfFile } from "../support/fs.js";
import type { OutputFolder } from "../support/output-folder.js";
import { type BuildFacts, describeModel, type Findings } from "./describe.js";
import { runtimeSources } from "./runtime-sources.js";
import type { Toolchain } from "./toolchain.js";

export interface WriteRequest {
  /** What `--emit` names. */
  readonly emit: readonly string[];
  readonly bundle: boolean;
  readonly findings: Omit<Findings, "sha256">;
  readonly facts: BuildFacts;
  /** The module that `--emit qc` keeps. */
  readonly source: { readonly module: Module; readonly context: PrintContext };
  /** Further text files by name. */
  readonly reports: Readonly<Record<string, string>>;
}

/** A program as text and, where the backend's tools are here, as objects. */
export interface Code {
  readonly emitted: Emitted;
  readonly built: Built | null;
}

/** Errors: those of the backend. */
export function compileProgram(program: Program, blobs: BlobStore, tools: Toolchain, emit: readonly string[] = []): Code {
  const { engine, producer } = tools;
  const emitted = engine.emit(engine.legalize?.(program) ?? program, blobs, { producer });
  return { emitted, built: engine.build(emitted, { asm: emit.includes("asm") }) };
}

/** A program as the shared object `output`. Errors: those of the backend and of the linker; QC-COMPILE-014 the backend's tool is missing. */
export function buildShared(program: Program, blobs: BlobStore, tools: Toolchain, output: string): void {
  linkShared({ objects: objectsOf(compileProgram(program, blobs, tools), tools), output });
}

const objectsOf = ({ built }: Code, { targetText }: Toolchain): readonly ObjectFile[] =>
  built?.objects ??
  fail("QC-COMPILE-014", `no C compiler was found that makes a library for target '${targetText}'`, {
    help: "apt install gcc, or set QC_CC",
  });

/** Writes model.so, model.h, model.json and what else was asked for; returns the file names. */
export function writeModel(program: Program, code: Code, tools: Toolchain, out: OutputFolder, request: WriteRequest): string[] {
  const files: string[] = [];
  const add = (name: string, write: () => void) => {
    write();
    files.push(name);
  };
  const { emitted, built } = code;
  if (built) add("model.so", () => linkShared({ objects: built.objects, output: out.path("model.so") }));
  for (const text of emitted.texts.toSorted((a, b) => Number(a.wanted !== null) - Number(b.wanted !== null))) {
    if (text.wanted === null || request.emit.includes(text.wanted))
      add(text.name, () => writeObject(out.path(text.name), { pieces: () => bytesOf(text) }));
  }
  const { asm } = built ?? {};
  if (asm !== undefined) add("model.s", () => out.write("model.s", asm));
  if (request.emit.includes("obj")) {
    objectsOf(code, tools).forEach((object, i) => {
      const name = i === 0 ? "model.o" : `model.${i}.o`;
      add(name, () => writeObject(out.path(name), object));
    });
  }
  if (request.emit.includes("qc")) {
    const { module, context } = request.source;
    const { weights } = writeIrFile(out.path("model.qc"), pruneConsts(module), context, { locs: true });
    files.push("model.qc", ...(weights === null ? [] : ["model.qcw"]));
  }
  for (const [name, text] of Object.entries(request.reports)) add(name, () => out.write(name, text));
  if (request.bundle) add("model", () => bundle(objectsOf(code, tools), out.path("model")));
  const sha256 = Object.fromEntries(files.map((f) => [f, sha256OfFile(out.path(f))]));
  const record = describeModel(program, tools, { ...request.findings, sha256 }, request.facts);
  out.write("model.json", modelRecordText(record));
  return [...files, "model.json"];
}

function* bytesOf(text: Text): Iterable<Uint8Array> {
  for (const piece of text.pieces()) yield Buffer.from(piece);
}

/** One executable: the bundle's main program, the runtime's sources and the network. */
function bundle(objects: readonly ObjectFile[], output: string): void {
  const whole = objects.find((o) => o instanceof Uint8Array) ?? fail("QC-LINK-006", "there are no objects to link");
  linkExecutable({ arch: elfArch(whole), objects, ...runtimeSources(), output });
}
