import { relative, resolve, sep } from "node:path";
import type { Port, Program } from "../ir/loop/program.js";
import { targetText } from "../ir/target/resolve.js";
import { ABI_VERSION } from "../runtime/library.js";
import { type ModelRecord, RECORD_VERSION } from "../runtime/model-record.js";
import { sha256OfFile } from "../support/fs.js";
import { arithmeticOf } from "./arithmetic.js";
import type { Toolchain } from "./toolchain.js";

/** What a build knows of a model beside its program. */
export type BuildFacts = Pick<ModelRecord, "quantizer" | "preprocessor" | "preprocessorSha256" | "calibrationSamples">;

/** What is measured and found on the way to the files. */
export type Findings = Pick<ModelRecord, "sha256" | "source" | "arenaLowerBound" | "floatError">;

const portOf = ({ name, type: { dtype, shape, quant } }: Port) => ({ name, dtype, shape, quant });

/** The record of a program that was built. */
export function describeModel(program: Program, tools: Toolchain, findings: Findings, facts: BuildFacts): ModelRecord {
  const { name, inputs, outputs, states, arenaBytes, weightBytes, stateBytes, launches, kernels } = program;
  const { arenaLowerBound, floatError, sha256, source } = findings;
  return {
    format: "qc-model",
    version: RECORD_VERSION,
    name,
    producer: tools.producer,
    target: targetText({ ...tools.target, host: false }),
    cpu: tools.target.mcpu,
    features: tools.target.features,
    toolchain: tools.engine.toolchain,
    abiVersion: ABI_VERSION,
    sha256,
    inputs: inputs.map(portOf),
    outputs: outputs.map(portOf),
    ...(states.length ? { states: states.map((s) => ({ ...portOf(s), output: s.output, offset: s.offset })) } : {}),
    ...{ arenaBytes, arenaLowerBound, weightBytes, stateBytes },
    flops: launches.reduce((sum, l) => sum + l.flops, 0),
    arithmetic: launches.map((l) => ({ kernel: kernels[l.kernel].name, kind: arithmeticOf(kernels[l.kernel]) })),
    source,
    floatError,
    ...facts,
  };
}

/** The model file as its record names it: from the output folder, so that both can move together. */
export const sourceOf = (modelFile: string, outputPath: string): ModelRecord["source"] => ({
  path: relative(resolve(outputPath), resolve(modelFile)).split(sep).join("/"),
  sha256: sha256OfFile(modelFile),
});
