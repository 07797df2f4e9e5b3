/** A pass keeps the meaning of modules, its result is well formed and reads back from text, and what it claims of itself holds. */
import type { Module } from "../ir/graph/module.js";
import type { OpDef } from "../ir/op/define.js";
import { evaluateModule } from "../ir/op/evaluate.js";
import { createGen } from "../ir/op/sample.js";
import { verifyModule } from "../ir/op/verify.js";
import type { IrContext } from "../ir/pass/context.js";
import type { Pass, Prop } from "../ir/pass/pass.js";
import { parseModule } from "../ir/text/parse-module.js";
import { printModule } from "../ir/text/print-module.js";
import { FACTS } from "../passes/facts.js";
import { runPipeline } from "../passes/manager.js";
import { type PipelineStep, parsePipeline } from "../passes/pipeline.js";
import { moduleText } from "./draw/module-text.js";
import { opChain } from "./draw/op-chain.js";
import { type RandomModule, randomModule } from "./draw/random-module.js";
import { moduleSize, simplerModules } from "./draw/simpler-modules.js";
import { statefulModule } from "./draw/stateful-module.js";
import type { Property } from "./property.js";
import { difference } from "./same-values.js";

export interface PassContext extends IrContext {
  readonly passes: ReadonlyMap<string, Pass>;
}

/** What all properties of modules share. */
export const ofModules = (
  ctx: IrContext,
  rest: Pick<Property<RandomModule>, "name" | "draw" | "differs"> & Partial<Property<RandomModule>>,
): Property<RandomModule> => ({
  size: moduleSize,
  simpler: (m) => simplerModules(m, ctx),
  text: (m) => moduleText(m, ctx),
  ...rest,
});

const hasHalves = (m: Module): boolean =>
  [...Object.values(m.consts), ...m.funcs.flatMap((f) => [...f.params, ...f.body.flatMap((n) => n.outputs)])].some(
    (v) => v.type.dtype === "f16" || v.type.dtype === "bf16",
  );
/** Whether the module shows the last bits of its floats, in half precision or as integers: then a change of order leaves only the types to compare. */
const showsBits = (m: Module, ctx: IrContext): boolean =>
  hasHalves(m) || m.funcs.some((f) => f.body.some((n) => ctx.ops.get(n.op)?.traits.includes("reinterprets")));

/** Random modules, some with state; `ops` more often than the others. */
function drawModule(ctx: IrContext, ops: readonly OpDef[], seed: number): RandomModule | null {
  if (ops.length > 0 && seed % 2 === 0) return opChain(ctx, ops[(seed / 2) % ops.length], seed);
  return seed % 4 === 0 || seed % 8 === 1 ? statefulModule(ctx, seed) : randomModule(ctx, seed);
}

/** How far results may move by a pipeline. */
export const toleranceOf = (steps: readonly PipelineStep[]): number =>
  steps.reduce((most, { pass }) => Math.max(most, pass.tolerance ?? 0), 0);

/** eval(m) = eval(pipeline(m)), the argument untouched, the result verified and read back from its text. */
export function pipelineKeepsMeaning(
  ctx: PassContext,
  pipeline: string,
  tolerance: number,
  ops: readonly OpDef[] = [],
): Property<RandomModule> {
  const steps = parsePipeline(pipeline, ctx.passes);
  const assumed = steps.flatMap((s) => s.pass.requires);
  return ofModules(ctx, {
    name: "eval(m) = eval(pass(m))",
    draw: (seed) => drawModule(ctx, ops, seed),
    differs: ({ module, inputs }) => meaningDiffers(module, inputs, ctx, { steps, assumed, tolerance }),
  });
}

interface Run {
  readonly steps: readonly PipelineStep[];
  readonly assumed: readonly Prop[];
  readonly tolerance: number;
}

