import type { Buffer, Kernel } from "../../ir/loop/stmt.js";
import { accessesOf } from "../../ir/loop/visit.js";
import { emptyData, type TypedArray } from "../../ir/op/tensor.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { fail } from "../../support/diag.js";
import type { Rounded } from "./expr.js";
import { helpers } from "./helpers.js";
import { createMathTexts } from "./math.js";
import { stageText } from "./stmt.js";

export type Buffers = Readonly<Record<string, TypedArray>>;

export interface JsOptions {
  /** Throw a RangeError naming the buffer where an index leaves its dimension; locals start as NaN. Slow. */
  readonly checked?: boolean;
  /** How often the multiply-add of floats rounds: once as on targets with fused instructions, or twice as on those without. */
  readonly fma?: Rounded;
}

/** A kernel as a JavaScript function over typed arrays named like its buffers; scratch buffers may be left out. */
export type JsKernel = (buffers: Buffers) => void;

function dataOf(buffers: Buffers, def: Buffer, kernel: Kernel): TypedArray {
  const data = buffers[def.name];
  const length = numElements(def.shape);
  if (data === undefined) {
    if (def.role === "scratch") return emptyData(def.dtype, length);
    return fail("QC-JS-001", `kernel '${kernel.name}': buffer '${def.name}' is missing`);
  }
  if (data.length < length)
    fail("QC-JS-002", `kernel '${kernel.name}': buffer '${def.name}' holds ${data.length} of ${length} elements`);
  if (data.constructor !== emptyData(def.dtype, 0).constructor) {
    fail("QC-JS-003", `kernel '${kernel.name}': buffer '${def.name}' is a ${data.constructor.name}, not ${def.dtype}`);
  }
  return data;
}

/** JavaScript source of a kernel: a function of the helpers that returns a function of the buffers, in `buffers` order. */
export function kernelSource(kernel: Kernel, { checked = false, fma = "once" }: JsOptions = {}): string {
  const math = createMathTexts(fma);
  const named = new Map(kernel.buffers.map((def, i) => [def.name, { def, js: `b${i}_` }]));
  const all = [...named.values()].map((b) => b.js).join(", ");
  const stages = kernel.stages.map((s, i) => {
    const { reads, writes } = accessesOf(s.body);
    // a stage takes the buffers it touches: all of them for every stage would grow with the square of a concat's parts
    const params = [...new Set([...reads, ...writes])].flatMap((name) => named.get(name)?.js ?? []).join(", ");
    const { body, locals } = stageText(s, named, { checked, fma, math });
    const allocs = locals.map((l) => `const ${l.js} = alloc("${l.dtype}", ${l.length});`);
    return { text: `function s${i}_(${params}) {\n${[...allocs, body].join("\n")}\n}`, call: `s${i}_(${params});` };
  });
  const [texts, calls] = [stages.map((s) => s.text).join("\n"), stages.map((s) => s.call).join(" ")];
  return `"use strict";\nconst { ${Object.keys(helpers).join(", ")} } = helpers;\n${math.text()}\n${texts}\nreturn (${all}) => { ${calls} };`;
}

/** Compiles any kernel, scheduled or not, to JavaScript with the exact meaning of the loop IR. */
export function compileKernel(kernel: Kernel, options: JsOptions = {}): JsKernel {
  const make = new Function("helpers", "alloc", kernelSource(kernel, options));
  const run = make(helpers, emptyData) as (...data: TypedArray[]) => void;
  return (buffers) => run(...kernel.buffers.map((def) => dataOf(buffers, def, kernel)));
}

/** Runs a kernel once on its `in` and `const` buffers and returns its `out` and `inout` ones; `inout` data is copied. */
export function runKernel(kernel: Kernel, inputs: Buffers, options: JsOptions = {}): Record<string, TypedArray> {
  const all: Record<string, TypedArray> = { ...inputs };
  const results: Record<string, TypedArray> = {};
  for (const b of kernel.buffers) {
    if (b.role === "out") all[b.name] = results[b.name] = emptyData(b.dtype, numElements(b.shape));
    if (b.role === "inout" && inputs[b.name]) all[b.name] = results[b.name] = inputs[b.name].slice();
  }
  compileKernel(kernel, options)(all);
  return results;
}

/** The constant operands of a kernel with its prepare kernels run: those it packs from `originals`, the others as they are. */
export function runPrepares(kernel: Kernel, originals: Buffers, options: JsOptions = {}): Record<string, TypedArray> {
  const consts: Record<string, TypedArray> = { ...originals };
  for (const p of kernel.prepare) Object.assign(consts, runKernel(p.kernel, consts, options));
  return consts;
}
