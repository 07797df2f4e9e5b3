import { describe, expect, it } from "vitest";
import { confirm, type Measured } from "../../src/autotune/confirm/confirm.js";
import type { BuildTimes, ModelBench } from "../../src/autotune/confirm/model-bench.js";
import { type Best, bestSchedules } from "../../src/autotune/records/best.js";
import type { TuningRecord } from "../../src/autotune/records/record.js";
import { stepsKey } from "../../src/autotune/records/steps-key.js";
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

const BLOCKS = 12;
type Times = (workload: string, loop: string, threads: number) => number;
/** What the rest of a build takes, by what its launches are scheduled with; `blocks` alternates from block to block by so much. */
interface Rest {
  readonly ms: (build: string, call: number) => number;
  readonly noise?: number;
}

/** A model of two launches, x and y, whose times are a function of their schedules. */
function fakeBench(ms: Times, rest: Rest = { ms: () => 10 }) {
  const builds: Readonly<Record<string, string>>[] = [];
  const calls: number[][] = [];
  const loopOf = (k: Kernel): string => k.name.split(" ")[1] ?? "";
  const bench: ModelBench = {
    async add(schedule) {
      return builds.push({ x: loopOf(schedule(kernel("x"))), y: loopOf(schedule(kernel("y"))) }) - 1;
    },
    async time(which, threads): Promise<BuildTimes[]> {
      calls.push([...which]);
      return which.map((b, at) => {
        const of = (w: string) => ms(w, builds[b][w], threads);
        const total = of("x") + of("y") + rest.ms(`${builds[b].x}${builds[b].y}`, calls.length);
        const swing = at === 0 ? 0 : (rest.noise ?? 0);
        const whole = Array.from({ length: BLOCKS }, (_, i) => [total * (1 + (i % 2 ? swing : -swing))]);
        const own = (w: string) => whole.map(([ms]) => [(of(w) * ms) / total]);
        const launches = new Map([
          ["x", own("x")],
          ["y", own("y")],
        ]);
        const counts = new Map([
          ["x", 1],
          ["y", 1],
        ]);
        return { launches, counts, cold: whole, warm: whole };
      });
    },
    close: () => undefined,
  };
  return { bench, builds, calls };
}

async function run(
  given: readonly TuningRecord[],
  fake: ReturnType<typeof fakeBench>,
  threads: readonly number[] = [1],
  session = "b",
) {
  const records = [...given];
  const baselines = new Map([
    ["x", DEFAULT],
    ["y", DEFAULT],
  ]);
  const time = `2026-01-02T00:00:00.000Z ${session}`;
  const note = (of: readonly Measured[]) =>
    records.push(
      ...of.map(({ best: { steps, workload }, source, threads: t, ms, baselineMs }) => ({
        ...final(workload, "", 0),
        ...{ source, session, time, threads: t, steps, ms, baselineMs },
      })),
    );
  const whole = await confirm({
    ...{ bench: fake.bench, records: given, baselines, threads, keyOf: (k) => k.name, standard: (k) => k },
    replay: (b: Best) => (k) => ({ ...k, name: `${k.name} ${(b.steps[0] as { loop: string }).loop}` }),
    record: note,
    decide(used) {
      note(used);
      for (const w of ["x", "y"].filter((w) => !used.some((u) => u.best.workload === w)))
        records.push({ ...final(w, "", 0), source: "whole", session, time, steps: [], ms: [], baselineMs: [] });
    },
  });
  const used = new Map([...bestSchedules(records, { baselines })].map(([w, b]) => [w, (b.steps[0] as { loop: string }).loop]));
  return { whole, used: Object.fromEntries(used), records };
}

const table =
  (ms: Readonly<Record<string, number>>): Times =>
  (w, loop, t) =>
    ms[`${w}${loop}${t}`] ?? ms[`${w}${loop}`] ?? 1;

