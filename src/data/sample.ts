/** From a file on disk to the typed arrays of a model's inputs. */
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Diag, fail, QcError } from "../support/diag.js";
import { isFile, readBytes, sha256OfFile } from "../support/fs.js";
import { decodeNpy, type NdArray, readNpy, type TypedArray } from "../support/npy.js";
import { readNpz } from "../support/npz.js";
import { decodeWav, isWav } from "./audio.js";
import { decodeImage, isJpeg, isPng } from "./image.js";
import { type NamedPreprocessor, namedPreprocessor } from "./preprocess.js";
import type { SampleEntry } from "./sample-list.js";
import { describe, elementCount, emptyArray, type InputSpec, toInput } from "./tensor.js";
import { loadUserPreprocessor, type RawSample, type UserPreprocessor } from "./user-preprocessor.js";

export type Preprocessor = NamedPreprocessor | UserPreprocessor;
/** The arrays by input name, of the lengths and types of the inputs. */
export type SampleValues = Readonly<Record<string, TypedArray>>;

/** The text of `--preprocessor` as it means the same in every folder: a file by its whole path. */
export const rememberedPreprocessor = (how: string): string => (isFileName(how) ? resolve(how) : how);

/** What model.json remembers of the preprocessor of a calibration. */
interface Remembered {
  readonly preprocessor?: string;
  readonly preprocessorSha256?: string;
}

/** For model.json: a file with its SHA-256. */
export const preprocessorFacts = (how: string | undefined): Remembered =>
  how !== undefined && isFileName(how) && isFile(how)
    ? { preprocessor: how, preprocessorSha256: sha256OfFile(how) }
    : { preprocessor: how };

/** The preprocessor of the calibration, by model.json. QC-DATA-024 its file has changed since. */
export function preprocessorOf({ preprocessor = "", preprocessorSha256 }: Remembered): string {
  if (preprocessorSha256 !== undefined && isFile(preprocessor) && sha256OfFile(preprocessor) !== preprocessorSha256)
    fail("QC-DATA-024", `'${preprocessor}' is not the preprocessor of the calibration any more: its SHA-256 differs`, {
      help: "put the file back, calibrate again with qc optimize, or name the preprocessor that you mean: --preprocessor FILE",
    });
  return preprocessor;
}

const isFileName = (text: string): boolean => /\.[cm]?[jt]s$/.test(text);

/** `--preprocessor`: a file of the user's where the text looks like one (./a.mjs, a.js, a.ts), else a name. */
export async function choosePreprocessor(text: string): Promise<Preprocessor> {
  return isFileName(text) ? loadUserPreprocessor(text) : namedPreprocessor(text);
}

/**
 * Reads one sample. Arrays (.npy, .npy.gz, .npz with one entry an input) and raw bytes (.bin, .raw) are fed as they are, images (PNG, JPEG)
 * and sound (WAV) go through the preprocessor; a preprocessor of the user's gets all of them but .npz. Errors: QC-DATA-NNN, QC-NPY-NNN, QC-IO-NNN.
 */
export async function loadSample(path: string, inputs: readonly InputSpec[], preprocessor: Preprocessor): Promise<SampleValues> {
  const [sample] = await read(path, inputs, preprocessor, { array: (a, spec, from) => [asInput(a, spec, from)], bytes: ofBytes });
  return sample;
}

/**
 * Reads the steps of a sequence, for a network with state: as `loadSample`, but that an array of shape [T, ...shape of the input], or [T, ...rest] for
 * an input [1, ...rest], is T steps, and so are raw bytes of T times the input's size. Of several inputs, one with a single step is the same in all.
 * Errors: also QC-DATA-018 inputs with different numbers of steps.
 */
export async function loadSequence(
  path: string,
  inputs: readonly InputSpec[],
  preprocessor: Preprocessor,
): Promise<readonly SampleValues[]> {
  return read(path, inputs, preprocessor, { array: asSteps, bytes: stepsOfBytes });
}

/** How what a file holds becomes the steps of an input. */
interface Fit {
  array(array: NdArray, spec: InputSpec, from: string): readonly TypedArray[];
  bytes(bytes: Uint8Array, spec: InputSpec, from: string): readonly TypedArray[];
}

