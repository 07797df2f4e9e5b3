import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openLog, readLines } from "../../src/search/log.js";
import { type Objective, paretoFront } from "../../src/search/objective.js";
import { createRandom } from "../../src/search/random.js";
import { confirmBest, runSearch } from "../../src/search/run.js";
import { type Candidate, enumerate } from "../../src/search/space.js";
import { builtinStrategies } from "../../src/search/strategies/builtin.js";
import { createTask, type Task } from "../../src/search/task.js";
import { asTrial, resume, type Trial } from "../../src/search/trial.js";
import { BYTES, RECIPES, type Recipe, recipes, SNR } from "./toy-recipes.js";

const work = mkdtempSync(join(tmpdir(), "qc-search-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

type RecipeCandidate = Recipe & Candidate;
const BOTH = [SNR, BYTES];
const taskOf = (objectives: readonly Objective[] = BOTH, seed = 3): Task<RecipeCandidate> =>
  createTask<RecipeCandidate>({ space: recipes(), random: createRandom(seed), objectives });
const valuesOf = (r: Recipe, objectives: readonly Objective[]) => objectives.map((o) => (o === SNR ? r.snr : r.bytes));
const strategyNamed = (name: string) =>
  builtinStrategies.find((s) => s.name === name)?.start() ?? expect.fail(`there is no strategy ${name}`);

/** Searches, and writes every trial to `log` where there is one. */
async function search(task: Task<RecipeCandidate>, strategy: string, trials: number, log?: string) {
  const out = log === undefined ? null : openLog<Trial>(log);
  const measured: string[] = [];
  const done = await runSearch<typeof task, RecipeCandidate>({
    tasks: [task],
    strategy: strategyNamed(strategy),
    budget: { trials },
    batch: 5,
    async measure(of, proposals) {
      return proposals.map(({ candidate, source }) => {
        measured.push(candidate.key);
        const { snr, bytes, decisions } = candidate;
        out?.append({ v: 1, space: "toy", source, decisions, values: { snr, bytes }, error: null, time: "2000-01-01" });
        return { values: valuesOf(candidate, of.objectives), isDuplicate: false };
      });
    },
  });
  out?.close();
  return { ...done, measured };
}

const best = (task: Task<RecipeCandidate>) =>
  paretoFront(task.measured, task.objectives)
    .map((m) => m.candidate.key)
    .sort();

/** The recipes that no other is better than, by looking at all pairs. */
const trueFront = (): readonly string[] => {
  const all = [...enumerate(recipes())];
  const isBeaten = (r: Recipe) => all.some((x) => x.snr >= r.snr && x.bytes <= r.bytes && (x.snr > r.snr || x.bytes < r.bytes));
  return all
    .filter((r) => !isBeaten(r))
    .map((r) => r.key)
    .sort();
};

describe("a search of recipes", () => {
  it("by grid tries each once, ends, and finds all that are worth having", async () => {
    const task = taskOf();
    const { done, measured } = await search(task, "grid", 10_000);
    expect(done).toBe(RECIPES);
    expect(new Set(measured).size).toBe(RECIPES);
    expect(task.ended).toMatch(/every candidate/);
    expect(best(task)).toEqual(trueFront());
    expect(trueFront().length).toBeGreaterThan(3);
  });
  it.each(builtinStrategies)("by $name keeps to its budget, tries nothing twice, and can be repeated", async ({ name }) => {
    const runs = [await search(taskOf(), name, 43), await search(taskOf(), name, 43)];
    expect(runs[0].done).toBe(43);
    expect(new Set(runs[0].measured).size).toBe(43);
    expect(runs[1].measured).toEqual(runs[0].measured);
  });
  it("by random differs from seed to seed", async () => {
    expect((await search(taskOf(BOTH, 1), "random", 20)).measured).not.toEqual(
      (await search(taskOf(BOTH, 2), "random", 20)).measured,
    );
  });
  it("by evolution comes nearer to both ends of two objectives than chance does", async () => {
    const volume = (task: Task<RecipeCandidate>) =>
      paretoFront(task.measured, task.objectives).filter((m) => trueFront().includes(m.candidate.key)).length;
    let [evolved, drawn] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const [a, b] = [taskOf(BOTH, seed), taskOf(BOTH, seed)];
      await search(a, "evolutionary", 80);
      await search(b, "random", 80);
      evolved += volume(a);
      drawn += volume(b);
    }
    expect(evolved).toBeGreaterThan(drawn);
  });
  it("stops when its budget is spent otherwise", async () => {
    let batches = 0;
    const { done } = await runSearch<Task<RecipeCandidate>, RecipeCandidate>({
      tasks: [taskOf()],
      strategy: strategyNamed("random"),
      budget: { trials: 1000, isSpent: () => batches === 3 },
      batch: 4,
      measure: async (_, proposals) => {
        batches++;
        return proposals.map(({ candidate }) => ({ values: valuesOf(candidate, BOTH), isDuplicate: false }));
      },
    });
    expect(done).toBe(12);
  });
  it("searches on from a failure, and never around it", async () => {
    const task = taskOf();
    await runSearch<typeof task, RecipeCandidate>({
      tasks: [task],
      strategy: strategyNamed("evolutionary"),
      budget: { trials: 30 },
      batch: 5,
      measure: async (_, proposals) => proposals.map(() => ({ values: null, isDuplicate: false })),
    });
    expect(task.trials).toBe(30);
    expect(best(task)).toEqual([]);
  });
  it("ends where candidates turn out to be known", async () => {
    const task = taskOf();
    const { done, duplicates } = await runSearch<typeof task, RecipeCandidate>({
      tasks: [task],
      strategy: strategyNamed("random"),
      budget: { trials: 30 },
      batch: 5,
      measure: async (_, proposals) => proposals.map(() => ({ values: null, isDuplicate: true })),
    });
    expect({ done, duplicates }).toEqual({ done: 0, duplicates: 15 });
    expect(task.ended).toMatch(/the same as measured ones/);
  });
  it("gives batches to the task that is asked for", async () => {
    const tasks = [taskOf(), taskOf(BOTH, 4)];
    await runSearch<Task<RecipeCandidate>, RecipeCandidate>({
      tasks,
      strategy: strategyNamed("random"),
      budget: { trials: 20 },
      batch: 5,
      next: (open) => open[open.length - 1],
      measure: async (_, proposals) =>
        proposals.map(({ candidate }) => ({ values: valuesOf(candidate, BOTH), isDuplicate: false })),
    });
    expect(tasks.map((t) => t.trials)).toEqual([0, 20]);
  });
});

describe("a log of trials", () => {
  const trialsIn = (log: string) => readLines(log, asTrial);

  it.each(["random", "grid", "evolutionary"])("lets a search by %s go on where it was cut short", async (strategy) => {
    const log = join(work, `${strategy}.jsonl`);
    const first = await search(taskOf(), strategy, 30, log);
    // the process dies in the middle of a line
    writeFileSync(log, readFileSync(log, "utf8").slice(0, -9));
    const { records, unreadable } = trialsIn(log);
    expect([records.length, unreadable]).toEqual([29, 1]);
    const task = taskOf(BOTH, 9);
    expect(resume(task, records, "toy")).toBe(0);
    const second = await search(task, strategy, 30, log);
    const lost = first.measured[29];
    expect(second.measured.filter((key) => key !== lost && first.measured.includes(key))).toEqual([]);
    expect(trialsIn(log)).toMatchObject({ records: { length: 59 }, unreadable: 1 });
  });
  it("leads to the same best as a search that was never cut short", async () => {
    const log = join(work, "whole.jsonl");
    const whole = taskOf();
    await search(whole, "grid", 10_000);
    await search(taskOf(), "grid", 100, log);
    const resumed = taskOf();
    resume(resumed, trialsIn(log).records, "toy");
    expect((await search(resumed, "grid", 10_000, log)).done).toBe(RECIPES - 100);
    expect(best(resumed)).toEqual(best(whole));
  });
  it("says what of it means nothing any more", () => {
    const trial = (of: Partial<Trial>): Trial => ({
      ...{ v: 1, space: "toy", source: "random", decisions: {}, values: { snr: 1, bytes: 2 }, error: null, time: "2000-01-01" },
      ...of,
    });
    const all = Object.fromEntries(recipes().standard.sites.map((s) => [s.name, s.taken]));
    const task = taskOf();
    const trials = [
      trial({ decisions: all }),
      trial({ decisions: { ...all, "conv3.dtype": "int8" } }),
      trial({ decisions: { ...all, "conv1.dtype": "int8", "conv1.calibrator": "mse" }, values: { snr: 1 } }),
      trial({ decisions: all, space: "another" }),
    ];
    expect(resume(task, trials, "toy")).toBe(2);
    expect(task.measured.map((m) => m.values)).toEqual([[1, 2]]);
  });
  it.each([
    ["another version", { v: 2 }],
    ["no decisions", { decisions: null }],
    ["decisions that are none", { decisions: { a: [] } }],
    ["values that are no numbers", { values: { snr: "1" } }],
    ["an error that is no text", { error: 1 }],
  ])("reads no trial with %s", (_, change) => {
    const good = { v: 1, space: "toy", source: "random", decisions: { a: 1 }, values: null, error: "boom", time: "2000-01-01" };
    expect(asTrial(good)).toEqual(good);
    expect(asTrial({ ...good, ...change })).toBeNull();
  });
});

describe("the best of a search", () => {
  it("are measured again where a value has noise, and count with the worse", async () => {
    const noisy: Objective = { name: "ms", goal: "least", isExact: false };
    const task = taskOf([noisy]);
    const all = [...enumerate(task.space)].slice(0, 6);
    all.forEach((candidate, i) => task.measured.push({ candidate, values: [1 + i] }));
    const asked: string[] = [];
    const again = await confirmBest(
      task,
      3,
      ([ms]) => ms < 10,
      async (candidates) => {
        asked.push(...candidates.map((c) => c.key));
        return [[9], [2], null];
      },
    );
    expect(asked).toEqual(all.slice(0, 3).map((c) => c.key));
    expect(again.map((m) => [m.candidate.key, m.values])).toEqual([
      [all[1].key, [2]],
      [all[0].key, [9]],
    ]);
  });
  it("are not where every value is exact", async () => {
    const task = taskOf();
    await search(task, "grid", 50);
    const found = await confirmBest(
      task,
      4,
      () => true,
      () => expect.fail("measured again"),
    );
    expect(found).toHaveLength(4);
  });
});
