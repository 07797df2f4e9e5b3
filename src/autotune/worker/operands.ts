/**
 * The memory that candidates of one workload run on. Inputs are shared and stay in the near caches, as between the kernels of a network. Constants stand in
 * many copies that are used in turn: a network reads all its other weights before it comes back to these. So do results, for the arena behind them was last
 * used some kernels ago.
 */
import { readFileSync } from "node:fs";
import type { OperandTables } from "../../backends/backend.js";
import { runPrepares } from "../../backends/js/run-kernel.js";
import { kernelKey } from "../../ir/loop/lower-group.js";
import type { Buffer, Kernel } from "../../ir/loop/stmt.js";
import { dataFromBytes, type TypedArray } from "../../ir/op/tensor.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { addressOf, alignedBytes } from "../../runtime/native-memory.js";
import type { OpenMessage } from "./protocol.js";

const ALIGN = 64;
/** Copies of constants beyond this number tell nothing more. */
const MOST_COPIES = 512;
const GARBAGE = 0xa5;

export const bytesOf = (b: Buffer): number => numElements(b.shape) * dtypeInfo(b.dtype).bytes;
const isResult = (b: Buffer): boolean => b.role === "out" || b.role === "inout";

/** Constants in copies, and which is next. */
interface Copies {
  readonly sets: number;
  readonly at: (buffer: string, set: number) => bigint;
  /** Number of the set that the next run takes; candidates that share the copies go on where the last one stopped. */
  next: number;
}

export interface Operands {
  readonly tables: OperandTables;
  readonly copies: Copies;
  /** What the pointers of the tables mean must stay referenced. */
  readonly keep: readonly unknown[];
}

export interface OperandStore {
  /** Before a run: inputs that kernels write as they were, results full of garbage. */
  reset(): void;
  results(): Readonly<Record<string, Uint8Array>>;
  snapshot(): Readonly<Record<string, Uint8Array>>;
  of(kernel: Kernel): Operands;
  /** Forgets the copies of constants: they are large. */
  release(): void;
}

const PAGE = 4096;

/**
 * Places for buffers, each elsewhere in its page: large arrays all start at the same offset, and loads that agree with stores before them in the last twelve bits
 * of the address wait for them (a depthwise convolution took three times as long as in a network). The pages exist: a first touch takes longer than a kernel.
 */
function createPlaces(): (bytes: number) => Uint8Array {
  let count = 0;
  return (bytes) => {
    const skew = ((count++ * 11 * ALIGN) % PAGE) + (count % 3) * ALIGN;
    return alignedBytes(bytes + 2 * PAGE)
      .fill(GARBAGE)
      .subarray(skew, skew + bytes);
  };
}

