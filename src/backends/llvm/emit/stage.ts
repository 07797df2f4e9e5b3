import type { Buffer, ForStmt, Stage } from "../../../ir/loop/stmt.js";
import { accessesOf } from "../../../ir/loop/visit.js";
import type { Target } from "../../../ir/target/target.js";
import { dtypeInfo } from "../../../ir/type/dtype.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import type { KernelForm } from "../../forms.js";
import { affineConst } from "./affine.js";
import { createBody, type ModuleParts } from "./body.js";
import { emitExpr } from "./expr.js";
import { bufferAt, createScope } from "./scope.js";
import { emitLoop, emitStmt } from "./stmt.js";

/** The loop over which a stage is cut into ranges; null where it runs as one. */
export function parallelLoop(stage: Stage): ForStmt | null {
  return stage.body.k === "for" && stage.body.kind === "parallel" ? stage.body : null;
}

const bytesOf = (b: Buffer): number => numElements(b.shape) * dtypeInfo(b.dtype).bytes;

/** A pointer parameter of a kernel: the buffers it carries, by their numbers, and its text in a function's head. */
interface Parameter {
  readonly text: string;
  readonly align: number;
  readonly buffers: readonly number[];
}

function parametersOf(form: KernelForm): readonly Parameter[] {
  const { params, aligns, overlaps, kernel } = form;
  const carried: number[][] = Array.from({ length: Math.max(0, ...params.map((p) => p + 1)) }, () => []);
  for (const [i, p] of params.entries()) carried[p].push(i);
  return carried.map((indices, p) => {
    const members = indices.map((i) => kernel.buffers[i]);
    const align = Math.max(...indices.map((i) => aligns[i]));
    const attributes = [
      ...(indices.some((i) => overlaps[i]) ? [] : ["noalias"]),
      ...(members.every((b) => b.role === "in" || b.role === "const") ? ["readonly"] : []),
      `align ${align}`,
      `dereferenceable(${Math.max(1, ...members.map(bytesOf))})`,
    ];
    return { text: `ptr ${attributes.join(" ")} %b${p}`, align, buffers: indices };
  });
}

/** A stage as a function, and the pointer parameters of its kernel that the function takes, in order: those of the buffers it touches. */
export interface StageFunction {
  readonly text: string;
  readonly params: readonly number[];
}

/**
 * The stages of a kernel, each as `define internal void @name(ptr %b0, ..., i64 %begin, i64 %end)`: iterations [begin, end) of its parallel
 * loop; all of a stage without one. A stage of a kernel of many operands takes few of them, so that text and code grow with the operands.
 */
export function stageFunctions(
  form: KernelForm,
  nameOf: (stage: number) => string,
  module: ModuleParts,
): readonly StageFunction[] {
  const parameters = parametersOf(form);
  const numbers = new Map(form.kernel.buffers.map((b, i) => [b.name, i]));
  return form.kernel.stages.map((stage, j) => {
    const { reads, writes } = accessesOf(stage.body);
    const touched = [...new Set([...reads, ...writes])].flatMap((name) => numbers.get(name) ?? []);
    const params = [...new Set(touched.map((i) => form.params[i]))].sort((a, b) => a - b);
    return { params, text: stageText(form, stage, nameOf(j), { params, parameters, module }) };
  });
}

interface StageParts {
  readonly params: readonly number[];
  readonly parameters: readonly Parameter[];
  readonly module: ModuleParts;
}

function stageText({ kernel }: KernelForm, stage: Stage, name: string, { params, parameters, module }: StageParts): string {
  const body = createBody(module, [...params.map((p) => `%b${p}`), "%begin", "%end"]);
  const carried = params.flatMap((p) => parameters[p].buffers.map((i) => ({ p, i }))).sort((a, b) => a.i - b.i);
  const buffers = carried.map(({ p, i }) => bufferAt(kernel.buffers[i], `%b${p}`, parameters[p].align));
  const scope = createScope(body, buffers, emitExpr);
  const parallel = parallelLoop(stage);
  if (parallel && parallel.extent === 1)
    scope.withVariable(parallel.name, { k: "index", at: affineConst(0) }, () => emitStmt(parallel.body, scope));
  else if (parallel && parallel.extent > 1) {
    body.line("%none = icmp sge i64 %begin, %end");
    body.line("br i1 %none, label %done, label %work");
    body.start("work");
    emitLoop(parallel.name, "%begin", "%end", parallel.extent, scope, () => emitStmt(parallel.body, scope));
    body.line("br label %done");
    body.start("done");
  } else if (!parallel) emitStmt(stage.body, scope);
  body.line("ret void");
  const operands = buffers.map(
    ({ def, pointer }) => `;   ${pointer} ${def.role} ${def.name}: ${def.dtype}[${def.shape.join(", ")}]`,
  );
  const head = [...params.map((p) => parameters[p].text), "i64 %begin", "i64 %end"].join(", ");
  return [
    `; ${kernel.name}, stage ${stage.name}`.replaceAll("\n", " "),
    ...operands,
    `define internal void ${name}(${head}) #1 {`,
    `${body.text()}}`,
  ].join("\n");
}

/** Attribute groups: #0 small functions; #1 stages, called once a launch and kept apart so that noalias on their operands survives; #2 math. */
export function attributesText(target: Target): string {
  const machine = [
    `"target-cpu"="${target.mcpu}"`,
    ...(target.flags ? [`"target-features"="${target.flags}"`] : []),
    `"prefer-vector-width"="${target.vectorBits}"`,
  ].join(" ");
  const common = `mustprogress nounwind "no-builtins" ${machine}`;
  return [
    `attributes #0 = { ${common} }`,
    `attributes #1 = { ${common} noinline }`,
    `attributes #2 = { ${common} alwaysinline }`,
  ].join("\n");
}
