/** One C function a kernel. */
import type { Buffer } from "../../ir/loop/stmt.js";
import { accessesOf } from "../../ir/loop/visit.js";
import type { DType } from "../../ir/type/dtype.js";
import type { KernelForm } from "../forms.js";
import type { Helpers } from "./helpers.js";
import { commentText, createNames } from "./names.js";
import { type NamedBuffer, statementLines } from "./stmt.js";
import { elementType } from "./types.js";

/** A parameter of a kernel's function, and which of the kernel's pointers is its argument. */
export interface Parameter {
  readonly pointer: number;
  /** What it points to, as in a call's cast: `const f32`. */
  readonly type: string;
}

export interface KernelText {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** The name of the type of memory that holds `t`; `caller`: memory of the caller's, whose alignment is its own business. */
export type MemoryType = (t: DType, caller: boolean) => string;

const LINE = 120;

/**
 * A kernel as `static void name(...)`, a pointer for each buffer that it uses, `restrict` where it overlaps no other. Buffers at the same place
 * share a pointer. `label`: the layers that it computes, for the comment.
 */
export function kernelText(form: KernelForm, name: string, label: string, memory: MemoryType, helpers: Helpers): KernelText {
  const { kernel } = form;
  const used = new Set(kernel.stages.flatMap(({ body }) => Object.values(accessesOf(body)).flatMap((s) => [...s])));
  const names = createNames([name]);
  const buffers = new Map<string, NamedBuffer>();
  const parameters: (Parameter & { readonly declaration: string })[] = [];
  const aliases: string[] = [];
  const firstOf = new Map<number, { readonly c: string; readonly dtype: DType }>();
  const carried = new Map<number, Buffer[]>();
  kernel.buffers.forEach((b, i) => {
    if (!used.has(b.name)) return;
    const members = carried.get(form.params[i]);
    if (members) members.push(b);
    else carried.set(form.params[i], [b]);
  });
  kernel.buffers.forEach((def, i) => {
    if (!used.has(def.name)) return;
    const pointer = form.params[i];
    const members = carried.get(pointer) ?? [];
    const isConst = members.every((b) => b.role === "in" || b.role === "const");
    const type = (t: DType) => `${isConst ? "const " : ""}${memory(t, form.aligns[i] === 1)}`;
    const first = firstOf.get(pointer);
    if (first && elementType(first.dtype) === elementType(def.dtype)) {
      buffers.set(def.name, { def, c: first.c });
      return;
    }
    const c = names.take(def.name);
    buffers.set(def.name, { def, c });
    if (first) {
      aliases.push(`  ${type(def.dtype)} *const ${c} = (${type(def.dtype)} *)${first.c};`);
      return;
    }
    firstOf.set(pointer, { c, dtype: def.dtype });
    const alone = new Set(members.map((b) => elementType(b.dtype))).size === 1 && !form.overlaps[i];
    parameters.push({ pointer, type: type(def.dtype), declaration: `${type(def.dtype)} *${alone ? "restrict " : ""}${c}` });
  });
  const scope = names.inner();
  const body = kernel.stages.flatMap(({ body: st }) => statementLines(st, buffers, scope, helpers));
  return {
    parameters,
    text: [
      `/* ${commentText(label)}${kernel.buffers.flatMap((b) => (used.has(b.name) ? [shapeLine(b)] : [])).join("")} */`,
      ...signature(
        name,
        parameters.map((p) => p.declaration),
      ),
      ...aliases,
      ...body,
      "}",
    ].join("\n"),
  };
}

/** `x0 f32[1, 28, 28, 1]` on a line of its own. */
const shapeLine = (b: Buffer): string => `\n   ${b.name.padEnd(6)} ${b.dtype}[${b.shape.join(", ")}]`;

function signature(name: string, declarations: readonly string[]): readonly string[] {
  const line = `static void ${name}(${declarations.join(", ") || "void"}) {`;
  if (line.length <= LINE) return [line];
  const parts = declarations.map((d, i) => `    ${d}${i < declarations.length - 1 ? "," : ") {"}`);
  return [`static void ${name}(`, ...parts];
}
