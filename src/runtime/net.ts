import { dirname, join } from "node:path";
import { fail, failUsage, QcError } from "../support/diag.js";
import type { TypedArray } from "../support/npy.js";
import { didYouMean } from "../support/suggest.js";
import { type Description, type PhaseInfo, readDescriptor, type TensorInfo } from "./descriptor.js";
import { type ContextOptions, cell, check, type Library, type Ptr } from "./library.js";
import { readModelRecord } from "./model-record.js";
import { type InputPort, inputPort, type OutputPort, outputPort } from "./ports.js";
import { keepResultMemory } from "./result-memory.js";
import { bytesOf, type TensorData } from "./tensors.js";

export interface PhaseProfile extends PhaseInfo {
  /** Nanoseconds, summed over all profiled runs. */
  readonly ns: number;
}

export interface Profile {
  /** Runs since startProfile(). */
  readonly runs: number;
  readonly phases: readonly PhaseProfile[];
}

export interface RunOptions {
  /**
   * Arrays that take outputs, by name, usually those of an earlier run: memory that is in the caches already. None may share memory with
   * an input or with another one.
   */
  readonly into?: Readonly<Record<string, TypedArray>>;
}

/** A loaded network with one context: it runs one thing at a time, on the calling thread and its own workers. */
export interface Net {
  /** In the order of the model's graph. */
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly threads: number;
  /**
   * Runs once, before it returns. Takes every input by name: the typed array of its dtype (f16 and bf16 as bit patterns in a
   * Uint16Array, i64 as BigInt64Array, bool, i4 and u4 a byte an element) or a plain list of values. Returns arrays by name: those of
   * `into`, which then hold the results, new ones for all other outputs.
   * QC-RT-007 to QC-RT-009 for wrong inputs, QC-RT-010 when closed, QC-RT-012 for wrong arrays in `into`, QC-RT-111 when it is called while
   * a run reads its inputs (a getter or valueOf of theirs), QC-RT-112 when the network fails.
   */
  run(inputs: Readonly<Record<string, TensorData>>, options?: RunOptions): Record<string, TypedArray>;
  /**
   * The next step of a sequence: a run by another name, which reads well where the network has state. Every run keeps the state that it left for the
   * next one; a network without state has independent steps. A network of one input also takes its array alone.
   */
  step(inputs: Readonly<Record<string, TensorData>> | TensorData, options?: RunOptions): Record<string, TypedArray>;
  /** Puts state that lives from run to run back to its initial value: the next step begins a sequence. */
  reset(): void;
  /** Frees everything; any other call fails from then on. A second call does nothing. QC-RT-111 while a run reads its inputs. */
  close(): void;
  describe(): Description;
  /** Starts to keep time per phase, from zero. */
  startProfile(): void;
  stopProfile(): void;
  profile(): Profile;
}

function checkNames(ports: readonly InputPort[], given: Readonly<Record<string, TensorData>>): void {
  const names = ports.map((p) => p.info.name);
  for (const { info } of ports)
    if (given[info.name] === undefined)
      failUsage("QC-RT-007", `input '${info.name}' is missing`, `run() takes ${names.map((n) => `'${n}'`).join(", ")}`);
  for (const name of Object.keys(given))
    if (!names.includes(name))
      failUsage("QC-RT-008", `the network has no input '${name}'`, didYouMean(name, names) ?? `its inputs: ${names.join(", ")}`);
}

/** Whether two arrays have bytes in common. */
const overlap = (a: TypedArray, b: TypedArray): boolean =>
  a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;

function checkInto(
  outputs: readonly OutputPort[],
  into: Readonly<Record<string, TypedArray>>,
  given: Readonly<Record<string, TensorData>>,
): void {
  const names = outputs.map((p) => p.info.name);
  const inputs = Object.values(given).filter((x) => ArrayBuffer.isView(x)) as TypedArray[];
  const arrays = Object.entries(into);
  arrays.forEach(([name, array], i) => {
    if (!names.includes(name))
      failUsage(
        "QC-RT-012",
        `the network has no output '${name}'`,
        didYouMean(name, names) ?? `its outputs: ${names.join(", ")}`,
      );
    if ([...inputs, ...arrays.slice(0, i).map(([, x]) => x)].some((x) => overlap(x, array)))
      failUsage("QC-RT-012", `the array for output '${name}' shares memory with another one of this run`, "take one of its own");
  });
}