async function read(
  path: string,
  inputs: readonly InputSpec[],
  preprocessor: Preprocessor,
  fit: Fit,
): Promise<readonly SampleValues[]> {
  if (path.endsWith(".npz")) return fromArchive(path, inputs, fit);
  const [spec] = inputs;
  if (inputs.length !== 1) {
    const names = inputs.map(({ name }) => `'${name}'`).join(", ");
    return fail("QC-DATA-004", `'${path}' is one array, the model has ${inputs.length} inputs: ${names}`, {
      help: "give a .npz with one entry an input, each named as the input",
    });
  }
  const from = `'${path}'`;
  const raw = readRaw(path);
  const steps = "run" in preprocessor ? [await preprocessor.run(raw, spec, from)] : stepsOf(raw, spec, from, preprocessor, fit);
  return steps.map((step) => ({ [spec.name]: step }));
}

function stepsOf(raw: RawSample, spec: InputSpec, from: string, how: NamedPreprocessor, fit: Fit): readonly TypedArray[] {
  switch (raw.kind) {
    case "array":
      return fit.array(raw, spec, from);
    case "bytes":
      return fit.bytes(raw.data, spec, from);
    case "image":
      return [toInput(how.ofImage(raw, spec, from), spec, from)];
    case "audio":
      return [toInput(how.ofAudio(raw, spec, from), spec, from)];
  }
}

/** One record of arrays a step; an input with a single step is the same in all. */
export function zipSteps(steps: ReadonlyMap<string, readonly TypedArray[]>, from: string): readonly SampleValues[] {
  const counts = [...steps].filter(([, s]) => s.length !== 1);
  const [first] = counts;
  const other = first && counts.find(([, s]) => s.length !== first[1].length);
  if (other) {
    return fail("QC-DATA-018", `${from} gives '${first[0]}' ${first[1].length} steps and '${other[0]}' ${other[1].length}`, {
      help: "give every input as many steps, or one that holds for all",
    });
  }
  const length = first ? first[1].length : 1;
  return Array.from({ length }, (_, t) => Object.fromEntries([...steps].map(([name, s]) => [name, s[s.length === 1 ? 0 : t]])));
}

export interface LabelledValues {
  readonly entry: SampleEntry;
  readonly values: SampleValues;
  /** The step of its sequence, from 0. */
  readonly step: number;
}

/**
 * The samples of a list, one after the other, so that only one is in memory; with `sequences` each is a sequence of one step or more.
 * An error names the line of the list.
 */
export async function* streamSamples(
  entries: Iterable<SampleEntry>,
  inputs: readonly InputSpec[],
  preprocessor: Preprocessor,
  sequences = false,
): AsyncGenerator<LabelledValues> {
  for (const entry of entries) {
    const steps = await (sequences
      ? loadSequence(entry.path, inputs, preprocessor)
      : loadSample(entry.path, inputs, preprocessor).then((sample) => [sample])
    ).catch((error: unknown) => rethrowAt(error, entry));
    for (const [step, values] of steps.entries()) yield { entry, values, step };
  }
}

function rethrowAt(error: unknown, { pos }: SampleEntry): never {
  if (!(error instanceof QcError) || !pos) throw error;
  throw new QcError(
    error.diags.map((d): Diag => ({ ...d, pos: d.pos ?? pos })),
    error.kind,
  );
}

function readRaw(path: string): RawSample {
  if (/\.npy(\.gz)?$/.test(path)) return { kind: "array", ...readNpy(path) };
  const bytes = readBytes(path);
  if (isPng(bytes) || isJpeg(bytes) || /\.(png|jpe?g|bmp|gif|webp|tiff?)$/i.test(path))
    return { kind: "image", ...decodeImage(bytes, `'${path}'`) };
  if (isWav(bytes) || /\.wav$/i.test(path)) return { kind: "audio", ...decodeWav(bytes, `'${path}'`) };
  if (bytes.subarray(0, 6).equals(Buffer.from("\x93NUMPY", "latin1"))) return { kind: "array", ...decodeNpy(bytes, path) };
  return { kind: "bytes", data: path.endsWith(".gz") ? unzip(bytes, path) : bytes };
}

function unzip(bytes: Buffer, path: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: 2 ** 31 });
  } catch {
    return fail("QC-DATA-005", `'${path}' is not a whole gzip file`, { help: "is the file complete?" });
  }
}

