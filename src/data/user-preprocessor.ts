import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { fail, QcError } from "../support/diag.js";
import { fromForeign, thrownText } from "../support/foreign.js";
import { isFile } from "../support/fs.js";
import type { NdArray, TypedArray } from "../support/npy.js";
import type { Audio } from "./audio.js";
import { type Image, toGray, toRgb } from "./image.js";
import { nchwToNhwc, nhwcToNchw } from "./layout.js";
import { centreCrop, resizeAndCrop, resizeBilinear } from "./resize.js";
import { elementCount, type InputSpec, isArrayOf, toInput } from "./tensor.js";

/** A sample as it lies in its file. */
export type RawSample =
  | ({ readonly kind: "image" } & Image<Uint8Array>)
  | ({ readonly kind: "audio" } & Audio)
  | ({ readonly kind: "array" } & NdArray)
  | { readonly kind: "bytes"; readonly data: Uint8Array };

/** What a preprocessor of the user's may call: its third argument. */
export const preprocessorTools = { resizeBilinear, resizeAndCrop, centreCrop, toGray, toRgb, nhwcToNchw, nchwToNhwc } as const;
export type PreprocessorTools = typeof preprocessorTools;

/** Gives the values of one input: its own typed array, or real numbers that are converted to it. */
export type UserPreprocess = (
  sample: RawSample,
  spec: InputSpec,
  tools: PreprocessorTools,
) => TypedArray | readonly number[] | Promise<TypedArray | readonly number[]>;

export interface UserPreprocessor {
  readonly name: string;
  run(sample: RawSample, spec: InputSpec, from: string): Promise<TypedArray>;
}

/** Loads `export default` or `export function preprocess` from a .mjs, .js or .ts file. */
export async function loadUserPreprocessor(path: string): Promise<UserPreprocessor> {
  if (!isFile(path))
    fail("QC-DATA-013", `there is no preprocessor file '${path}'`, {
      help: "name a .mjs file that exports `preprocess(sample, spec)`",
    });
  let module: Record<string, unknown>;
  try {
    module = (await fromForeign(`the preprocessor '${path}'`, () => importFile(resolve(path)))) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof QcError) throw error;
    return fail("QC-DATA-013", `the preprocessor '${path}' cannot be loaded: ${thrownText(error)}`, {
      help: "run it with node to see where it fails",
    });
  }
  const found = module.preprocess ?? module.default;
  if (typeof found !== "function")
    return fail("QC-DATA-013", `'${path}' exports no function`, {
      help: "export default function preprocess(sample, spec) { ... }",
    });
  const preprocess = found as UserPreprocess;
  return { name: path, run: (sample, spec, from) => callUser(preprocess, path, sample, spec, from) };
}

async function importFile(path: string): Promise<unknown> {
  if (!/\.[cm]?ts$/.test(path)) return import(pathToFileURL(path).href);
  const { createJiti } = await import("jiti");
  return createJiti(import.meta.url).import(path);
}

async function callUser(
  preprocess: UserPreprocess,
  name: string,
  sample: RawSample,
  spec: InputSpec,
  from: string,
): Promise<TypedArray> {
  let values: unknown;
  try {
    values = await fromForeign(`the preprocessor '${name}', on ${from},`, () => preprocess(sample, spec, preprocessorTools));
  } catch (error) {
    if (error instanceof QcError) throw error;
    return fail("QC-DATA-014", `the preprocessor '${name}' failed on ${from}: ${thrownText(error)}`);
  }
  if (isArrayOf(spec.dtype, values) && values.length === elementCount(spec.shape)) return values;
  if (!isNumbers(values))
    return fail("QC-DATA-014", `the preprocessor '${name}' gave no array of numbers for ${from}`, {
      help: "return a typed array",
    });
  return toInput({ data: values, meaning: "reals" }, spec, `${from}, preprocessed by '${name}',`);
}

function isNumbers(values: unknown): values is ArrayLike<number> {
  if (Array.isArray(values)) return values.every((v) => typeof v === "number");
  return (
    ArrayBuffer.isView(values) &&
    !(values instanceof DataView || values instanceof BigInt64Array || values instanceof BigUint64Array)
  );
}
