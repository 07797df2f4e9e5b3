/** The set of real models beside the repository: its manifest, and the cases that ONNX Runtime recorded without its optimizer. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BuildRequest } from "../../src/compile.js";
import { decodeF16 } from "../../src/support/half.js";
import { type NdArray, readNpy, type TypedArray } from "../../src/support/npy.js";

export const SHARED = resolve(import.meta.dirname, "../../../shared");
const MODELS = join(SHARED, "models");

export interface SharedModel {
  readonly file: string;
  readonly dtype: string;
  readonly preprocessing: string;
  /** `name FLOAT['batch', 3, 32, 32]` */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Folder of recorded cases. */
  readonly references: string | null;
  /** For networks that are fed step by step: by index of a state input, the index of the output that it is taken from. */
  readonly stream: Readonly<Record<string, number>> | null;
  readonly accuracy: unknown;
}

/** All ONNX models of the manifest; none where the set is absent. */
export function onnxModels(): readonly SharedModel[] {
  const manifest = join(MODELS, "manifest.json");
  if (!existsSync(manifest)) return [];
  return (JSON.parse(readFileSync(manifest, "utf8")) as SharedModel[]).filter((m) => m.file.endsWith(".onnx"));
}

export const pathOf = (m: SharedModel): string => join(MODELS, m.file);
export const isQuantized = (m: SharedModel): boolean => /quant|QDQ|QOperator/i.test(m.dtype);

export interface RecordedCase {
  readonly name: string;
  readonly inputs: readonly NdArray[];
  readonly outputs: readonly NdArray[];
}

/** The recorded cases whose inputs have the shapes of the first: a network is compiled for one set of shapes. */
export function recordedCases(m: SharedModel): readonly RecordedCase[] {
  if (!m.references) return [];
  const folder = join(MODELS, m.references);
  const cases = readdirSync(folder)
    .filter((name) => name.startsWith("case_"))
    .sort()
    .map((name) => ({ name, inputs: arrays(join(folder, name), "input"), outputs: arrays(join(folder, name), "output") }));
  const shapes = (c: RecordedCase) => JSON.stringify(c.inputs.map((a) => a.shape));
  return cases.filter((c) => shapes(c) === shapes(cases[0]));
}

function arrays(folder: string, kind: "input" | "output"): NdArray[] {
  const list: NdArray[] = [];
  for (let i = 0; existsSync(join(folder, `${kind}_${i}.npy.gz`)); i++) list.push(readNpy(join(folder, `${kind}_${i}.npy.gz`)));
  return list;
}

/** `--input_shapes` for the inputs that leave a size open: those of the first case, or `fallback`. */
export function inputShapes(
  m: SharedModel,
  given: readonly (readonly number[])[] = recordedCases(m)[0].inputs.map((a, i) =>
    m.stream && i === 0 ? a.shape.slice(1) : a.shape,
  ),
): BuildRequest["shapes"] {
  const open = m.inputs.flatMap((text, i) => (/\['|, '|-1/.test(text) ? [[text.replace(/ [A-Z0-9]+\[.*$/, ""), given[i]]] : []));
  return { named: Object.fromEntries(open) as Record<string, readonly number[]>, positional: [] };
}

/** Plain numbers of an array as files and networks hold it. */
export const numbers = (dtype: NdArray["dtype"], data: TypedArray): Float64Array =>
  dtype === "f16" ? Float64Array.from(decodeF16(data as Uint16Array)) : Float64Array.from(data as ArrayLike<number>, Number);

/** One row of an array whose leading axis is time. */
export function stepOf({ dtype, shape, data }: NdArray, t: number): NdArray {
  const n = data.length / shape[0];
  return { dtype, shape: shape.slice(1), data: data.slice(t * n, (t + 1) * n) };
}
