/** A model built by the whole line, with the modules that it passed through: what the tests of integer exactness compare. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsProgram, loadProgram } from "../../src/backends/js/run-program.js";
import { planModule } from "../../src/build/plan.js";
import { openToolchain } from "../../src/build/toolchain.js";
import { buildShared } from "../../src/build/write.js";
import { type CompileReport, type CompileRequest, compileModel, optimizeModel } from "../../src/compile.js";
import { type Context, createContext } from "../../src/context.js";
import { replaceFunc } from "../../src/ir/graph/edit.js";
import { type Module, producersOf, type ValueId } from "../../src/ir/graph/module.js";
import { evaluateModule } from "../../src/ir/op/evaluate.js";
import { bytesOf, type Tensor, type TypedArray } from "../../src/ir/op/tensor.js";
import { isFloat } from "../../src/ir/type/dtype.js";
import { type Instrument, runPipeline } from "../../src/passes/manager.js";
import { parsePipeline } from "../../src/passes/pipeline.js";
import { loweredPipeline } from "../../src/passes/presets.js";
import type { Quantizer } from "../../src/passes/quant/recipe/recipe.js";
import { load, type Net } from "../../src/runtime/index.js";
import { scheduleKernel } from "../../src/schedules/cpu/schedule.js";

/** One typed array per input of the network, in its order. */
export type Inputs = readonly TypedArray[];

export interface Built {
  readonly ctx: Context;
  readonly report: CompileReport;
  readonly folder: string;
  /** Integer arithmetic chosen, still in the layout of the model and with one node an op. */
  readonly integer: Module;
  /** Laid out and fused: what was lowered to kernels. */
  readonly fused: Module;
}

export interface BuildCase extends Omit<CompileRequest, "outputPath" | "instruments"> {
  readonly folder: string;
  /** `none` compiles the model as it is. */
  readonly quantizer: Quantizer;
}

/** Builds into `folder`/out, calibrated on the samples. */
export async function build({ folder, quantizer, ...request }: BuildCase, samples: readonly Inputs[]): Promise<Built> {
  const ctx = createContext();
  const seen: { integer?: Module; fused?: Module; armed: boolean } = { armed: false };
  const recorder: Instrument = {
    name: "recorder",
    before(m, { pass }) {
      if (!seen.armed || !["channels-last", "materialize-results"].includes(pass.name)) return;
      seen.integer = m;
      seen.armed = false;
    },
    after(m, { pass }, _index, _changed, own) {
      if (pass.name === "quantize") seen.armed = true;
      if (pass.name !== "fuse") return;
      seen.fused = m;
      for (const id of own.blobs.ids()) ctx.blobs.put(own.blobs.get(id));
    },
  };
  const all = { ...request, outputPath: join(folder, "out"), instruments: [recorder] };
  const stream = async function* (_params: unknown, names: readonly string[]) {
    for (const s of samples) yield { values: Object.fromEntries(names.map((n, i) => [n, s[i]])) };
  };
  const report = await (quantizer === "none"
    ? compileModel(all, ctx)
    : optimizeModel({ ...all, quantizer, samples: stream }, ctx));
  if (!seen.integer || !seen.fused) throw new Error("the pipeline has no pass quantize or fuse any more: adapt this recorder");
  return { ctx, report, folder: report.outputPath, integer: seen.integer, fused: seen.fused };
}

const tensors = (m: Module, data: Inputs): Tensor[] => m.funcs[0].params.map((p, i) => ({ type: p.type, data: data[i] }));

/** What the integer network means, op by op: results as bytes, in the order of the outputs. */
export const evaluated = ({ integer, ctx }: Built, data: Inputs): Buffer[] =>
  evaluateModule(integer, ctx, tensors(integer, data)).map(bytes);

/** The fused module's loops, unscheduled, on the JS backend: it shares no schedule, no instruction and no LLVM with native code. */
export function interpreted({ fused, ctx }: Pick<Built, "fused" | "ctx">): (data: Inputs) => Buffer[] {
  const program: JsProgram = loadProgram(planModule(fused, ctx, (k) => k).program, ctx.blobs);
  return (data) => program.run(tensors(fused, data)).map(bytes);
}

const bytes = (t: Tensor): Buffer => Buffer.from(bytesOf(t));

/** A native run: results as bytes, in the order of the outputs. */
export function native(net: Net, data: Inputs): Buffer[] {
  const out = net.run(Object.fromEntries(net.inputs.map((spec, i) => [spec.name, data[i]])));
  return net.outputs.map(({ name }) => Buffer.from(out[name].buffer, out[name].byteOffset, out[name].byteLength));
}

/**
 * A quantized module whose first `count` results are the integers that the floats at its end are computed from; its own results follow.
 */
export function integerFront(m: Module): { readonly module: Module; readonly count: number } {
  const f = m.funcs[0];
  const makers = producersOf(f);
  const isReal = (id: ValueId) => isFloat(makers.get(id)!.outputs.find((o) => o.id === id)!.type.dtype);
  const found = new Set<ValueId>();
  const visited = new Set<ValueId>();
  const walk = (id: ValueId): void => {
    if (visited.has(id) || !makers.has(id)) return;
    visited.add(id);
    if (!isReal(id)) found.add(id);
    else makers.get(id)!.inputs.forEach(walk);
  };
  f.results.forEach(walk);
  const front = [...found];
  const resultNames = [...front.map((id) => `front ${id}`), ...f.resultNames];
  return { module: replaceFunc(m, { ...f, results: [...front, ...f.results], resultNames }), count: front.length };
}

/** The rest of the line for a module whose integer arithmetic is chosen: fused, compiled for the machine at hand, and loaded. */
export async function buildModule(m: Module, ctx: Context, threads = 1): Promise<{ fused: Module; net: Net }> {
  const steps = parsePipeline(loweredPipeline().replace(/^drop-observers,quantize,/, ""), ctx.passes);
  const fused = runPipeline(m, steps, ctx);
  const tools = openToolchain();
  const { program } = planModule(fused, ctx, (k) => scheduleKernel(k, tools.target).kernel);
  const folder = mkdtempSync(join(tmpdir(), "qc-module-"));
  try {
    const output = join(folder, "model.so");
    buildShared(program, ctx.blobs, tools, output);
    return { fused, net: await load(output, { threads }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
