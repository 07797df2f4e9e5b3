/** Where tuning takes place. */
import { cpus } from "node:os";
import { basename, join } from "node:path";
import type { Toolchain } from "../build/toolchain.js";
import type { Context } from "../context.js";
import type { Module } from "../ir/graph/module.js";
import { targetKey } from "../ir/target/resolve.js";
import type { Environment } from "./records/record.js";

/** A fused module, for whom its schedules are made, and the log that holds what is known of them. */
export interface TuningSite {
  readonly module: Module;
  readonly ctx: Context;
  readonly tools: Toolchain;
  readonly environment: Environment;
  readonly log: string;
}

/** Where the log of a model lies under the folder of its results. */
export const logPath = (outputPath: string, modelFile: string): string =>
  join(outputPath, "optimization_artifacts", `${basename(modelFile).replace(/\.[^.]+$/, "")}.tuning.json`);

export const environmentOf = (tools: Toolchain): Environment => ({
  target: targetKey(tools.target),
  cpu: cpus()[0]?.model ?? "unknown",
  toolchain: { qc: tools.producer.replace(/^qc /, ""), ...tools.engine.toolchain },
});
