/** Portable C99: model.c and model.h for any compiler, and a library of the same functions where this machine has one. */

import { archHere, vectorShape } from "../../ir/target/arch.js";
import type { TargetSpec } from "../../ir/target/syntax.js";
import type { Target } from "../../ir/target/target.js";
import { failUsage } from "../../support/diag.js";
import type { Backend, Text } from "../backend.js";
import { descriptorOf } from "../descriptor.js";
import { modelHeader } from "../header.js";
import { constantLayout, constantObjects } from "../native/constants.js";
import { toolWarnings } from "../native/find-tools.js";
import { elfArch } from "../native/link.js";
import { compileLibrary, compilerHere } from "./compile.js";
import { descriptorText } from "./descriptor.js";
import { prototypes } from "./interface.js";
import { libraryText, modelPieces, partsOf } from "./program.js";

/** Errors: QC-TARGET-009 it has options. */
function resolveC(spec: TargetSpec): Target {
  const given = [
    ...(["mcpu", "mtriple", "model", "device"] as const).filter((f) => spec[f] !== null),
    ...(spec.mattr.length > 0 ? ["mattr"] : []),
  ];
  if (given.length > 0) {
    failUsage(
      "QC-TARGET-009",
      `the target 'c' has no -${given.join(", -")}`,
      "write --target c: its code fits every processor; your C compiler takes such flags",
    );
  }
  return {
    kind: "c",
    arch: "portable",
    mcpu: "",
    mattr: [],
    mtriple: "",
    model: null,
    device: null,
    flags: "",
    features: [],
    ...vectorShape("portable", []),
    host: false,
  };
}

export const cBackend: Backend = {
  name: "c",
  doc: "portable C99, for the C compiler of any system",
  accepts: ({ kind }) => kind === "c",
  open(spec) {
    const target = resolveC(spec);
    const compiler = compilerHere();
    return {
      target,
      toolchain: {},
      emits: ["library", "obj"],
      ready: ({ bundle }) => (compiler ? toolWarnings(archHere()!, { bundle }) : []),
      missingHere: () => (compiler ? [] : ["a C compiler"]),
      emit(program, blobs, { producer }) {
        const parts = partsOf(program);
        const { stateInitOffset } = constantLayout(program, blobs);
        const facts = { targetText: target.kind, producer, features: target.features, stateInitOffset };
        const library = libraryText(parts, descriptorText(descriptorOf(program, facts)), stateInitOffset);
        const texts: readonly Text[] = [
          { name: "model.c", wanted: null, pieces: () => modelPieces(parts, blobs, producer) },
          { name: "model.h", wanted: null, pieces: () => [modelHeader(program, prototypes(program))] },
          { name: "library.c", wanted: "library", pieces: () => [library] },
        ];
        return { name: program.name, texts, constants: (arch) => constantObjects(program, blobs, arch) };
      },
      build({ texts, constants }) {
        const source = texts.find((t) => t.name === "library.c");
        if (!compiler || !source) return null;
        const object = compileLibrary(compiler, Array.from(source.pieces()).join(""));
        return { objects: [object, ...constants(elfArch(object))] };
      },
    };
  },
};
