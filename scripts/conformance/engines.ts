/** Ways to execute an imported module, slowest and simplest first. */
import { loadProgram } from "../../src/backends/js/run-program.js";
import type { Context } from "../../src/context.js";
import type { Module } from "../../src/ir/graph/module.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import type { Tensor } from "../../src/ir/op/tensor.js";

export type Engine = (m: Module, ctx: Context, inputs: readonly Tensor[]) => readonly Tensor[];
export type EngineName = "eval" | "js" | "native";

/** The imported module by each op's reference. */
const evalEngine: Engine = (m, ctx, inputs) => evaluateModule(m, ctx, inputs);

export function createEngine(name: EngineName): Engine {
  switch (name) {
    case "eval":
      return evalEngine;
    default:
      throw new Error(`engine ${name} ${loadProgram.name}`);
  }
}
