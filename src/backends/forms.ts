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

/** Bytes [begin, end) of a region that a buffer of a launch takes. */
interface Extent {
  readonly buffer: number;
  readonly begin: number;
  readonly end: number;
  readonly written: boolean;
}

/**
 * For each buffer whether it shares bytes with another one at a different place, one of the two being written. Extents are sorted by
 * their begin: what begins before reaches in where the furthest end lies behind, what begins after where the next begin lies before the end.
 */
function overlapsOf(kernel: Kernel, places: readonly Place[]): readonly boolean[] {
  const regions = new Map<string, Extent[]>();
  for (const [buffer, p] of places.entries()) {
    const def = kernel.buffers[buffer];
    const begin = offsetOf(p);
    const extent = { buffer, begin, end: begin + bytesOf(def), written: isWritten(def) };
    const region = regions.get(regionOf(p));
    if (region) region.push(extent);
    else regions.set(regionOf(p), [extent]);
  }
  const overlaps = places.map(() => false);
  for (const region of regions.values()) {
    const groups = byBegin(region);
    markReaching(groups, overlaps, (x, reach) => reach > x.begin, "before");
    markReaching(groups.toReversed(), overlaps, (x, reach) => reach < x.end, "after");
  }
  return overlaps;
}

/** Extents of equal begin together, in order. */
function byBegin(region: Extent[]): readonly (readonly Extent[])[] {
  const groups: Extent[][] = [];
  for (const x of region.sort((a, b) => a.begin - b.begin)) {
    const last = groups.at(-1);
    if (last?.[0].begin === x.begin) last.push(x);
    else groups.push([x]);
  }
  return groups;
}

/** Marks extents that one of the groups passed so far reaches: seen from the front by their furthest end, from behind by their nearest begin. */
function markReaching(
  groups: readonly (readonly Extent[])[],
  overlaps: boolean[],
  reaches: (x: Extent, reach: number) => boolean,
  passed: "before" | "after",
): void {
  const none = passed === "before" ? -1 : Number.POSITIVE_INFINITY;
  const furthest =
    passed === "before" ? (a: number, x: Extent) => Math.max(a, x.end) : (a: number, x: Extent) => Math.min(a, x.begin);
  let [any, written] = [none, none];
  for (const group of groups) {
    for (const x of group) if (reaches(x, x.written ? any : written)) overlaps[x.buffer] = true;
    for (const x of group) {
      any = furthest(any, x);
      if (x.written) written = furthest(written, x);
    }
  }
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
