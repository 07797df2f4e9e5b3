/** Which stages of the compiler grow faster than linear: processor times at two sizes, eight times apart. */
import type { Context } from "../../src/context.js";
import { benchModule, type Form } from "./modules.js";
import { OPERAND_AXES, operandModel } from "./operands.js";
import { arenaTask, graphTasks, kernelTasks, leastMs, operandTasks, type Task } from "./tasks.js";

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

/** Numbers of what grows, the smaller first: nodes of graphs, nodes that become kernels, buffers, operands. */
const SIZES = { graph: [1000, 8000], kernels: [150, 1200], arena: [5000, 40_000], operands: [500, 4000] } as const;

/**
 * Passes on a chain, a tree and a fan of nodes; kernels of a chain; the arena planner with few and with all buffers alive; everything from
 * the model file to the backends' texts on one node of many operands.
 */
export function* pairs(
  ctx: Context,
  { graph, kernels, arena, operands }: { readonly [K in keyof typeof SIZES]: readonly number[] } = SIZES,
): Generator<Pair> {
  for (const form of FORMS) {
    const [small, large] = graph.map((n) => graphTasks(benchModule(form, n, ctx), ctx));
    yield { what: form, small, large };
  }
  const [small, large] = kernels.map((n) => kernelTasks(benchModule("chain", n, ctx), ctx));
  yield { what: "kernels", small, large };
  const [few, many] = arena.map((n) => [arenaTask("few alive", n, 8), arenaTask("all alive", n, n)]);
  yield { what: "arena", small: few, large: many };
  for (const axis of Object.keys(OPERAND_AXES)) {
    const [small, large] = operands.map((n) => operandTasks(operandModel(axis, n), ctx));
    yield { what: axis, small, large };
  }
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
  return `${small.name}: ${a.toFixed(1)} --> ${b.toFixed(1)} ms for 8 times as many`;
}
