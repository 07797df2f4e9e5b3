import { describe, expect, it } from "vitest";
import { bestSchedules } from "../../src/autotune/records/best.js";
import { stepsKey } from "../../src/autotune/records/steps-key.js";
import { createScheduleSpace } from "../../src/autotune/schedule-space.js";
import { collectWorkloads } from "../../src/autotune/workload.js";
import { runKernel, runPrepares } from "../../src/backends/js/run-kernel.js";
import { difference, operandData } from "../../src/check/draw/op-case.js";
import { verifyKernel } from "../../src/ir/loop/verify.js";
import { applySteps } from "../../src/ir/schedule/apply.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";
import { createRandom } from "../../src/search/random.js";
import { drawing, enumerate } from "../../src/search/space.js";
import { builtinStrategies } from "../../src/search/strategies/builtin.js";
import { following } from "../../src/support/choose.js";
import { MACHINES } from "../schedules/cpu/machines.js";
import { conv, fakeMs, fakeTune, HERE, kernels, lowered, MACHINE, scheduleOn, tensor } from "./kernels.js";

describe("the design space", () => {
  const cases = {
    "f32 convolution": conv("f32", 7, 4, 24),
    "i32 sums of i8": conv("i8", 6, 5, 19),
    "strided convolution": conv("f32", 9, 3, 20, { strides: [2, 2] }),
    depthwise: lowered("conv", [tensor("f32", [1, 8, 8, 24]), tensor("f32", [24, 3, 3, 1]), null], {
      strides: [1, 1],
      pads: [1, 1, 1, 1],
      dilations: [1, 1],
      groups: 24,
      layout: "channels_last",
    }),
    softmax: lowered("softmax", [tensor("f32", [3, 37])], { axis: 1 }),
    "element-wise": lowered("add", [tensor("f32", [7, 45]), tensor("f32", [7, 45])], {}),
  };
  for (const [name, { group, drawn }] of Object.entries(cases)) {
    it(`holds schedules that mean the same: ${name}`, () => {
      const want = runKernel(group.kernel, operandData(group, drawn));
      for (const machine of Object.values(MACHINES)) {
        const space = createScheduleSpace(group.kernel, scheduleOn(machine));
        const random = createRandom(3);
        for (let n = 0; n < 5; n++) {
          const c = space.derive(drawing(random));
          verifyKernel(c.kernel);
          const data = runPrepares(c.kernel, operandData(group, drawn), { checked: true });
          const got = runKernel(c.kernel, data, { checked: true });
          drawn.types.forEach((type, i) =>
            expect(difference({ type, data: want[`y${i}`] }, got[`y${i}`]) && JSON.stringify(c.decisions)).toBeNull(),
          );
        }
      }
    });
  }
  it("starts at the default schedule", () => {
    for (const k of kernels())
      expect(createScheduleSpace(k, scheduleOn(MACHINE)).standard.steps).toEqual(scheduleKernel(k, MACHINE).steps);
  });
  it("is described by decisions: they lead to the same schedule again", () => {
    const space = createScheduleSpace(conv().group.kernel, scheduleOn(MACHINE));
    const random = createRandom(5);
    for (let n = 0; n < 20; n++) {
      const c = space.derive(drawing(random));
      expect(space.derive(following(JSON.parse(JSON.stringify(c.decisions)))).steps).toEqual(c.steps);
    }
  });
  it("offers choices that matter", () => {
    const space = createScheduleSpace(conv().group.kernel, scheduleOn(MACHINE));
    const random = createRandom(1);
    const drawn = Array.from({ length: 60 }, () => space.derive(drawing(random)));
    const names = drawn.flatMap((c) => c.sites.map((x) => x.name.split(".").at(-1)));
    expect(names).toEqual(expect.arrayContaining(["collapse", "vectors", "positions", "halo", "order", "unroll", "lanes"]));
    expect(new Set(drawn.map((c) => c.key)).size).toBeGreaterThan(10);
  });
  it("is enumerated without repetition of decisions, to its end", () => {
    const all = [
      ...enumerate(
        createScheduleSpace(
          lowered("add", [tensor("f32", [7, 45]), tensor("f32", [7, 45])], {}).group.kernel,
          scheduleOn(MACHINE),
        ),
      ),
    ];
    expect(new Set(all.map((c) => JSON.stringify(c.decisions))).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(1);
    const [first] = enumerate(createScheduleSpace(conv().group.kernel, scheduleOn(MACHINE)));
    expect(first.sites.every((s) => s.taken === s.options[0])).toBe(true);
  });
});

describe("a search", () => {
  it.each(builtinStrategies)("by $name is the same for the same seed", async (strategy) => {
    const runs = [await fakeTune({ iterations: 30, strategy }), await fakeTune({ iterations: 30, strategy })];
    expect(runs[0].records).toEqual(runs[1].records);
    expect(runs[0].asked.length).toBeGreaterThanOrEqual(30);
    expect(runs[0].summary.done).toBe(30);
  });
  it("by another seed is another one", async () => {
    const runs = [await fakeTune({ iterations: 20, seed: 1 }), await fakeTune({ iterations: 20, seed: 2 })];
    expect(runs[0].asked).not.toEqual(runs[1].asked);
  });
  it("measures the default first, and no schedule twice but to confirm it", async () => {
    const { records } = await fakeTune({ iterations: 60 });
    for (const key of new Set(records.map((r) => r.workload)))
      expect(records.find((r) => r.workload === key)?.source).toBe("default");
    const tried = records.filter((r) => r.source !== "final").map((r) => `${r.workload} ${stepsKey(r.steps)}`);
    expect(new Set(tried).size).toBe(tried.length);
    expect(records.some((r) => r.source === "final")).toBe(true);
  });
  it("replays: the recorded steps make the recorded kernel", async () => {
    const { records } = await fakeTune({ iterations: 10 });
    const byKey = new Map(collectWorkloads(kernels(), HERE.target).map((w) => [w.key, w.kernel]));
    for (const r of records) {
      const kernel = byKey.get(r.workload) ?? expect.fail(r.workload);
      const again = applySteps(kernel, JSON.parse(JSON.stringify(r.steps)));
      expect({ ...again, name: "" }).toEqual({ ...scheduleKernel(kernel, MACHINE, following(r.decisions)).kernel, name: "" });
    }
  });
  it("goes on where an earlier one ended", async () => {
    const first = await fakeTune({ iterations: 25 });
    const second = await fakeTune({ iterations: 25, prior: first.records, session: "second" });
    const before = new Set(first.records.map((r) => `${r.workload} ${stepsKey(r.steps)}`));
    const fresh = second.records.filter((r) => r.source !== "final" && r.source !== "default");
    expect(fresh.length).toBe(25);
    expect(fresh.filter((r) => before.has(`${r.workload} ${stepsKey(r.steps)}`))).toEqual([]);
  });
  it("finds better schedules with the model than the default", async () => {
    const { summary } = await fakeTune({ iterations: 80 });
    expect(summary.tasks.some((t) => t.bestMs !== null && t.baselineMs !== null && t.bestMs < 0.9 * t.baselineMs)).toBe(true);
    expect(summary.rankingAccuracy).not.toBeNull();
  });
  it("records a wrong candidate and never chooses it, however fast it is", async () => {
    const isWrong = (key: string) => Number.parseInt(key.slice(0, 2), 16) % 2 === 0;
    const { records } = await fakeTune({ iterations: 60 }, (c) =>
      isWrong(c.key) ? { ms: [1e-6], baselineMs: [1], error: { kind: "wrong", message: "element 0 is 1, not 2" } } : {},
    );
    const wrong = records.filter((r) => r.error?.kind === "wrong");
    expect(wrong.length).toBeGreaterThan(5);
    for (const b of bestSchedules(records).values()) {
      expect(isWrong(stepsKey(b.steps))).toBe(false);
      expect(b.ratio).toBeLessThan(0.98);
    }
  });
  it("leaves a workload alone whose default fails", async () => {
    const [k] = kernels();
    const { records, summary } = await fakeTune(
      { iterations: 10 },
      () => ({ ms: [], error: { kind: "crash", message: "boom" } }),
      [k],
    );
    expect(records.map((r) => r.source)).toEqual(["default"]);
    expect(summary.tasks[0].ended).toMatch(/default schedule fails: boom/);
  });
  it("does not run known code again, and ends when there is nothing new", async () => {
    const { records, summary } = await fakeTune({ iterations: 50 }, () => ({ isDuplicate: true }), [kernels()[0]]);
    expect(records.filter((r) => r.source !== "default")).toEqual([]);
    expect(summary.duplicates).toBeGreaterThan(0);
    expect(summary.tasks[0].ended).toMatch(/the same as measured ones/);
  });
  it("stops when it is told to, with everything measured recorded", async () => {
    let calls = 0;
    const { records, summary } = await fakeTune({ iterations: 500, isStopped: () => ++calls > 5 });
    expect(summary.done).toBeLessThan(60);
    expect(records.length).toBeGreaterThan(summary.done);
  });
  it("gives its trials to the workload with the most to gain", async () => {
    const launches = Array.from({ length: 50 }, () => kernels()[0]);
    const { summary } = await fakeTune({ iterations: 60 }, undefined, [...launches, kernels()[1]]);
    expect(summary.tasks[0].launches).toBe(50);
    expect(summary.tasks[0].trials).toBeGreaterThan(2 * summary.tasks[1].trials);
  });
  it("makes times up that differ", () => {
    const space = createScheduleSpace(kernels()[0], scheduleOn(MACHINE));
    const random = createRandom(1);
    expect(new Set(Array.from({ length: 8 }, () => fakeMs(space.derive(drawing(random))))).size).toBeGreaterThan(4);
  });
});
