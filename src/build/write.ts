/** The emitting end of the line: a planned program to the files of the output folder. */
import { modelHeader, modelJson } from "../backends/llvm/artifacts.js";
import { type BuiltProgram, buildProgram } from "../backends/llvm/build.js";
import { linkExecutable, linkShared, writeObject } from "../backends/llvm/libllvm/link.js";
import type { BlobStore } from "../ir/blob/blob-store.js";
import type { Program } from "../ir/loop/program.js";
import { ABI_VERSION } from "../runtime/library.js";
import { sha256OfFile } from "../support/fs.js";
import type { OutputFolder } from "../support/output-folder.js";
import { arithmeticOf } from "./arithmetic.js";
import { runtimeSources } from "./runtime-sources.js";
import type { Toolchain } from "./toolchain.js";

export interface WriteRequest {
  readonly emit: readonly ("llvm" | "asm" | "obj")[];
  readonly bundle: boolean;
  readonly extra: Readonly<Record<string, unknown>>;
  /** Further text files by name. */
  readonly reports: Readonly<Record<string, string>>;
}

export function compileObjects(
  program: Program,
  blobs: BlobStore,
  tools: Toolchain,
  emit: WriteRequest["emit"] = [],
): BuiltProgram {
  return buildProgram(program, blobs, tools.target, tools.llvm, {
    emit: emit.filter((e) => e !== "obj"),
    instrs: tools.instrs,
    producer: tools.producer,
  });
}

/** Writes model.so, model.h, model.json and what else was asked for; returns the file names. */
export function writeModel(
  program: Program,
  built: BuiltProgram,
  tools: Toolchain,
  out: OutputFolder,
  request: WriteRequest,
): string[] {
  const files = ["model.so", "model.h"];
  linkShared({ objects: built.objects, output: out.path("model.so") });
  out.write("model.h", modelHeader(program));
  const add = (name: string, data: Uint8Array | string | undefined) => {
    if (data === undefined) return;
    out.write(name, data);
    files.push(name);
  };
  add("model.ll", built.llvm);
  add("model.s", built.asm);
  if (request.emit.includes("obj")) {
    built.objects.forEach((object, i) => {
      const name = i === 0 ? "model.o" : `model.${i}.o`;
      writeObject(out.path(name), object);
      files.push(name);
    });
  }
  for (const [name, text] of Object.entries(request.reports)) add(name, text);
  if (request.bundle) {
    bundle(built, tools, out.path("model"));
    files.push("model");
  }
  const arithmetic = program.launches.map((l) => arithmeticOf(program.kernels[l.kernel]));
  const facts = {
    producer: tools.producer,
    target: tools.targetText,
    toolchain: { llvm: tools.llvm.version },
    abiVersion: ABI_VERSION,
    sha256: Object.fromEntries(files.map((f) => [f, sha256OfFile(out.path(f))])),
    extra: { cpu: tools.target.mcpu, features: tools.target.features, arithmetic, ...request.extra },
  };
  out.write("model.json", modelJson(program, facts));
  return [...files, "model.json"];
}

/** One executable: the bundle's main program, the runtime's sources and the network. */
function bundle(built: BuiltProgram, tools: Toolchain, output: string): void {
  const arch = tools.target.arch as "x86_64" | "aarch64";
  linkExecutable({ arch, objects: built.objects, ...runtimeSources(), output });
}
