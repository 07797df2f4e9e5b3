/** Moves stages that depend on nothing but constants from run time to compile time. */
import type { Buffer, Kernel, Prepare, Stage } from "./stmt.js";
import { accessesOf } from "./visit.js";

/**
 * stage t = f(constants); .. t ..   -->   const t, prepared by a kernel of its own; .. t ..
 * A scratch buffer becomes a constant when every stage that writes it reads constants only.
 */
export function hoistConstants(k: Kernel): Kernel {
  const constants = new Set(k.buffers.filter((b) => b.role === "const").map((b) => b.name));
  const scratch = new Map(k.buffers.filter((b) => b.role === "scratch").map((b) => [b.name, b]));
  const access = new Map(k.stages.map((s) => [s, accessesOf(s.body)]));
  const hoisted = new Map<string, Stage[]>();
  for (const s of k.stages) {
    const { reads, writes } = access.get(s)!;
    const [target] = writes;
    const buffer = scratch.get(target);
    if (writes.size !== 1 || !buffer || hoisted.has(target)) continue;
    const writers = k.stages.filter((t) => access.get(t)!.writes.has(target));
    const inputs = writers.flatMap((t) => [...access.get(t)!.reads]).filter((r) => r !== target);
    const alone = writers.every((t) => access.get(t)!.writes.size === 1);
    if (!alone || !inputs.every((r) => constants.has(r)) || [...reads].some((r) => r !== target && !constants.has(r))) continue;
    hoisted.set(target, writers);
    constants.add(target);
  }
  if (hoisted.size === 0) return k;
  const gone = new Set([...hoisted.values()].flat());
  const prepare = [...hoisted].map(
    ([name, stages]): Prepare => ({ buffer: name, kernel: prepareKernel(k, name, stages, constants) }),
  );
  return {
    ...k,
    buffers: k.buffers.map((b) => (hoisted.has(b.name) ? { ...b, role: "const" } : b)),
    stages: k.stages.filter((s) => !gone.has(s)),
    prepare: [...prepare, ...k.prepare],
  };
}

function prepareKernel(k: Kernel, target: string, stages: readonly Stage[], constants: ReadonlySet<string>): Kernel {
  const reads = new Set(stages.flatMap((s) => [...accessesOf(s.body).reads]));
  const operands = k.buffers.filter((b) => b.name !== target && reads.has(b.name) && constants.has(b.name));
  const out = k.buffers.find((b) => b.name === target)!;
  const asIn = (b: Buffer): Buffer => ({ ...b, role: "const" });
  return { name: `${k.name}_${target}`, buffers: [...operands.map(asIn), { ...out, role: "out" }], stages, prepare: [] };
}
