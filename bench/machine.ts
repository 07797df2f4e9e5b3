/** The machine that a measurement ran on, and what one core of it can do. */
import { cpus, loadavg } from "node:os";
import { measureOf, openToolchain } from "../src/build/toolchain.js";
import type { MachinePeak } from "../src/ir/target/roofline.js";
import { peerVersion } from "./peer.js";

export interface Machine extends MachinePeak {
  readonly cpu: string;
  readonly processors: number;
  /** Other jobs when the measurement started: the load average of the last minute. */
  readonly load: number;
  readonly features: readonly string[];
  readonly llvm: string;
  readonly node: string;
  readonly peer: string;
}

export function measureMachine(): Machine {
  const tools = openToolchain();
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    processors: cpus().length,
    load: loadavg()[0],
    features: tools.target.features,
    llvm: tools.engine.toolchain.llvm,
    node: process.version,
    peer: `onnxruntime-node ${peerVersion()}`,
    ...measureOf(tools).peak(),
  };
}
