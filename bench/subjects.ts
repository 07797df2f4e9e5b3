/** What is measured: each subject builds itself into a folder and says what its peers run. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CalibrationSample, type CompileReport, compileModel, optimizeModel } from "../src/compile.js";
import { createContext } from "../src/context.js";
import type { InputShapes } from "../src/frontends/shared/inputs.js";
import { readNpy } from "../src/support/npy.js";
import { drawInputs, drawPeerInput } from "./inputs.js";
import { type ConvCase, convModel, KERNELS, kernelName } from "./kernels.js";
import type { Model, ModelInput } from "./networks/model-builder.js";
import { NETWORKS, type Network } from "./networks/networks.js";
import type { PeerInput } from "./peer.js";

export const GROUPS = ["kernels", "kernels-int8", "networks", "networks-int8", "models"] as const;
export type Group = (typeof GROUPS)[number];

export interface PeerModel {
  readonly name: string;
  readonly model: Uint8Array | string;
  readonly inputs: readonly PeerInput[];
}

export interface Subject {
  readonly group: Group;
  readonly name: string;
  /** Of contractions; null: unknown. */
  readonly flops: number | null;
  /** Largest difference from the first peer, in parts of its output range; null: the peer computes something else, or inexactly. */
  readonly tolerance: number | null;
  build(folder: string): Promise<CompileReport>;
  /** By position: the inputs of the built network. */
  readonly inputs: readonly PeerInput[];
  readonly peers: () => readonly PeerModel[];
}

const FLOAT_TOLERANCE = 2e-4;

const asPeerInputs = ({ inputs }: Model): readonly PeerInput[] => inputs.map(drawPeerInput);

const compile = (inputPath: string, outputPath: string, shapes?: InputShapes) =>
  compileModel({ inputPath, outputPath, shapes }, createContext());

function writeTo(folder: string, model: Model): string {
  const path = join(folder, "model.onnx");
  writeFileSync(path, model.bytes);
  return path;
}

function quantize(inputPath: string, outputPath: string, model: Model): Promise<CompileReport> {
  const inputs = drawInputs(model.inputs);
  async function* samples(): AsyncGenerator<CalibrationSample> {
    yield { values: inputs };
  }
  return optimizeModel({ inputPath, outputPath, quantizer: "symmetricpc", samples }, createContext());
}

function floatSubject(group: Group, name: string, model: Model): Subject {
  const inputs = asPeerInputs(model);
  return {
    group,
    name,
    flops: model.flops,
    tolerance: FLOAT_TOLERANCE,
    inputs,
    build: (folder) => compile(writeTo(folder, model), join(folder, "out")),
    peers: () => [{ name: "fp32", model: model.bytes, inputs }],
  };
}

/** The integer convolution as it stands, and the float one through calibration and quantization, against both forms of the peer. */
function int8Kernel(c: ConvCase): readonly Subject[] {
  const [float, s8, u8] = [convModel(c, "f32"), convModel(c, "s8"), convModel(c, "u8")];
  const peers = () => [
    { name: "s8", model: s8.bytes, inputs: asPeerInputs(s8) },
    { name: "u8", model: u8.bytes, inputs: asPeerInputs(u8) },
  ];
  const common = { group: "kernels-int8", flops: float.flops, tolerance: null, peers } as const;
  const name = kernelName(c);
  return [
    { ...common, name, inputs: asPeerInputs(s8), build: (folder) => compile(writeTo(folder, s8), join(folder, "out")) },
    {
      ...common,
      name: `${name}, optimized from float`,
      inputs: asPeerInputs(float),
      build: (folder) => quantize(writeTo(folder, float), join(folder, "out"), float),
    },
  ];
}

/** A float network quantized by us against the integer forms of its architecture, which ONNX Runtime runs with other (random) weights. */
function int8Network(name: string, { build, buildInteger }: Network): Subject {
  const model = build();
  return {
    group: "networks-int8",
    name,
    flops: model.flops,
    tolerance: null,
    inputs: asPeerInputs(model),
    build: (folder) => quantize(writeTo(folder, model), join(folder, "out"), model),
    peers: () =>
      (["u8", "s8"] as const).flatMap((kind) => {
        const integer = buildInteger?.(kind);
        return integer ? [{ name: kind, model: integer.bytes, inputs: asPeerInputs(integer) }] : [];
      }),
  };
}

interface ManifestEntry {
  readonly file: string;
  readonly inputs: readonly string[];
  readonly dtype: string;
  readonly references?: string;
  readonly stream?: unknown;
}

/** The models of a folder with a manifest, on their first recorded inputs; empty where the folder is absent. */
export function sharedModels(folder: string): readonly Subject[] {
  const manifest = join(folder, "manifest.json");
  if (!existsSync(manifest)) return [];
  const entries = JSON.parse(readFileSync(manifest, "utf8")) as readonly ManifestEntry[];
  return entries.filter((e) => e.file.endsWith(".onnx")).map((e) => sharedModel(folder, e));
}

const DTYPES: Readonly<Record<string, ModelInput["dtype"]>> = { FLOAT: "f32", INT64: "i64", UINT8: "u8", INT8: "i8" };

/** `name FLOAT['batch', 3, 244, 244]`; a symbolic dimension is 1. */
function declaredInput(text: string): ModelInput {
  const [, name, type, dims] = /^(.*) ([A-Z0-9]+)\[(.*)\]$/.exec(text) ?? [];
  const dtype = DTYPES[type];
  if (!dtype) throw new Error(`the manifest declares an input '${text}'`);
  return { name, dtype, shape: dims.split(",").map((d) => Math.max(1, Number(d) || 1)), below: 2 };
}

function sharedModel(folder: string, entry: ManifestEntry): Subject {
  const model = join(folder, entry.file);
  const hasCase = entry.references !== undefined && !entry.stream;
  const inputs = entry.inputs.map((text, i): PeerInput => {
    if (!entry.references || !hasCase) return drawPeerInput(declaredInput(text), i);
    return readNpy(join(folder, entry.references, "case_0", `input_${i}.npy.gz`));
  });
  return {
    group: "models",
    name: entry.file,
    flops: null,
    tolerance: null,
    inputs,
    build: (out) => compile(model, join(out, "out"), { named: {}, positional: inputs.map((x) => x.shape) }),
    peers: () => [{ name: "as it is", model, inputs }],
  };
}

/** Every subject that `filter` lets through, built lazily: weights of large networks are drawn when their turn comes. */
export function* subjects(models: string, wants: (group: Group, name: string) => boolean): Generator<Subject> {
  for (const c of KERNELS) {
    if (wants("kernels", kernelName(c))) yield floatSubject("kernels", kernelName(c), convModel(c, "f32"));
    if (wants("kernels-int8", kernelName(c))) yield* int8Kernel(c);
  }
  for (const [name, network] of Object.entries(NETWORKS)) {
    if (wants("networks", name)) yield floatSubject("networks", name, network.build());
    if (wants("networks-int8", name) && network.buildInteger) yield int8Network(name, network);
  }
  for (const s of sharedModels(models)) if (wants(s.group, s.name)) yield s;
}
