import type { Launch, Place, Program } from "../ir/loop/program.js";
import type { Buffer, Kernel } from "../ir/loop/stmt.js";
import { dtypeInfo } from "../ir/type/dtype.js";
import { numElements } from "../ir/type/tensor-type.js";
import { hashJson } from "../support/hash.js";

/** What is known of the operands of a kernel from the places that its launches give them. */
export interface KernelForm {
  readonly kernel: Kernel;
  /** For each buffer the pointer parameter that carries it; buffers at the same place share one. */
  readonly params: readonly number[];
  /** For each buffer the alignment of its pointer in bytes. */
  readonly aligns: readonly number[];
  /** For each buffer whether its memory overlaps that of another one that is written (and is not the same place). */
  readonly overlaps: readonly boolean[];
}

/** The arena, the weights and the state; the caller's tensors may have any alignment. */
const ALIGN = 64;

export interface FormedProgram {
  readonly forms: readonly KernelForm[];
  /** For each launch the index of its form. */
  readonly formOf: readonly number[];
}

const bytesOf = (b: Buffer): number => numElements(b.shape) * dtypeInfo(b.dtype).bytes;
const isWritten = (b: Buffer): boolean => b.role === "out" || b.role === "inout" || b.role === "scratch";

const regionOf = (p: Place): string => (p.in === "input" || p.in === "output" ? `${p.in}${p.index}` : p.in);
const offsetOf = (p: Place): number => (p.in === "input" || p.in === "output" ? 0 : p.offset);

/** Buffers of one launch at the same place get the same parameter. */
function paramsOf(places: readonly Place[]): readonly number[] {
  const seen = new Map<string, number>();
  return places.map((p) => {
    const key = `${regionOf(p)}+${offsetOf(p)}`;
    const known = seen.get(key) ?? seen.size;
    seen.set(key, known);
    return known;
  });
}

/** Whether two operands at different places share bytes, one of them being written. */
function overlapsOf(kernel: Kernel, places: readonly Place[]): readonly boolean[] {
  return places.map((p, i) =>
    places.some((q, j) => {
      if (i === j || regionOf(p) !== regionOf(q) || offsetOf(p) === offsetOf(q)) return false;
      if (!isWritten(kernel.buffers[i]) && !isWritten(kernel.buffers[j])) return false;
      return offsetOf(p) < offsetOf(q) + bytesOf(kernel.buffers[j]) && offsetOf(q) < offsetOf(p) + bytesOf(kernel.buffers[i]);
    }),
  );
}

function formOfLaunch(kernel: Kernel, launch: Launch): KernelForm {
  const aligns = launch.places.map((p) => (p.in === "input" || p.in === "output" ? 1 : ALIGN));
  return { kernel, params: paramsOf(launch.places), aligns, overlaps: overlapsOf(kernel, launch.places) };
}

/** Kernels of equal buffers and bodies are one, whatever their names. */
export function equalKernels(kernels: readonly Kernel[]): readonly number[] {
  const first = new Map<string, number>();
  return kernels.map((k, i) => {
    const key = hashJson([k.buffers, k.stages.map((s) => s.body)]);
    const known = first.get(key) ?? i;
    first.set(key, known);
    return known;
  });
}

/** The forms in which the kernels of a program are needed; launches of equal kernels whose operands alias alike share one. */
export function formProgram(program: Program): FormedProgram {
  const same = equalKernels(program.kernels);
  const index = new Map<string, number>();
  const forms: KernelForm[] = [];
  const formOf = program.launches.map((launch) => {
    const kernelIndex = same[launch.kernel];
    const form = formOfLaunch(program.kernels[kernelIndex], launch);
    const key = JSON.stringify([kernelIndex, form.params, form.overlaps]);
    const known = index.get(key);
    if (known === undefined) {
      index.set(key, forms.length);
      return forms.push(form) - 1;
    }
    forms[known] = { ...forms[known], aligns: forms[known].aligns.map((a, i) => Math.min(a, form.aligns[i])) };
    return known;
  });
  return { forms, formOf };
}
