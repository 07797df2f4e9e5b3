/** What stands beside model.so for tools and people. */
import type { Port, Program } from "../ir/loop/program.js";

export interface ModelFacts {
  readonly producer: string;
  readonly target: string;
  readonly toolchain: Readonly<Record<string, string>>;
  readonly abiVersion: number;
  /** SHA-256 in hex by file name. */
  readonly sha256: Readonly<Record<string, string>>;
  /** Facts for the command line: source model, quantizer, preprocessor, sizes. */
  readonly extra: Readonly<Record<string, unknown>>;
}

const portJson = (p: Port) => ({ name: p.name, dtype: p.type.dtype, shape: p.type.shape, quant: p.type.quant });

/** model.json; the format stands in docs/runtime-abi.md. */
export function modelJson(program: Program, facts: ModelFacts): string {
  const { extra, ...rest } = facts;
  const { name, inputs, outputs, states, arenaBytes, weightBytes, stateBytes } = program;
  const json = {
    format: "qc-model",
    name,
    ...rest,
    inputs: inputs.map(portJson),
    outputs: outputs.map(portJson),
    ...(states.length ? { states: states.map((s) => ({ ...portJson(s), output: s.output, offset: s.offset })) } : {}),
    arenaBytes,
    weightBytes,
    stateBytes,
    flops: program.launches.reduce((sum, l) => sum + l.flops, 0),
    ...extra,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
