import type { InstrTable } from "../../../ir/instr/define.js";
import type { Buffer, ForStmt, Stage } from "../../../ir/loop/stmt.js";
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

function parameterText(form: KernelForm, param: number): string {
  const members = form.kernel.buffers.filter((_, i) => form.params[i] === param);
  const indices = form.params.flatMap((p, i) => (p === param ? [i] : []));
  const attributes = [
    ...(indices.some((i) => form.overlaps[i]) ? [] : ["noalias"]),
    ...(members.every((b) => b.role === "in" || b.role === "const") ? ["readonly"] : []),
    `align ${Math.max(...indices.map((i) => form.aligns[i]))}`,
    `dereferenceable(${Math.max(1, ...members.map(bytesOf))})`,
  ];
  return `ptr ${attributes.join(" ")} %b${param}`;
}

/**
 * One stage as `define internal void @name(ptr %b0, ..., i64 %begin, i64 %end)`: iterations [begin, end) of its parallel loop; all of
 * a stage without one.
 */
export function stageText(form: KernelForm, stage: Stage, name: string, module: ModuleParts, instrs: InstrTable): string {
  const { kernel } = form;
  const count = Math.max(0, ...form.params.map((p) => p + 1));
  const params = Array.from({ length: count }, (_, p) => parameterText(form, p));
  const body = createBody(module, [...Array.from({ length: count }, (_, p) => `%b${p}`), "%begin", "%end"]);
  const alignOf = (param: number): number => Math.max(...form.params.flatMap((p, i) => (p === param ? [form.aligns[i]] : [])));
  const buffers = kernel.buffers.map((def, i) => bufferAt(def, `%b${form.params[i]}`, alignOf(form.params[i])));
  const scope = createScope(body, instrs, buffers, emitExpr);
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
  const operands = kernel.buffers.map((b, i) => `;   %b${form.params[i]} ${b.role} ${b.name}: ${b.dtype}[${b.shape.join(", ")}]`);
  return [
    `; ${kernel.name}, stage ${stage.name}`.replaceAll("\n", " "),
    ...operands,
    `define internal void ${name}(${[...params, "i64 %begin", "i64 %end"].join(", ")}) #1 {`,
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
