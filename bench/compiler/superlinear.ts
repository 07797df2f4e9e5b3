/** Which stages of the compiler grow faster than linear: processor times at two sizes, eight times apart. */
import type { Context } from "../../src/context.js";
import { benchModule, type Form } from "./modules.js";
import { arenaTask, graphTasks, kernelTasks, leastMs, type Task } from "./tasks.js";

/** Eight times the nodes: linear work takes 8 times as long, quadratic 64 times; garbage collection and a busy machine lie between. */
const MOST = 26;
/** Shorter times are noise; n^2 steps of even one nanosecond take this long at the larger size. */
const TOO_SHORT_MS = 15;
const FORMS: readonly Form[] = ["chain", "tree", "fan"];

export const isSuperlinear = (smallMs: number, largeMs: number): boolean => largeMs >= TOO_SHORT_MS && largeMs / smallMs >= MOST;

/** What is measured at one size and at the other, pair by pair. */
export interface Pair {
  readonly what: string;
  readonly small: Iterable<Task>;
  readonly large: Iterable<Task>;
}

/** Passes on a chain, a tree and a fan of nodes; kernels of a chain; the arena planner with few and with all buffers alive. */
export function* pairs(ctx: Context, graph = [1000, 8000], kernels = [150, 1200], arena = [5000, 40_000]): Generator<Pair> {
  for (const form of FORMS) {
    const [small, large] = graph.map((n) => graphTasks(benchModule(form, n, ctx), ctx));
    yield { what: form, small, large };
  }
  const [small, large] = kernels.map((n) => kernelTasks(benchModule("chain", n, ctx), ctx));
  yield { what: "kernels", small, large };
  const [few, many] = arena.map((n) => [arenaTask("few alive", n, 8), arenaTask("all alive", n, n)]);
  yield { what: "arena", small: few, large: many };
}

/** The tasks of a pair that grow faster than linear, with their times; one that seems to is measured again with more care. */
export function superlinear({ what, small, large }: Pair): readonly string[] {
  const others = large[Symbol.iterator]();
  const found: string[] = [];
  for (const task of small) {
    const other: Task | undefined = others.next().value;
    if (other?.name !== task.name) throw new Error(`the sizes differ in more than size: ${task.name}, ${other?.name}`);
    const text = growth(task, other);
    if (text) found.push(`${what}, ${text}`);
  }
  return found;
}

function growth(small: Task, large: Task): string | null {
  let [a, b] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const times of [1, 2, 4]) {
    a = Math.min(a, leastMs(small, times));
    b = Math.min(b, leastMs(large, times));
    if (!isSuperlinear(a, b)) return null;
  }
  return `${small.name}: ${a.toFixed(1)} --> ${b.toFixed(1)} ms for 8 times the nodes`;
}