function fromArchive(path: string, inputs: readonly InputSpec[], fit: Fit): readonly SampleValues[] {
  const arrays = readNpz(path);
  if (inputs.length === 1 && arrays.size === 1) {
    const [array] = arrays.values();
    return fit.array(array, inputs[0], `'${path}'`).map((step) => ({ [inputs[0].name]: step }));
  }
  const stray = [...arrays.keys()].find((name) => !inputs.some((spec) => spec.name === name));
  const wanted = `it needs one entry an input: ${inputs.map(({ name }) => `'${name}'`).join(", ")}`;
  if (stray !== undefined)
    return fail("QC-DATA-008", `'${path}' has an entry '${stray}', which is no input of the model`, { help: wanted });
  const steps = new Map(
    inputs.map((spec) => {
      const array =
        arrays.get(spec.name) ?? fail("QC-DATA-008", `'${path}' has no entry for ${describe(spec)}`, { help: wanted });
      return [spec.name, fit.array(array, spec, `'${path}', entry '${spec.name}'`)] as const;
    }),
  );
  return zipSteps(steps, `'${path}'`);
}

/** What a .npy holds for a dtype that NumPy lacks. */
const STAND_INS: Readonly<Record<string, string>> = { bf16: "u16", i4: "i8", u4: "u8" };

/** The shape without leading ones, which arrays may have more or fewer of. */
const trimmed = (shape: readonly number[]): string => {
  const first = shape.findIndex((d) => d !== 1);
  return shape.slice(first < 0 ? shape.length : first).join(", ");
};

/** An array fed as it is: the same type, and the same shape but for leading ones. */
function asInput(array: NdArray, spec: InputSpec, from: string): TypedArray {
  checkType(array, spec, from);
  if (trimmed(array.shape) !== trimmed(spec.shape)) {
    return fail(
      "QC-DATA-001",
      `${from} has the shape [${array.shape.join(", ")}], ${describe(spec)} takes [${spec.shape.join(", ")}]`,
      {
        help: "reshape or transpose it, or compile with --input_shapes for this shape",
      },
    );
  }
  return array.data;
}

/** The steps of an array whose first axis is time; one where it has the input's own shape. */
function asSteps(array: NdArray, spec: InputSpec, from: string): readonly TypedArray[] {
  const [length, ...step] = array.shape;
  const isSequence = length > 0 && trimmed(step) === trimmed(spec.shape) && trimmed(array.shape) !== trimmed(spec.shape);
  if (!isSequence) return [asInput(array, spec, from)];
  checkType(array, spec, from);
  const elements = array.data.length / length;
  return Array.from({ length }, (_, t) => array.data.subarray(t * elements, (t + 1) * elements));
}

function checkType(array: NdArray, spec: InputSpec, from: string): void {
  const dtype = STAND_INS[spec.dtype] ?? spec.dtype;
  if (array.dtype !== dtype) {
    return fail("QC-DATA-009", `${from} holds ${array.dtype}, ${describe(spec)} takes ${dtype}`, {
      help: `convert it: array.astype(numpy.${numpyName(dtype)})`,
    });
  }
}

function numpyName(dtype: string): string {
  const bits = dtype.slice(1);
  const kinds: Readonly<Record<string, string>> = { f: "float", i: "int", u: "uint" };
  return dtype === "bool" ? "bool_" : `${kinds[dtype[0]]}${bits}`;
}

/** Little-endian elements, C order. */
function ofBytes(bytes: Uint8Array, spec: InputSpec, from: string): readonly TypedArray[] {
  const out = emptyArray(spec.dtype, elementCount(spec.shape));
  if (bytes.length !== out.byteLength) {
    return fail("QC-DATA-001", `${from} holds ${bytes.length} bytes, ${describe(spec)} takes ${out.byteLength}`, {
      help: "raw files hold the elements alone, little-endian, in the order of the shape",
    });
  }
  new Uint8Array(out.buffer).set(bytes);
  return [out];
}

function stepsOfBytes(bytes: Uint8Array, spec: InputSpec, from: string): readonly TypedArray[] {
  const size = emptyArray(spec.dtype, elementCount(spec.shape)).byteLength;
  const length = size > 0 && bytes.length % size === 0 ? bytes.length / size : 1;
  return Array.from({ length }, (_, t) => (length > 1 ? bytes.subarray(t * size, (t + 1) * size) : bytes)).flatMap((step) =>
    ofBytes(step, spec, from),
  );
}
