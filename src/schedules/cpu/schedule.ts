import { flopsOf } from "../../ir/loop/cost.js";
import { stageNamed } from "../../ir/loop/named.js";
import type { Kernel, Stage } from "../../ir/loop/stmt.js";
import { nestOf, walkStmt } from "../../ir/loop/visit.js";
import { attempt, type Scheduled, unscheduled } from "../../ir/schedule/session.js";
import { type Sketch, scheduleBySketch } from "../../ir/schedule/sketch.js";
import type { Step } from "../../ir/schedule/step.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import { byDefault, type Chooser } from "../../support/choose.js";
import { isaName } from "./machine.js";
import { schedulePartial } from "./partial.js";
import { scheduleReduction } from "./reduction.js";
import { reductionOf } from "./reduction-form.js";
import { scheduleRows } from "./rows.js";
import { scheduleTranspose } from "./transpose.js";
import { scheduleWinograd } from "./winograd.js";

/**
 * Operations that one thread does in about ten microseconds, several times what it takes to share them: register-tiled reductions run near
 * the arithmetic peak, other stages at the speed of memory.
 */
const parallelFrom = (s: Stage, m: Machine): number => (hasReduce(s) ? (m.vectorBits / 512) * 2 ** 21 : 2 ** 17);

function hasReduce(s: Stage): boolean {
  let found = false;
  walkStmt(s.body, (x) => {
    if (x.k === "reduce") found = true;
  });
  return found;
}

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

/** Puts the outermost loops of a stage together until there are `enough` iterations to share among threads, and runs them in parallel. */
function inParallel(s: Scheduled, stage: string, enough = 16): Scheduled {
  let out = s;
  for (let tries = 0; tries < 3; tries++) {
    const body = stageNamed(out.kernel, stage)?.body;
    if (body?.k !== "for" || body.extent >= enough || body.body.k !== "for") break;
    const fused = attempt(out, { step: "fuse", stage, loops: [body.name, body.body.name] });
    if (!fused) break;
    out = fused;
  }
  const outermost = stageNamed(out.kernel, stage)?.body;
  if (outermost?.k !== "for" || outermost.extent < 2) return out;
  return attempt(out, { step: "parallel", stage, loop: outermost.name }) ?? out;
}

/** Loops of elementwise stages that run over whole buffers become one. */
function collapseMaps(s: Scheduled): Scheduled {
  const reduces = s.kernel.stages.some(hasReduce);
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

/** Explicit vectors for an elementwise stage where they are chosen; without, LLVM's loop vectoriser makes them. */
function mapOnVectors(s: Scheduled, stage: Stage, m: Machine, choose: Chooser): Scheduled {
  const { loops, body } = nestOf(stage.body);
  const innermost = loops[loops.length - 1];
  let last = body;
  while (last.k === "let") last = last.body;
  if (!innermost || last.k !== "store" || innermost.kind !== "serial") return s;
  const lanes = lanesFor(m, last.value.t === "index" ? "i64" : last.value.t);
  const widths = [lanes, 2 * lanes].filter((n) => n <= 64 && n <= innermost.extent);
  const width = choose(`${stage.name}.lanes`, [0, ...widths], 0);
  if (width === 0) return s;
  const tails = innermost.extent % width === 0 ? (["cut"] as const) : (["overlap", "guard"] as const);
  const tail = choose(`${stage.name}.tail`, tails, tails[0]);
  const split = attempt(s, { step: "split", stage: stage.name, loop: innermost.name, factor: width, tail });
  return (split && attempt(split, { step: "vectorize", stage: stage.name, loop: `${innermost.name}.i` })) ?? s;
}

/** Iterations to share among threads, at least; 0: one thread does all of the stage. */
const SHARES = [0, 4, 16, 64];

/** A stage shared among threads where that pays; a search on several threads also tries other shares. */
function shared(s: Scheduled, stage: Stage, m: Machine, choose: Chooser): Scheduled {
  const standard = workOf(stage) < parallelFrom(stage, m) ? 0 : 16;
  const least = (m.threads ?? 1) > 1 ? choose(`${stage.name}.shares`, SHARES, standard) : standard;
  return least === 0 ? s : inParallel(s, stage.name, least);
}

/**
 * The default schedule of a kernel for a machine, and the steps that make it. Reductions over a contiguous dimension of channels get
 * register tiles; every other stage keeps its loops, contiguous dimension innermost, its outermost loop parallel where that pays.
 * `choose` may decide otherwise wherever there is a choice; every decision gives a legal schedule. `sketches` come before the built-in rules.
 */
export function scheduleKernel(
  kernel: Kernel,
  machine: Machine,
  choose: Chooser = byDefault,
  sketches: readonly Sketch[] = [],
): { readonly kernel: Kernel; readonly steps: readonly Step[] } {
  let s = collapseMaps(unscheduled(kernel));
  for (const { name } of kernel.stages) {
    const sketched = scheduleBySketch(s, name, machine, choose, sketches);
    if (sketched) {
      s = sketched;
      continue;
    }
    const tiled = reductionOf(s.kernel, name)
      ? (scheduleWinograd(s, name, machine, choose) ??
        scheduleRows(s, name, machine, choose) ??
        scheduleReduction(s, name, machine, choose))
      : null;
    s = tiled ?? schedulePartial(s, name, machine, choose) ?? scheduleTranspose(s, name, machine, choose) ?? s;
  }
  for (const stage of s.kernel.stages) {
    if (!isParallel(stage)) s = mapOnVectors(s, stage, machine, choose);
  }
  for (const stage of s.kernel.stages) {
    if (!isParallel(stage)) s = shared(s, stage, machine, choose);
  }
  return { kernel: { ...s.kernel, name: scheduledName(kernel, machine) }, steps: s.steps };
}

/** The name of a kernel when it is scheduled for a machine. */
export const scheduledName = (kernel: Kernel, machine: Machine): string => `${kernel.name}_${isaName(machine)}`;

function isParallel(s: Stage): boolean {
  let found = false;
  walkStmt(s.body, (x) => {
    if (x.k === "for" && x.kind === "parallel") found = true;
  });
  return found;
}
