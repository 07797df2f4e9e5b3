/**
 * Whole models with one schedule or another, measured launch by launch in turns. Alone a kernel finds its operands in the nearest cache, in the model what
 * the kernel before it left there.
 */
import { join } from "node:path";
import { planModule } from "../../build/plan.js";
import type { Toolchain } from "../../build/toolchain.js";
import { buildShared } from "../../build/write.js";
import type { Context } from "../../context.js";
import type { Module } from "../../ir/graph/module.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { breathe } from "../../support/interrupt.js";
import { openTempFolder } from "../../support/temp-folder.js";
import type { Blocks } from "../paired.js";
import { timeInBlocks } from "./blocks.js";

/** What one build of the model took, in milliseconds. */
export interface BuildTimes {
  /** By workload: one launch, the mean over its launches in a turn. */
  readonly launches: ReadonlyMap<string, Blocks>;
  /** By workload: its launches in one run. */
  readonly counts: ReadonlyMap<string, number>;
  /** Whole runs: the first of a turn, and those after it. */
  readonly cold: Blocks;
  readonly warm: Blocks;
}

export interface ModelBench {
  /** Builds the model with these schedules; returns a number for `time`. */
  add(schedule: (k: Kernel) => Kernel): Promise<number>;
  /** Runs builds in turns on so many threads, in so many blocks. */
  time(builds: readonly number[], threads: number, blocks: number): Promise<readonly BuildTimes[]>;
  close(): void;
}

/** Milliseconds that all runs of one call of `time` take, about, for each build. */
const BUDGET_MS = 2500;

interface Build {
  readonly file: string;
  /** By workload the numbers of its launches. */
  readonly launches: ReadonlyMap<string, readonly number[]>;
}

function launchesByKey(callees: readonly string[], keys: ReadonlyMap<string, string>): Build["launches"] {
  const launches = new Map<string, number[]>();
  callees.forEach((callee, i) => {
    const key = keys.get(callee) ?? "";
    launches.set(key, [...(launches.get(key) ?? []), i]);
  });
  return launches;
}

const meanOf = (phases: readonly number[], of: readonly number[]): number =>
  Number((of.reduce((sum, i) => sum + phases[i], 0) / of.length).toPrecision(6));

/** `keys`: the workload of every private function of the module. */
export function openModelBench(m: Module, ctx: Context, tools: Toolchain, keys: ReadonlyMap<string, string>): ModelBench {
  const folder = openTempFolder("tune-model");
  const made: Build[] = [];
  return {
    async add(schedule) {
      await breathe();
      const { program, callees } = planModule(m, ctx, schedule);
      const file = join(folder.path, `model${made.length}.so`);
      buildShared(program, ctx.blobs, tools, file);
      return made.push({ file, launches: launchesByKey(callees, keys) }) - 1;
    },
    async time(builds, threads, blocks) {
      const files = builds.map((b) => made[b].file);
      const times = await timeInBlocks(files, { threads, blocks, budgetMs: BUDGET_MS * builds.length, folder: folder.path });
      return times.map(({ cold, warm, phases }, i) => {
        const launches = [...made[builds[i]].launches].map(
          ([key, of]) => [key, phases.map((block) => block.map((round) => meanOf(round, of)))] as const,
        );
        const counts = new Map([...made[builds[i]].launches].map(([key, of]) => [key, of.length]));
        return { launches: new Map(launches), counts, cold, warm };
      });
    },
    close: folder.remove,
  };
}
