/** A schedule keeps the meaning: scheduled = reference, whatever is decided, and its steps lead to the kernel again. */
import { runKernel, runPrepares } from "../backends/js/run-kernel.js";
import { hoistConstants } from "../ir/loop/hoist.js";
import type { Kernel } from "../ir/loop/stmt.js";
import { verifyKernel } from "../ir/loop/verify.js";
import type { OpDef } from "../ir/op/define.js";
import { createGen } from "../ir/op/sample.js";
import type { IrContext } from "../ir/pass/context.js";
import { applySteps } from "../ir/schedule/apply.js";
import type { Scheduler } from "../ir/schedule/scheduler.js";
import type { Scheduled } from "../ir/schedule/session.js";
import type { Sketch } from "../ir/schedule/sketch.js";
import type { Machine } from "../ir/target/machine.js";
import type { Target } from "../ir/target/target.js";
import { numElements } from "../ir/type/tensor-type.js";
import { scheduleKernel } from "../schedules/cpu/schedule.js";
import type { Chooser } from "../support/choose.js";
import { canonicalJson } from "../support/hash.js";
import { moduleText } from "./draw/module-text.js";
import { type Drawn, difference, drawCase, lowerCase, operandData } from "./draw/op-case.js";
import { caseModule, isConstant } from "./ops/instance.js";
import type { Property } from "./property.js";

/** Machines that kernels are scheduled for: narrow and wide vectors, few registers and many. */
const MACHINES: Readonly<Record<string, Machine>> = {
  avx2: { vectorBits: 256, vectorRegisters: 16, features: ["avx", "avx2", "fma"] },
  avx512: { vectorBits: 512, vectorRegisters: 32, features: ["avx2", "avx512f", "fma"] },
  neon: { vectorBits: 128, vectorRegisters: 32, features: ["neon"] },
};

/** What schedules split: whole vectors, several of them, and sizes that leave a rest. */
const LAST_DIMS = [3, 5, 8, 16, 24, 32, 64];
/** Larger kernels take the reference seconds. */
const MOST_ELEMENTS = 20_000;
/** Sums in another order, and Winograd's where it is decided for, beside the rounding of one result. */
const SLACK = 20;

interface Case {
  readonly def: OpDef;
  readonly c: Drawn;
  readonly seed: number;
  /** Of the machine or the target. */
  readonly on: string;
}

const OPTIONS = { checked: true } as const;

/** Draws a case of any op, those of `ops` more often, with last dimensions that vectors divide. */
function drawKernel(ctx: IrContext, ops: readonly OpDef[], seed: number, places: readonly string[]): Case | null {
  const g = createGen(seed);
  const all = ctx.ops.all() as readonly OpDef[];
  const def = g.pick(ops.length > 0 && g.bool() ? ops : all);
  const c = drawCase(def, seed, { lastDims: LAST_DIMS });
  const elements = [...c.inputs.map((t) => t?.type), ...c.types].reduce((n, t) => n + (t ? numElements(t.shape) : 0), 0);
  return elements > MOST_ELEMENTS ? null : { def, c, seed, on: g.pick(places) };
}

/** Decides every site at random, by the seed. */
function deciding(seed: number): Chooser {
  const g = createGen(seed ^ 0x5c4ed);
  return (_site, options, fallback) => (g.int(0, 3) === 0 ? fallback : g.pick(options));
}

/** What is wrong with a schedule of the case's kernel; null: it means the same, and its steps replay. */
function scheduledDiffers({ def, c }: Case, schedule: (k: Kernel) => Scheduled): string | null {
  const group = lowerCase(def, c, isConstant);
  const kernel = hoistConstants(group.kernel);
  const data = operandData(group, c);
  const { kernel: scheduled, steps } = schedule(kernel);
  verifyKernel(scheduled);
  const replayed = applySteps(kernel, JSON.parse(JSON.stringify(steps)));
  if (canonicalJson({ ...replayed, name: "" }) !== canonicalJson({ ...scheduled, name: "" }))
    return `its ${steps.length} steps, applied again, lead to another kernel`;
  const want = def.eval(c.inputs, c.attrs as never, c.types);
  const got = runKernel(scheduled, runPrepares(scheduled, data, OPTIONS), OPTIONS);
  for (const [i, t] of want.entries()) {
    const differs = difference(t, got[`y${i}`], SLACK);
    if (differs)
      return `result ${i}, ${differs.replace("want", "the reference gives").replace("got", "scheduled")}; steps ${JSON.stringify(steps)}`;
  }
  return null;
}

const ofKernels = (ctx: IrContext, rest: Pick<Property<Case>, "name" | "draw" | "differs" | "remark">): Property<Case> => ({
  size: ({ c }) => c.inputs.reduce((n, t) => n + (t ? numElements(t.type.shape) : 0), 0),
  simpler: () => [],
  text: ({ def, c, on }) => `// scheduled for ${on}\n${moduleText(caseModule(def, c, ctx), ctx)}`,
  ...rest,
});

/** Kernels of drawn ops, scheduled by the sketch wherever it applies. */
export function sketchKeepsMeaning(sketch: Sketch, ctx: IrContext, ops: readonly OpDef[] = []): Property<Case> {
  let [applied, seen] = [0, 0];
  return ofKernels(ctx, {
    name: "scheduled = reference",
    draw: (seed) => drawKernel(ctx, ops, seed, Object.keys(MACHINES)),
    differs(k) {
      const decide = deciding(k.seed);
      seen++;
      let isUsed = false;
      const choose: Chooser = (site, options, fallback) => {
        const own = site.endsWith(".sketch") ? options.find((o) => o === sketch.name) : undefined;
        if (own !== undefined) isUsed = true;
        return own ?? decide(site, options, fallback);
      };
      const differs = scheduledDiffers(k, (kernel) => scheduleKernel(kernel, MACHINES[k.on], choose, [sketch]));
      if (isUsed) applied++;
      return differs;
    },
    remark: () =>
      seen === 0
        ? null
        : applied === 0
          ? `it applied to none of ${seen} kernels: nothing was held`
          : `it applied to ${applied} of ${seen} kernels`,
  });
}

/** Kernels of drawn ops, scheduled for the targets that the scheduler accepts. */
export function schedulerKeepsMeaning(
  scheduler: Scheduler,
  ctx: IrContext,
  targets: ReadonlyMap<string, Target>,
  ops: readonly OpDef[] = [],
): Property<Case> {
  const accepted = [...targets.keys()].filter((name) => scheduler.accepts(targets.get(name) as Target));
  return ofKernels(ctx, {
    name: "scheduled = reference",
    draw: (seed) => (accepted.length === 0 ? null : drawKernel(ctx, ops, seed, accepted)),
    differs(k) {
      const target = targets.get(k.on) as Target;
      const name = scheduler.nameOf(hoistConstants(lowerCase(k.def, k.c, isConstant).kernel), target);
      if (name.length === 0) return "nameOf gives no name";
      return scheduledDiffers(k, (kernel) => scheduler.schedule(kernel, target, deciding(k.seed)));
    },
    remark: () =>
      accepted.length === 0 ? `it accepts none of the targets ${[...targets.keys()].join(", ")}: nothing was held` : null,
  });
}
