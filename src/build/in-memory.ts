import { join } from "node:path";
import type { Module } from "../ir/graph/module.js";
import { load, type Net } from "../runtime/index.js";
import { withTempFolder } from "../support/temp-folder.js";
import type { Line } from "./line.js";
import { openToolchain } from "./toolchain.js";
import { buildShared } from "./write.js";

/** A module compiled for the machine at hand, whatever the target, and loaded; nothing is left on disk. */
export async function buildInMemory(line: Line, m: Module): Promise<Net> {
  const tools = openToolchain();
  const { program } = line.plan(line.lower(m), tools.target);
  return withTempFolder("calibrate", async (folder) => {
    const file = join(folder, "model.so");
    buildShared(program, line.ctx.blobs, tools, file);
    return load(file);
  });
}
