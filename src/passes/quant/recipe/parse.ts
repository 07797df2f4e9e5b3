/** Recipes from JSON: every mistake is named with its place and the nearest name that would be right. */
import type { OpRegistry } from "../../../ir/op/registry.js";
import type { Quantization } from "../../../ir/quant/registry.js";
import { GRID_DTYPES } from "../../../ir/quant/scheme.js";
import { type Diag, QcError } from "../../../support/diag.js";
import { didYouMean } from "../../../support/suggest.js";
import { type NodeDecision, PRESETS, type Preset, presetRecipe, type Recipe, type TensorDecision } from "./recipe.js";

const KEYS = ["version", "preset", "default", "byOp", "byNode", "byTensor", "repairs"];
type Json = Readonly<Record<string, unknown>>;

/**
 * The recipe in a JSON text. `preset` names what the default is laid over; without one it is `fallback`.
 * Errors, all at once: QC-QUANT-003 no recipe, an unknown key or name, a value that does not fit, a granularity or width without kernels.
 */
export function parseRecipe(text: string, file: string, fallback: Preset, names: Quantization, ops: OpRegistry): Recipe {
  const found: Diag[] = [];
  const wrong = (place: string, message: string, help?: string): void => {
    found.push({ severity: "error", code: "QC-QUANT-003", message: `recipe '${file}': ${place} ${message}`, help });
  };
  const check = checker(names, wrong);
  const json = readJson(text, wrong);
  check.keys("", json, KEYS);
  if (json.version !== 1) wrong("version", `is ${JSON.stringify(json.version)}, this qc reads 1`);
  const base = presetRecipe(json.preset === undefined ? fallback : check.oneOf("preset", json.preset, PRESETS));
  const over = check.node("default", json.default ?? {});
  if (over === "float") wrong("default", "is 'float': --quantizer none compiles a model as it is");
  const parts = over === "float" ? {} : over;
  const table = <T>(key: string, read: (place: string, v: unknown) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(check.object(key, json[key] ?? {})).map(([k, v]) => [k, read(`${key}.${k}`, v)]));
  const recipe: Recipe = {
    version: 1,
    default: {
      weight: { ...base.default.weight, ...parts.weight },
      activation: { ...base.default.activation, ...parts.activation },
    },
    byOp: table("byOp", check.node),
    byNode: table("byNode", check.node),
    byTensor: table("byTensor", (place, v) => (v === "float" ? v : check.tensor(place, v, "activation"))),
    repairs: check.list("repairs", json.repairs ?? [], [...names.repairs.keys()]),
  };
  for (const op of Object.keys(recipe.byOp)) {
    const known = ops.all().map((d) => d.name);
    if (!known.includes(op)) wrong("byOp", `has '${op}', which is no op`, didYouMean(op, known));
  }
  if (found.length) throw new QcError(found);
  return recipe;
}

type Wrong = (place: string, message: string, help?: string) => void;

function readJson(text: string, wrong: Wrong): Json {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Json;
    wrong("the file", "holds no object");
  } catch (e) {
    wrong("the file", `is no JSON: ${(e as Error).message}`);
  }
  return { version: 1 };
}

function checker(names: Quantization, wrong: Wrong) {
  const object = (place: string, v: unknown): Json => {
    if (typeof v === "object" && v !== null && !Array.isArray(v)) return v as Json;
    wrong(place, `is ${JSON.stringify(v)}, expected an object`);
    return {};
  };
  const keys = (place: string, o: Json, known: readonly string[]): void => {
    for (const k of Object.keys(o)) {
      if (!known.includes(k))
        wrong(place || "the file", `has the unknown key '${k}'`, didYouMean(k, known) ?? `it has: ${known.join(", ")}`);
    }
  };
  const oneOf = <T extends string>(place: string, v: unknown, known: readonly T[]): T => {
    if (known.includes(v as T)) return v as T;
    wrong(place, `is ${JSON.stringify(v)}`, didYouMean(String(v), known) ?? `it can be ${known.join(", ")}`);
    return known[0];
  };
  const list = (place: string, v: unknown, known: readonly string[]): readonly string[] => {
    if (Array.isArray(v)) return v.map((x, i) => oneOf(`${place}[${i}]`, x, known));
    wrong(place, `is ${JSON.stringify(v)}, expected a list`);
    return [];
  };
  const tensor = (place: string, v: unknown, kind: "weight" | "activation"): Partial<TensorDecision> => {
    const o = object(place, v);
    keys(place, o, ["scheme", "dtype", "bits", "granularity", "calibrator"]);
    if (o.scheme !== undefined) oneOf(`${place}.scheme`, o.scheme, [...names.schemes.keys()]);
    if (o.calibrator !== undefined) oneOf(`${place}.calibrator`, o.calibrator, [...names.calibrators.keys()]);
    if (o.dtype !== undefined) oneOf(`${place}.dtype`, o.dtype, kind === "weight" ? ["i8"] : GRID_DTYPES);
    if (o.granularity !== undefined)
      oneOf(`${place}.granularity`, o.granularity, kind === "weight" ? ["tensor", "channel"] : ["tensor"]);
    const least = kind === "weight" ? 2 : 8;
    const fits = Number.isInteger(o.bits) && Number(o.bits) >= least && Number(o.bits) <= 8;
    if (o.bits !== undefined && !fits)
      wrong(
        `${place}.bits`,
        `is ${JSON.stringify(o.bits)}`,
        least === 8 ? "activations have 8 bits" : "weights have 2 to 8 bits",
      );
    return o as Partial<TensorDecision>;
  };
  const node = (place: string, v: unknown): NodeDecision => {
    if (v === "float") return v;
    const o = object(place, v);
    keys(place, o, ["weight", "activation"]);
    return {
      ...(o.weight !== undefined && { weight: tensor(`${place}.weight`, o.weight, "weight") }),
      ...(o.activation !== undefined && { activation: tensor(`${place}.activation`, o.activation, "activation") }),
    };
  };
  return { object, keys, oneOf, list, tensor, node };
}