/** An array that stands alone is the one input. */
function byName(
  given: Readonly<Record<string, TensorData>> | TensorData,
  ports: readonly InputPort[],
): Readonly<Record<string, TensorData>> {
  if (!ArrayBuffer.isView(given) && !Array.isArray(given)) return given as Readonly<Record<string, TensorData>>;
  const [only] = ports;
  if (ports.length !== 1) {
    const names = ports.map((p) => `'${p.info.name}'`).join(", ");
    failUsage("QC-RT-007", `one array is given for the inputs ${names}`, "name each: step({ name: array })");
  }
  return { [only.info.name]: given as TensorData };
}

function createContext(library: Library, net: Ptr, options: ContextOptions): Ptr {
  const context = cell();
  check(library, library.contextCreate(net, options, context));
  return Number(context[0]);
}

/** QC_E_OPEN of runtime-c/qc.h. */
const CANNOT_OPEN = 2;

/** What model.json says the library was compiled for; nothing where it is no record: the error is about the library. */
function builtForHelp(file: string): string | undefined {
  try {
    const { target } = readModelRecord(join(dirname(file), "model.json"));
    return `it was compiled for --target "${target}"; compile it for the machine that runs it`;
  } catch (e) {
    if (e instanceof QcError) return undefined;
    throw e;
  }
}

function loadNetwork(library: Library, file: string): Ptr {
  const network = cell();
  const status = library.load(file, network);
  check(library, status, status === CANNOT_OPEN ? builtForHelp(file) : undefined);
  return Number(network[0]);
}

/** Loads a shared object and makes a context for it. QC-RT-101 to QC-RT-109. */
export function openNet(library: Library, file: string, options: ContextOptions): Net {
  const network = loadNetwork(library, file);
  const description = readDescriptor(library.describe(network));
  keepResultMemory(description.outputs.map(bytesOf));
  let live: Ptr | null = null;
  try {
    live = createContext(library, network, options);
  } finally {
    library.close(network); // the context holds the code
  }
  const bound = (): Ptr => live ?? fail("QC-RT-010", `the network '${description.name}' is closed`, { help: "load it again" });
  let isReading = false;
  /** The context, which no other call is inside of. */
  const context = (): Ptr =>
    isReading
      ? fail("QC-RT-111", `'${description.name}' is in a run, which reads its inputs`, { help: "call it again after that run" })
      : bound();
  const inputs = description.inputs.map((info, i) =>
    inputPort(info, (array, bytes) => check(library, library.setInput(bound(), i, array, bytes))),
  );
  const outputs = description.outputs.map((info, i) =>
    outputPort(info, (array, bytes) => check(library, library.setOutput(bound(), i, array, bytes))),
  );
  const run: Net["run"] = (given, { into } = {}) => {
    const at = context();
    isReading = true;
    try {
      for (const port of inputs) {
        const data = given[port.info.name];
        if (data === undefined) checkNames(inputs, given);
        port.feed(data);
      }
      if (Object.keys(given).length !== inputs.length) checkNames(inputs, given);
      const arrays = into && { ...into };
      if (arrays) checkInto(outputs, arrays, given);
      for (const port of inputs) port.commit();
      for (const port of outputs) port.prepare(arrays?.[port.info.name]);
    } finally {
      isReading = false;
    }
    const status = library.run(at, null, null);
    if (status !== 0) check(library, status);
    const results: Record<string, TypedArray> = {};
    for (const port of outputs) results[port.info.name] = port.take();
    return results;
  };
  return {
    inputs: description.inputs,
    outputs: description.outputs,
    threads: options.threads,
    run,
    step: (given, options) => run(byName(given, inputs), options),
    describe: () => description,
    reset: () => check(library, library.reset(context())),
    startProfile: () => check(library, library.profile(context(), 1)),
    stopProfile: () => check(library, library.profile(context(), 0)),
    profile: () => {
      const ns = new BigInt64Array(description.phases.length);
      const runs = library.profileRead(context(), ns, ns.length);
      return { runs: Number(runs), phases: description.phases.map((phase, i) => ({ ...phase, ns: Number(ns[i]) })) };
    },
    close: () => {
      if (live === null) return;
      check(library, library.contextDestroy(context()));
      live = null;
    },
  };
}