const asBytes = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** `footprint`: bytes that copies of the constants, and copies of the results, may take. */
export function createOperands(
  unscheduled: Kernel,
  inputs: Readonly<Record<string, TypedArray>>,
  constFiles: Readonly<Record<string, string>>,
  footprint: OpenMessage["footprint"],
): OperandStore {
  const newPlace = createPlaces();
  const aligned = (data: ArrayBufferView): Uint8Array => {
    const to = newPlace(data.byteLength);
    to.set(asBytes(data));
    return to;
  };
  const ins = new Map(Object.entries(inputs).map(([name, data]) => [name, aligned(data)]));
  const originals = Object.fromEntries(
    Object.entries(constFiles).map(([name, file]): [string, TypedArray] => {
      const dtype = constType(unscheduled, name);
      return [name, dataFromBytes(dtype, aligned(readFileSync(file)))];
    }),
  );
  const written = unscheduled.buffers.filter((b) => b.role === "out");
  const resultBytes = written.reduce((n, b) => n + bytesOf(b), 0);
  const resultSets = Math.max(1, Math.min(MOST_COPIES, resultBytes > 0 ? Math.floor(footprint.arena / resultBytes) : 1));
  const outs = new Map(unscheduled.buffers.filter(isResult).map((b) => [b.name, newPlace(bytesOf(b))]));
  /** Further copies of the results, while candidates are timed. */
  const spares = new Map<string, readonly Uint8Array[]>();
  const resultOf = (b: Buffer, set: number): Uint8Array | undefined => {
    const first = outs.get(b.name);
    if (b.role !== "out" || !first || set % resultSets === 0) return first;
    const others = spares.get(b.name) ?? Array.from({ length: resultSets - 1 }, () => newPlace(bytesOf(b)));
    spares.set(b.name, others);
    return others[(set % resultSets) - 1];
  };
  const packed = new Map<string, { readonly copies: Copies; readonly slab: Uint8Array }>();

  const copiesOf = (kernel: Kernel) => {
    const consts = kernel.buffers.filter((b) => b.role === "const");
    const key = `${kernel.prepare.map((p) => kernelKey(p.kernel)).join()} ${consts.map((b) => b.name).join()}`;
    const known = packed.get(key);
    if (known) return known;
    const prepared = runPrepares(kernel, originals);
    const places = new Map<string, number>();
    let stride = 0;
    for (const b of consts) {
      places.set(b.name, stride);
      stride += Math.ceil(bytesOf(b) / ALIGN) * ALIGN;
    }
    const sets = Math.max(1, Math.min(MOST_COPIES, stride > 0 ? Math.floor(footprint.constants / stride) : 1));
    const slab = alignedBytes(sets * stride);
    for (const b of consts) if (prepared[b.name]) slab.set(asBytes(prepared[b.name]), places.get(b.name));
    for (let set = 1; set < sets; set++) slab.copyWithin(set * stride, 0, stride);
    const start = slab.byteLength > 0 ? addressOf(slab) : 0n;
    const at = (buffer: string, set: number): bigint => start + BigInt(set * stride + (places.get(buffer) ?? 0));
    const made = { copies: { sets, at, next: 0 }, slab };
    packed.set(key, made);
    return made;
  };

  return {
    reset() {
      for (const [name, bytes] of outs) {
        const given = inputs[name];
        if (given) bytes.set(asBytes(given));
        else bytes.fill(GARBAGE);
      }
    },
    results: () => Object.fromEntries(outs),
    snapshot: () => Object.fromEntries([...outs].map(([name, bytes]) => [name, bytes.slice()])),
    of(kernel) {
      const { copies, slab } = copiesOf(kernel);
      const scratch = new Map(kernel.buffers.filter((b) => b.role === "scratch").map((b) => [b.name, newPlace(bytesOf(b))]));
      const sets = Math.max(copies.sets, resultSets);
      const kept = new Set<Uint8Array>([slab]);
      const place = (b: Buffer, set: number): bigint => {
        if (b.role === "const") return copies.at(b.name, set % copies.sets);
        const found = isResult(b) ? resultOf(b, set) : b.role === "in" ? ins.get(b.name) : scratch.get(b.name);
        const bytes = found && found.byteLength >= bytesOf(b) ? found : newPlace(bytesOf(b));
        kept.add(bytes);
        return addressOf(bytes);
      };
      const pointers = new BigUint64Array(sets * kernel.buffers.length);
      for (let set = 0; set < sets; set++)
        kernel.buffers.forEach((b, i) => {
          pointers[set * kernel.buffers.length + i] = place(b, set);
        });
      return { tables: { pointers, sets }, copies, keep: [...kept] };
    },
    release() {
      packed.clear();
      spares.clear();
    },
  };
}

/** Element type of an original constant: it stands in the kernel or in a kernel that prepares another one. */
function constType(kernel: Kernel, name: string): Buffer["dtype"] {
  const all = [kernel, ...kernel.prepare.map((p) => p.kernel)].flatMap((k) => k.buffers);
  return all.find((b) => b.name === name)?.dtype ?? "u8";
}
