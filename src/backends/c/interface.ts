/** What model.c offers its callers. */
import type { Port, Program } from "../../ir/loop/program.js";
import { C_TYPES } from "../header.js";
import { createNames, identifier } from "./names.js";

export interface PortParameter {
  readonly name: string;
  readonly declaration: string;
}

/** `mnist_run`, and for networks with state `mnist_reset`. */
export function functionNames({ name }: Program): { readonly run: string; readonly reset: string } {
  const prefix = identifier(name, "model");
  return { run: `${prefix}_run`, reset: `${prefix}_reset` };
}

/** A pointer for every input and output, in their order. */
export function portParameters(program: Program): {
  readonly inputs: readonly PortParameter[];
  readonly outputs: readonly PortParameter[];
} {
  const names = createNames([...Object.values(functionNames(program)), "arena_memory", "state_memory", "initial_state"]);
  const parameter =
    (qualifier: string) =>
    (p: Port): PortParameter => {
      const name = names.take(p.name);
      return { name, declaration: `${qualifier}${C_TYPES[p.type.dtype]} *${name}` };
    };
  return { inputs: program.inputs.map(parameter("const ")), outputs: program.outputs.map(parameter("")) };
}

/** Declarations for model.h. */
export function prototypes(program: Program): readonly string[] {
  const { run, reset } = functionNames(program);
  const { inputs, outputs } = portParameters(program);
  const parameters = [...inputs, ...outputs].map((p) => p.declaration).join(", ") || "void";
  return [
    "#ifdef __cplusplus",
    'extern "C" {',
    "#endif",
    "/* Runs the network once. Tensors are dense and row-major, aligned as their types; outputs overlap nothing else. One call at a time. */",
    `void ${run}(${parameters});`,
    ...(program.stateBytes > 0
      ? ["/* Forgets what earlier runs left; the first run does it by itself. */", `void ${reset}(void);`]
      : []),
    "#ifdef __cplusplus",
    "}",
    "#endif",
    "",
  ];
}
