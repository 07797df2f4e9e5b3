/** Winograd's algorithm as a default schedule: the steps that put it on vectors. Where and how it is used: winograd-plan.ts. */
import { stageNamed } from "../../ir/loop/named.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { accessesOf } from "../../ir/loop/visit.js";
import { after, attempt, type Scheduled } from "../../ir/schedule/session.js";
import { PREFIXES } from "../../ir/schedule/steps/winograd-tiles.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import type { Chooser } from "../../support/choose.js";
import { prefetchDistance } from "./prefetch.js";
import { hasLoop } from "./vectors.js";
import { fitting, plansFor, planText, problemOf, type WinogradPlan, type WinogradProblem } from "./winograd-plan.js";

/** A loop of channels in vectors; the last vector is moved back where it would run over. */
function inVectors(s: Scheduled, stage: string, loop: string, extent: number, lanes: number): Scheduled {
  const width = fitting(lanes, extent);
  if (width < 2) return s;
  if (width === extent) return after(s, { step: "vectorize", stage, loop });
  const split = after(s, { step: "split", stage, loop, factor: width, tail: extent % width ? "overlap" : "cut" });
  return after(split, { step: "vectorize", stage, loop: `${loop}.i` });
}

/** The step and those that put its loops on vectors; transformed weights are asked for `ahead` bytes before they are used, unless 0. */
export function winogradSteps(
  start: Scheduled,
  stage: string,
  m: Machine,
  channels: number,
  integer: boolean,
  plan: WinogradPlan,
  ahead = 0,
): Scheduled {
  const width = plan.vectors * plan.lanes;
  const { block, positions, staged, serial, short } = plan;
  const cut = { block, positions, channels: width, staged, serial, ...(short ? { short } : {}) };
  let s = after(start, { step: "winograd", stage, m: plan.m, ...cut });
  const inputStage = staged ? `${stage}.in` : stage;
  for (const loop of PREFIXES.flatMap((prefix) => [`${prefix}in.c`, `${prefix}rim.c`])) {
    if (hasLoop(s.kernel, inputStage, loop)) s = inVectors(s, inputStage, loop, channels, lanesFor(m, integer ? "i16" : "f32"));
  }
  const groups = PREFIXES.filter((prefix) => hasLoop(s.kernel, stage, `${prefix}c`));
  if (integer) for (const prefix of groups) s = after(s, { step: "split", stage, loop: `${prefix}c`, factor: 2, tail: "cut" });
  for (const prefix of groups.flatMap((g) => ["init.", "", "copy."].map((nest) => `${g}${nest}`))) {
    let loop = `${prefix}k.i`;
    if (plan.vectors > 1) {
      s = after(s, { step: "split", stage, loop, factor: plan.lanes, tail: "cut" });
      s = after(s, { step: "unroll", stage, loop: `${loop}.o` });
      loop = `${loop}.i`;
    }
    if (positions > 1 && hasLoop(s.kernel, stage, `${prefix}t.i`)) s = after(s, { step: "unroll", stage, loop: `${prefix}t.i` });
    s = after(s, { step: "vectorize", stage, loop });
  }
  if (integer) for (const prefix of groups) s = after(s, { step: "pairs", stage, loop: `${prefix}c.i` });
  for (const loop of PREFIXES.flatMap((prefix) => [`${prefix}out.k`, `${prefix}edge.k`]))
    if (hasLoop(s.kernel, stage, loop)) s = inVectors(s, stage, loop, width, plan.lanes);
  if (!integer) s = after(s, { step: "contract", stage });
  return ahead > 0 ? after(s, { step: "prefetch", stage, buffer: filterOf(s.kernel), distance: ahead }) : s;
}

const filterOf = (k: Kernel): string => k.prepare[k.prepare.length - 1].buffer;

/**
 * A convolution that Winograd's algorithm computes, its sums written back in its maps. Bytes that are not centred at 0 are made so where
 * that leaves F(4x4) fewer parts of the depth.
 */
function candidate(
  start: Scheduled,
  name: string,
  m: Machine,
): { readonly s: Scheduled; readonly problem: WinogradProblem } | null {
  const result = start.kernel.buffers.find((b) => b.role === "out" && writesTo(start.kernel, name, b.name));
  const s = result ? attempt(start, { step: "writeback", buffer: result.name }) : start;
  const problem = s && problemOf(s.kernel, name, m);
  if (!s || !problem) return null;
  const centred = problem.parts > 1 ? attempt(s, { step: "bytes", stage: name, buffer: problem.source, dtype: "i8" }) : null;
  const fewer = centred && problemOf(centred.kernel, name, m);
  return centred && fewer && fewer.parts < problem.parts ? { s: centred, problem: fewer } : { s, problem };
}

/** A 3x3 convolution of stride 1 by Winograd's algorithm where that is expected to be faster; null: the general schedule applies. */
export function scheduleWinograd(start: Scheduled, name: string, m: Machine, choose: Chooser): Scheduled | null {
  if (!start.kernel.stages.some((s) => s.name === `${name}.init`)) return null;
  const found = candidate(start, name, m);
  if (!found) return null;
  const { s, problem } = found;
  const { preferred, plans } = plansFor(problem, m);
  const labels = ["direct", ...plans.map(planText)];
  const label = choose(`${name}.winograd`, labels, preferred ? planText(preferred) : "direct");
  const plan = plans.find((p) => planText(p) === label);
  if (!plan) return null;
  const { c, k } = problem.size;
  const ahead = prefetchDistance(name, (plan.m + 2) ** 2 * c * k * (problem.integer ? 2 : 4), 32_768, choose);
  return winogradSteps(s, name, m, c, problem.integer, plan, ahead);
}

const writesTo = (kernel: Kernel, stage: string, buffer: string): boolean => {
  const found = stageNamed(kernel, stage);
  return found !== undefined && accessesOf(found.body).writes.has(buffer);
};
