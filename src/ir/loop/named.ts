/** Parts of kernels by their names. Kernels do not change, so that an index of a list holds as long as the list. */
import type { Buffer, Kernel, Stage } from "./stmt.js";

const indices = new WeakMap<readonly object[], ReadonlyMap<string, unknown>>();

/** The first of a list with that name. The list is indexed once: a kernel of many stages is asked for each of them. */
function named<T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined {
  let index = indices.get(list) as ReadonlyMap<string, T> | undefined;
  if (!index) {
    index = new Map(list.toReversed().map((x) => [x.name, x]));
    indices.set(list, index);
  }
  return index.get(name);
}

export const bufferNamed = ({ buffers }: Kernel, name: string): Buffer | undefined => named(buffers, name);
export const stageNamed = ({ stages }: Kernel, name: string): Stage | undefined => named(stages, name);
