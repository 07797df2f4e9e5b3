/** ONNX Runtime, the development dependency onnxruntime-node, as the peer of every measurement. */
import { createRequire } from "node:module";
import * as ort from "onnxruntime-node";
import { ORT_TYPES } from "../src/evaluate/latency/peer.js";
import type { TypedArray } from "../src/support/npy.js";

/** An array with its shape, of one of our dtypes. */
export interface PeerInput {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: TypedArray;
}

export interface Peer {
  readonly run: () => Promise<Readonly<Record<string, PeerOutput>>>;
  readonly outputNames: readonly string[];
  close(): Promise<void>;
}

export interface PeerOutput {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number | bigint | string>;
}

const TYPES: Readonly<Record<string, ort.Tensor.Type>> = ORT_TYPES;

export const peerVersion = (): string =>
  (createRequire(import.meta.url)("onnxruntime-node/package.json") as { readonly version: string }).version;

/** Opens a model with all of ONNX Runtime's optimizations; `inputs` in the order of the model's graph. */
export async function openPeer(model: Uint8Array | string, inputs: readonly PeerInput[], threads: number): Promise<Peer> {
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
  };
  const session =
    typeof model === "string"
      ? await ort.InferenceSession.create(model, options)
      : await ort.InferenceSession.create(model, options);
  const feeds = Object.fromEntries(
    session.inputNames.map((name, i) => [name, new ort.Tensor(TYPES[inputs[i].dtype], inputs[i].data as never, inputs[i].shape)]),
  );
  return {
    outputNames: session.outputNames,
    run: async () => (await session.run(feeds)) as unknown as Readonly<Record<string, PeerOutput>>,
    close: () => session.release(),
  };
}
