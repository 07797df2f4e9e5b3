/** ONNX Runtime beside qc, in the same process: only where onnxruntime-node is installed and the compiled model still lies where it lay. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { elementCount, emptyArray } from "../../data/tensor.js";
import type { TensorInfo } from "../../runtime/descriptor.js";
import { fail } from "../../support/diag.js";
import { isFile, sha256OfFile } from "../../support/fs.js";
import type { TypedArray } from "../../support/npy.js";
import type { BuiltModel } from "../builds.js";

export interface Peer {
  readonly run: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

interface OrtSession {
  readonly inputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  release(): Promise<void>;
}
interface Ort {
  readonly InferenceSession: { create(path: string, options: Readonly<Record<string, unknown>>): Promise<OrtSession> };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => unknown;
}

/** Element types by ONNX Runtime's names. */
export const ORT_TYPES = {
  f32: "float32",
  f16: "float16",
  f64: "float64",
  i8: "int8",
  u8: "uint8",
  i16: "int16",
  u16: "uint16",
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  bool: "bool",
} as const;

/** A session on the source model with the same inputs and the same number of threads. QC-CLI-038 where that is not possible. */
export async function openPeer(
  built: Pick<BuiltModel, "folder" | "json">,
  inputs: readonly TensorInfo[],
  values: Readonly<Record<string, TypedArray>>,
  threads: number,
): Promise<Peer> {
  const path = sourceFile(built);
  const ort = await loadOrt();
  const session = await ort.InferenceSession.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
  });
  const feeds = Object.fromEntries(
    inputs.map((info) => [
      info.name,
      new ort.Tensor(ORT_TYPES[info.dtype as keyof typeof ORT_TYPES] ?? info.dtype, values[info.name], info.shape),
    ]),
  );
  const states = built.json.states ?? [];
  for (const s of states) feeds[s.name] = beginning(ort, s);
  const run = async (): Promise<void> => {
    const results = await session.run(feeds);
    for (const s of states) feeds[s.name] = results[s.output];
  };
  return { run, close: () => session.release() };
}

/** Zeros for a state, which the peer is fed by hand; the model's own type is a float where the build keeps integers of a grid. */
function beginning(ort: Ort, { dtype, shape, quant }: TensorInfo): unknown {
  const own = quant ? "f32" : dtype;
  return new ort.Tensor(ORT_TYPES[own as keyof typeof ORT_TYPES] ?? own, emptyArray(own, elementCount(shape)), shape);
}

function sourceFile({ folder, json: { source } }: Pick<BuiltModel, "folder" | "json">): string {
  const help = "compile it again, then bench with --peer";
  const path = join(folder, source.path);
  if (!isFile(path)) fail("QC-CLI-038", `the model that was compiled is not at '${path}'`, { help });
  if (sha256OfFile(path) !== source.sha256) fail("QC-CLI-038", `'${path}' has changed since it was compiled`, { help });
  return path;
}

async function loadOrt(): Promise<Ort> {
  const name = "onnxruntime-node"; // a development dependency: a user of qc need not have it
  try {
    const loaded = (await import(pathToFileURL(createRequire(import.meta.url).resolve(name)).href)) as { default?: Ort } & Ort;
    return loaded.default ?? loaded;
  } catch (error) {
    return fail("QC-CLI-038", `onnxruntime-node cannot be loaded: ${(error as Error).message.split("\n")[0]}`, {
      help: "npm install onnxruntime-node",
    });
  }
}
