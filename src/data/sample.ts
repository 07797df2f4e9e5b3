/** From a file on disk to the typed arrays of a model's inputs. */
import { gunzipSync } from "node:zlib";
import { type Diag, fail, QcError } from "../support/diag.js";
import { readBytes } from "../support/fs.js";
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

/** `--preprocessor`: a file of the user's where the text looks like one (./a.mjs, a.js, a.ts), else a name. */
export async function choosePreprocessor(text: string): Promise<Preprocessor> {
  return /\.[cm]?[jt]s$/.test(text) ? loadUserPreprocessor(text) : namedPreprocessor(text);
}

/**
 * Reads one sample. Arrays (.npy, .npy.gz, .npz with one entry an input) and raw bytes (.bin, .raw) are fed as they are, images (PNG, JPEG)
 * and sound (WAV) go through the preprocessor; a preprocessor of the user's gets all of them but .npz. Errors: QC-DATA-NNN, QC-NPY-NNN, QC-IO-NNN.
 */
export async function loadSample(path: string, inputs: readonly InputSpec[], preprocessor: Preprocessor): Promise<SampleValues> {
  if (path.endsWith(".npz")) return fromArchive(path, inputs);
  const [spec] = inputs;
  if (inputs.length !== 1) {
    const names = inputs.map(({ name }) => `'${name}'`).join(", ");
    return fail("QC-DATA-004", `'${path}' is one array, the model has ${inputs.length} inputs: ${names}`, {
      help: "give a .npz with one entry an input, each named as the input",
    });
  }
  const from = `'${path}'`;
  const raw = readRaw(path);
  if ("run" in preprocessor) return { [spec.name]: await preprocessor.run(raw, spec, from) };
  switch (raw.kind) {
    case "array":
      return { [spec.name]: asInput(raw, spec, from) };
    case "bytes":
      return { [spec.name]: ofBytes(raw.data, spec, from) };
    case "image":
      return { [spec.name]: toInput(preprocessor.ofImage(raw, spec, from), spec, from) };
    case "audio":
      return { [spec.name]: toInput(preprocessor.ofAudio(raw, spec, from), spec, from) };
  }
}

export interface LabelledValues {
  readonly entry: SampleEntry;
  readonly values: SampleValues;
}

/** The samples of a list, one after the other, so that only one is in memory. An error names the line of the list. */
export async function* streamSamples(
  entries: Iterable<SampleEntry>,
  inputs: readonly InputSpec[],
  preprocessor: Preprocessor,
): AsyncGenerator<LabelledValues> {
  for (const entry of entries) {
    yield {
      entry,
      values: await loadSample(entry.path, inputs, preprocessor).catch((error: unknown) => rethrowAt(error, entry)),
    };
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

function fromArchive(path: string, inputs: readonly InputSpec[]): SampleValues {
  const arrays = readNpz(path);
  if (inputs.length === 1 && arrays.size === 1) {
    const [array] = arrays.values();
    return { [inputs[0].name]: asInput(array, inputs[0], `'${path}'`) };
  }
  const stray = [...arrays.keys()].find((name) => !inputs.some((spec) => spec.name === name));
  const wanted = `it needs one entry an input: ${inputs.map(({ name }) => `'${name}'`).join(", ")}`;
  if (stray !== undefined)
    return fail("QC-DATA-008", `'${path}' has an entry '${stray}', which is no input of the model`, { help: wanted });
  return Object.fromEntries(
    inputs.map((spec) => {
      const array =
        arrays.get(spec.name) ?? fail("QC-DATA-008", `'${path}' has no entry for ${describe(spec)}`, { help: wanted });
      return [spec.name, asInput(array, spec, `'${path}', entry '${spec.name}'`)];
    }),
  );
}

/** What a .npy holds for a dtype that NumPy lacks. */
const STAND_INS: Readonly<Record<string, string>> = { bf16: "u16", i4: "i8", u4: "u8" };

/** An array fed as it is: the same type, and the same shape but for leading ones. */
function asInput(array: NdArray, spec: InputSpec, from: string): TypedArray {
  const dtype = STAND_INS[spec.dtype] ?? spec.dtype;
  if (array.dtype !== dtype) {
    return fail("QC-DATA-009", `${from} holds ${array.dtype}, ${describe(spec)} takes ${dtype}`, {
      help: `convert it: array.astype(numpy.${numpyName(dtype)})`,
    });
  }
  const trimmed = (shape: readonly number[]) =>
    shape.slice(shape.findIndex((d) => d !== 1) < 0 ? shape.length : shape.findIndex((d) => d !== 1)).join(", ");
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

function numpyName(dtype: string): string {
  const bits = dtype.slice(1);
  const kinds: Readonly<Record<string, string>> = { f: "float", i: "int", u: "uint" };
  return dtype === "bool" ? "bool_" : `${kinds[dtype[0]]}${bits}`;
}

/** Little-endian elements, C order. */
function ofBytes(bytes: Uint8Array, spec: InputSpec, from: string): TypedArray {
  const out = emptyArray(spec.dtype, elementCount(spec.shape));
  if (bytes.length !== out.byteLength) {
    return fail("QC-DATA-001", `${from} holds ${bytes.length} bytes, ${describe(spec)} takes ${out.byteLength}`, {
      help: "raw files hold the elements alone, little-endian, in the order of the shape",
    });
  }
  new Uint8Array(out.buffer).set(bytes);
  return out;
}
