import { describe, expect, it } from "vitest";
import { type Best, bestSchedules } from "../../src/autotune/records/best.js";
import type { TuningRecord } from "../../src/autotune/records/record.js";
import { stepsKey } from "../../src/autotune/records/steps-key.js";
import { confirm, wins } from "../../src/compile/tune-confirm.js";
import type { BuildTimes, ModelBench } from "../../src/compile/tune-context.js";
import type { Kernel } from "../../src/ir/loop/stmt.js";
import type { Step } from "../../src/ir/schedule/step.js";
import { HERE } from "./kernels.js";

const unroll = (loop: string): Step => ({ step: "unroll", stage: "s", loop });
const DEFAULT = stepsKey([]);
const final = (workload: string, loop: string, ms: number): TuningRecord => ({
  v: 1,
  workload,
  kernel: workload,
  session: "a",
  seed: 0,
  source: "final",
  decisions: {},
  steps: [unroll(loop)],
  baseline: DEFAULT,
  ...HERE,
  code: "c",
  threads: 1,
  ms: [ms],
  baselineMs: [1],
  error: null,
  time: "2026-01-01T00:00:00.000Z",
});
const kernel = (name: string): Kernel => ({ name, buffers: [], stages: [], prepare: [] });

/** A model of two launches, x and y, whose times are a function of their schedules; `rest` is what the others take in a build. */
function fakeBench(ms: (workload: string, loop: string, threads: number) => number, rest: (build: string) => number = () => 10) {
  const builds: Readonly<Record<string, string>>[] = [];
  const loopOf = (k: Kernel): string => k.name.split(" ")[1] ?? "";
  const bench: ModelBench = {
    async add(schedule) {
      return builds.push({ x: loopOf(schedule(kernel("x"))), y: loopOf(schedule(kernel("y"))) }) - 1;
    },
    async time(which, threads): Promise<BuildTimes[]> {
      return which.map((b) => {
        const of = (w: string) => ms(w, builds[b][w], threads);
        const total = of("x") + of("y") + rest(`${builds[b].x}${builds[b].y}`);
        return {
          launches: new Map([
            ["x", [of("x")]],
            ["y", [of("y")]],
          ]),
          total: [total],
        };
      });
    },
    close: () => undefined,
  };
  return { bench, builds };
}

async function run(given: readonly TuningRecord[], fake: ReturnType<typeof fakeBench>, threads: readonly number[] = [1]) {
  const records = [...given];
  const baselines = new Map([
    ["x", DEFAULT],
    ["y", DEFAULT],
  ]);
  const whole = await confirm({
    bench: fake.bench,
    records: given,
    baselines,
    threads,
    keyOf: (k) => k.name,
    standard: (k) => k,
    replay: (b: Best) => (k) => ({ ...k, name: `${k.name} ${(b.steps[0] as { loop: string }).loop}` }),
    record: ({ steps, workload }, source, t, ms, baselineMs) =>
      records.push({ ...final(workload, "", 0), source, session: "b", threads: t, steps, ms, baselineMs }),
  });
  const used = new Map([...bestSchedules(records, { baselines })].map(([w, b]) => [w, (b.steps[0] as { loop: string }).loop]));
  return { whole, used: Object.fromEntries(used), records };
}

describe("the last measurement in the whole model", () => {
  const found = [final("x", "i", 0.5), final("x", "j", 0.6), final("y", "k", 0.7)];
  it("takes what is faster there, not what was fastest alone", async () => {
    const fake = fakeBench((w, loop) => ({ x: 1, y: 1, xi: 1.2, xj: 0.8, yk: 0.9 })[`${w}${loop}`] ?? 1);
    const { used, whole } = await run(found, fake);
    expect(used).toEqual({ x: "j", y: "k" });
    expect(whole).toEqual([{ threads: 1, standardMs: 12, tunedMs: 11.7 }]);
    expect(fake.builds).toEqual([
      { x: "", y: "" },
      { x: "i", y: "k" },
      { x: "j", y: "" },
      { x: "j", y: "k" },
    ]);
  });
  it("takes nothing where the model as a whole is slower", async () => {
    const fake = fakeBench(
      (w, loop) => ({ xj: 0.8, yk: 0.9 })[`${w}${loop}`] ?? 1,
      (b) => (b === "jk" ? 11 : 10),
    );
    const { used, whole, records } = await run(found, fake);
    expect(records.filter((r) => r.source === "slower").length).toBe(2);
    expect(used).toEqual({});
    expect(whole[0].tunedMs).toBeGreaterThan(whole[0].standardMs);
  });
  it("takes nothing that is slower on another number of threads", async () => {
    const ms: Readonly<Record<string, number>> = { xi1: 0.5, xi2: 1.1, xj1: 0.9, xj2: 0.9 };
    const fake = fakeBench((w, loop, t) => ms[`${w}${loop}${t}`] ?? 1);
    const { used } = await run(found, fake, [1, 2]);
    expect(used).toEqual({ x: "j" });
  });
  it("says nothing of a workload that the model launches no more", async () => {
    const fake = fakeBench((w, loop) => (w === "x" && loop === "i" ? 0.8 : 1));
    const time: ModelBench["time"] = async (which, threads) =>
      (await fake.bench.time(which, threads)).map((b) => ({
        ...b,
        launches: new Map([...b.launches].filter(([k]) => k === "x")),
      }));
    const { used, records } = await run(found, { ...fake, bench: { ...fake.bench, time } });
    expect(used.x).toBe("i");
    expect(records.filter((r) => r.workload === "y" && r.source !== "final")).toEqual([]);
  });
  it("builds nothing where there is nothing to compare", async () => {
    const fake = fakeBench(() => 1);
    expect((await run([final("x", "i", 1.2)], fake)).whole).toEqual([]);
    expect(fake.builds).toEqual([]);
  });
  it("calls faster what gains one percent on all together and loses five on none", () => {
    expect(wins([0.98])).toBe(true);
    expect(wins([0.995])).toBe(false);
    expect(wins([0.9, 1.005])).toBe(true);
    expect(wins([0.8, 1.06])).toBe(false);
  });
});