function meaningDiffers(
  module: Module,
  inputs: RandomModule["inputs"],
  ctx: IrContext,
  { steps, assumed, tolerance }: Run,
): string | null {
  const rounds = (steps.some((s) => s.pass.roundsHalves) && hasHalves(module)) || (tolerance > 0 && showsBits(module, ctx));
  const text = printModule(module, ctx, { locs: true });
  const result = runPipeline(module, steps, ctx, [], assumed);
  if (printModule(module, ctx, { locs: true }) !== text) return "the pass changes its argument";
  const [wrong] = verifyModule(result, ctx.ops, ctx.blobs);
  if (wrong) return `the result is not well formed: ${wrong.code} ${wrong.message}`;
  const printed = printModule(result, ctx, { locs: true });
  const again = printModule(parseModule(printed, "check.qc", ctx), ctx, { locs: true });
  if (again !== printed) return "the result reads back from its text as another module";
  const near = rounds ? Number.POSITIVE_INFINITY : tolerance;
  return difference(evaluateModule(module, ctx, inputs), evaluateModule(result, ctx, inputs), near);
}

/** What a pass claims: the facts it establishes and keeps, and that a second run changes nothing. */
export function passHoldsItsClaims(ctx: PassContext, pass: Pass, ops: readonly OpDef[] = []): Property<RandomModule> {
  const [step] = parsePipeline(pass.name, ctx.passes);
  const broken = new Set(pass.breaks ?? []);
  return ofModules(ctx, {
    name: "claims",
    draw: (seed) => drawModule(ctx, ops, seed),
    differs({ module }) {
      const holds = (m: Module, p: Prop): boolean => FACTS[p].violation(m, ctx) === null;
      if (!pass.requires.every((p) => holds(module, p))) return null;
      const result = pass.run(module, ctx, step.options as never);
      const kept = (Object.keys(FACTS) as Prop[]).filter((p) => !broken.has(p) && holds(module, p));
      for (const p of new Set([...pass.establishes, ...kept])) {
        const found = FACTS[p].violation(result, ctx);
        if (found)
          return `${pass.establishes.includes(p) ? `it establishes '${p}'` : `'${p}' held before and is not among 'breaks'`}, and afterwards: ${found.message}`;
      }
      if (!pass.idempotent) return null;
      const again = pass.run(result, ctx, step.options as never);
      const [once, twice] = [result, again].map((m) => printModule(m, ctx));
      return once === twice ? null : "it says that it is idempotent, and a second run changes the module again";
    },
  });
}

/** The pass's own examples, with drawn inputs. */
export function examplesOf(ctx: IrContext, pass: Pass): readonly RandomModule[] {
  return (pass.examples ?? []).map((text, i) => {
    const g = createGen(i + 1);
    const module = parseModule(text, `${pass.name}, example ${i + 1}`, ctx);
    const inputs = module.funcs[0].params.map(({ type }) =>
      g.tensor({ dtype: type.dtype, shape: type.shape, quant: type.quant }),
    );
    return { module, inputs };
  });
}

/** The properties of one pass; `ops` are drawn more often. Together they say how often the pass changed anything. */
export function passProperties(ctx: PassContext, pass: Pass, ops: readonly OpDef[] = []): readonly Property<RandomModule>[] {
  const own = examplesOf(ctx, pass);
  const steps = parsePipeline(pass.name, ctx.passes);
  let [changed, seen] = [0, 0];
  const meaning = pipelineKeepsMeaning(ctx, pass.name, toleranceOf(steps), ops);
  const counted: Property<RandomModule> = {
    ...meaning,
    own,
    differs(m) {
      const differs = meaning.differs(m);
      seen++;
      if (differs === null && runPipeline(m.module, steps, ctx, [], pass.requires) !== m.module) changed++;
      return differs;
    },
    remark: () =>
      changed > 0 || seen === 0 ? null : `it changed none of ${seen} modules: give it 'examples', IR texts that it rewrites`,
  };
  return [counted, { ...passHoldsItsClaims(ctx, pass, ops), own }];
}
