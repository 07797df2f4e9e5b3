import { flopsOf } from "../../loop/cost.js";
import type { Kernel, Stage } from "../../loop/stmt.js";
import { nestOf, walkStmt } from "../../loop/visit.js";
import type { Step } from "../step.js";
import { isaName, type Machine } from "./machine.js";
import { inParallel, reductionOf, scheduleReduction } from "./reduction.js";
import { attempt, type Scheduled, unscheduled } from "./session.js";

/** Fewer operations than this are not worth waking threads for. */
const PARALLEL_FLOPS = 1 << 16;

/** Stores and operations of a stage. */
function workOf(s: Stage): number {
  let stores = 0;
  const visit = (times: number, x: Stage["body"]): void => {
    if (x.k === "for") visit(times * x.extent, x.body);
    else if (x.k === "seq") for (const b of x.body) visit(times, b);
    else if (x.k === "if") visit(times, x.then);
    else if (x.k === "let" || x.k === "alloc") visit(times, x.body);
    else stores += times;
  };
  visit(1, s.body);
  return stores + flopsOf(s.body);
}

/** Loops of elementwise stages that run over whole buffers become one. */
function collapseMaps(s: Scheduled): Scheduled {
  const reduces = s.kernel.stages.some((x) => {
    let found = false;
    walkStmt(x.body, (y) => {
      if (y.k === "reduce") found = true;
    });
    return found;
  });
  const first = s.kernel.stages[0];
  if (reduces || !first) return s;
  const names = nestOf(first.body).loops.map((l) => l.name);
  for (let from = 0; from < names.length - 1; from++) {
    const done = attempt(s, { step: "collapse", loops: names.slice(from) });
    if (done) return done;
  }
  for (let to = names.length - 1; to > 1; to--) {
    const done = attempt(s, { step: "collapse", loops: names.slice(0, to) });
    if (done) return done;
  }
  return s;
}

/**
 * The default schedule of a kernel for a machine, and the steps that make it. Reductions over a contiguous dimension of channels get
 * register tiles; every other stage keeps its loops, contiguous dimension innermost, its outermost loop parallel where that pays.
 */
export function scheduleKernel(kernel: Kernel, machine: Machine): { readonly kernel: Kernel; readonly steps: readonly Step[] } {
  let s = collapseMaps(unscheduled(kernel));
  for (const { name } of kernel.stages) {
    if (reductionOf(s.kernel, name)) s = scheduleReduction(s, name, machine) ?? s;
  }
  for (const stage of s.kernel.stages) {
    if (isParallel(stage) || workOf(stage) < PARALLEL_FLOPS) continue;
    s = inParallel(s, stage.name);
  }
  return { kernel: { ...s.kernel, name: `${kernel.name}_${isaName(machine)}` }, steps: s.steps };
}

function isParallel(s: Stage): boolean {
  let found = false;
  walkStmt(s.body, (x) => {
    if (x.k === "for" && x.kind === "parallel") found = true;
  });
  return found;
}