describe("the last measurement in the whole model", () => {
  const found = [final("x", "i", 0.5), final("x", "j", 0.6), final("y", "k", 0.7)];
  it("takes what is faster there, not what was fastest alone", async () => {
    const fake = fakeBench(table({ xi: 1.2, xj: 0.8, yk: 0.9 }));
    const { used, whole } = await run(found, fake);
    expect(used).toEqual({ x: "j", y: "k" });
    expect(whole).toMatchObject({ isUsed: true, times: [{ threads: 1, standardMs: 12, tunedMs: 11.7 }] });
    expect(fake.builds).toEqual([
      { x: "", y: "" },
      { x: "i", y: "k" },
      { x: "j", y: "" },
      { x: "j", y: "k" },
    ]);
  });
  it("takes nothing where the model as a whole is slower", async () => {
    const fake = fakeBench(table({ xj: 0.8, yk: 0.9 }), { ms: (b) => (b === "" ? 10 : 11) });
    const { used, whole, records } = await run(found, fake);
    expect(records.filter((r) => r.source === "slower").length).toBe(3);
    expect(used).toEqual({});
    expect(whole).toMatchObject({ isUsed: false });
    expect(whole?.ratio).toBeGreaterThan(1);
  });
  it("takes nothing where the model is faster by less than its noise", async () => {
    const times = table({ xj: 0.8, yk: 0.9 });
    expect((await run(found, fakeBench(times, { ms: () => 10, noise: 0.01 }))).used).toEqual({ x: "j", y: "k" });
    const { used, whole } = await run(found, fakeBench(times, { ms: () => 10, noise: 0.3 }));
    expect(used).toEqual({});
    expect(whole?.ratio).toBeLessThan(1);
    expect(whole?.atMost).toBeGreaterThan(1);
  });
  it("drops the least certain where all together are not faster", async () => {
    const fake = fakeBench(table({ xj: 0.8, yk: 0.98 }), { ms: (b) => (b.includes("k") ? 11 : 10) });
    const { used, whole, records } = await run(found, fake);
    expect(used).toEqual({ x: "j" });
    expect(whole?.isUsed).toBe(true);
    expect(fake.builds.slice(3)).toEqual([
      { x: "j", y: "k" },
      { x: "j", y: "" },
    ]);
    expect(records.filter((r) => r.source === "slower").map((r) => r.workload)).toEqual(["x", "y"]);
  });
  it("takes nothing that is slower on another number of threads", async () => {
    const fake = fakeBench(table({ xi1: 0.5, xi2: 1.1, xj1: 0.9, xj2: 0.9 }));
    const { used } = await run(found, fake, [1, 2]);
    expect(used).toEqual({ x: "j" });
  });
  it("takes no model that is slower on one number of threads", async () => {
    const fake = fakeBench(table({ xj1: 0.5, xj2: 0.9 }));
    const time: ModelBench["time"] = async (which, t, blocks) =>
      (await fake.bench.time(which, t, blocks)).map((b, i) =>
        t === 2 && i > 0 ? { ...b, warm: b.warm.map((x) => x.map((ms) => 1.2 * ms)) } : b,
      );
    expect((await run(found, { ...fake, bench: { ...fake.bench, time } }, [1, 2])).used).toEqual({});
  });
  it("says nothing of a workload that the model launches no more", async () => {
    const fake = fakeBench(table({ xi: 0.8 }));
    const time: ModelBench["time"] = async (which, threads, blocks) =>
      (await fake.bench.time(which, threads, blocks)).map((b) => ({
        ...b,
        launches: new Map([...b.launches].filter(([k]) => k === "x")),
      }));
    const { used, records } = await run(found, { ...fake, bench: { ...fake.bench, time } });
    expect(used).toEqual({ x: "i" });
    expect(records.filter((r) => r.workload === "y" && r.source === "context")).toEqual([]);
  });
  it("builds nothing where there is nothing to compare", async () => {
    const fake = fakeBench(() => 1);
    expect((await run([final("x", "i", 1.2)], fake)).whole).toBeNull();
    expect(fake.builds).toEqual([]);
  });
});

describe("a further search", () => {
  const first = async () => (await run([final("x", "i", 0.8)], fakeBench(table({ xi: 0.8 })))).records;
  it("uses what was confirmed before together with what it finds", async () => {
    const fake = fakeBench(table({ xi: 0.8, yk: 0.8 }));
    const { used } = await run([...(await first()), final("y", "k", 0.8)], fake, [1], "c");
    expect(used).toEqual({ x: "i", y: "k" });
  });
  it("keeps what was confirmed before where what it found is not faster", async () => {
    const fake = fakeBench(table({ xi: 0.8, yk: 0.8 }), { ms: (b) => (b.includes("k") ? 12 : 10) });
    const { used, whole } = await run([...(await first()), final("y", "k", 0.8)], fake, [1], "c");
    expect(used).toEqual({ x: "i" });
    expect(whole?.isUsed).toBe(true);
  });
  it("keeps it where noise hides everything, and what is found later is no reason to forget it", async () => {
    const fake = fakeBench(table({ xi: 0.99, yk: 0.98 }), { ms: () => 10, noise: 0.2 });
    const { used, whole, records } = await run([...(await first()), final("y", "k", 0.8)], fake, [1], "c");
    expect(whole?.isUsed).toBe(false);
    expect(used).toEqual({ x: "i" });
    const confirmed = records.filter((r) => r.session === "c" && r.source === "whole" && r.steps.length > 0);
    expect(confirmed.map((r) => r.ms[0] / r.baselineMs[0])).toEqual([0.8]);
  });
  it("gives it up where the default model is clearly faster by now", async () => {
    const fake = fakeBench(table({ xi: 0.8, yk: 0.97 }), { ms: (b) => (b === "" ? 10 : 12) });
    const { used } = await run([...(await first()), final("y", "k", 0.8)], fake, [1], "c");
    expect(used).toEqual({});
  });
  it("measures nothing where it found nothing new", async () => {
    const fake = fakeBench(table({ xi: 0.8 }));
    const { used, whole } = await run(await first(), fake, [1], "c");
    expect(whole).toBeNull();
    expect(fake.builds).toEqual([]);
    expect(used).toEqual({ x: "i" });
  });
});
