/** Types of graph inputs: symbolic dimensions are bound here, so that the IR sees constants only. */
import type { StatePair } from "../../ir/graph/state.js";
import type { Tensor } from "../../ir/op/tensor.js";
import type { DType } from "../../ir/type/dtype.js";
import { type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { type Diag, fail } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import type { ImportCodes } from "./codes.js";
import type { Limits } from "./limits.js";

/** `--input_shapes`: shapes by input name, and by position where no name is given. */
export interface InputShapes {
  readonly named: Readonly<Record<string, readonly number[]>>;
  readonly positional: readonly (readonly number[])[];
}

export const NO_SHAPES: InputShapes = { named: {}, positional: [] };

/** What the caller decides about the inputs of a model. */
export interface ImportOptions {
  readonly shapes?: InputShapes;
  /** Inputs that are fixed to a value; they vanish from the compiled model's signature. */
  readonly freeze?: Readonly<Record<string, Tensor>>;
  /** Results that feed inputs in the next run: both become the network's own state, which begins with the input's default value, else as zeros. */
  readonly states?: readonly StatePair[];
}

/** A dimension as a model declares it: a size, or null and perhaps a symbol. */
export interface DeclaredDim {
  readonly size: number | null;
  readonly symbol: string;
}

export interface DeclaredInput {
  readonly name: string;
  readonly dtype: DType;
  /** null: the model says nothing about the shape, not even the rank. */
  readonly dims: readonly DeclaredDim[] | null;
}

interface Draft extends DeclaredInput {
  /** null: open; the whole is null where no rank is known. */
  readonly sizes: readonly (number | null)[] | null;
}

const ownValue = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

const listed = (names: readonly string[]): string => `its inputs are ${names.map((n) => `'${n}'`).join(", ")}`;

/** Every name that an option gives is an input. Errors: `codes.noSuchInput`. */
export function checkInputNames(
  option: string,
  given: readonly string[],
  names: readonly string[],
  codes: Pick<ImportCodes, "noSuchInput">,
): void {
  const stranger = given.find((name) => !names.includes(name));
  if (stranger === undefined) return;
  fail(codes.noSuchInput, `${option} names '${stranger}', which is no input of the model`, {
    help: didYouMean(stranger, names) ?? listed(names),
  });
}

/**
 * The constant type of every input. A dimension is taken from the model, else from `shapes`, else from another input that uses the
 * same symbol; a leading one that is left over becomes 1, with a warning. What else is open is refused, all of it at once.
 * Errors: `codes.noSuchInput`, `shapeConflict`, `openShape`, `limit`.
 */
export function inputTypes(
  inputs: readonly DeclaredInput[],
  shapes: InputShapes,
  { codes, limits, report }: { readonly codes: ImportCodes; readonly limits: Limits; readonly report: (d: Diag) => void },
): ReadonlyMap<string, TensorType> {
  const names = inputs.map((i) => i.name);
  checkInputNames("--input_shapes", Object.keys(shapes.named), names, codes);
  if (shapes.positional.length > inputs.length) {
    fail(codes.noSuchInput, `--input_shapes gives ${shapes.positional.length} shapes, the model has ${inputs.length} inputs`, {
      help: listed(names),
    });
  }
  const drafts = inputs.map((input, i): Draft => {
    const given = ownValue(shapes.named, input.name) ?? shapes.positional[i];
    return { ...input, sizes: sizesOf(input, given, codes) };
  });
  const bound = new Map<string, number>();
  for (const { dims, sizes } of drafts)
    dims?.forEach(({ symbol }, d) => {
      const size = sizes?.[d];
      if (symbol && size !== null && size !== undefined) bound.set(symbol, size);
    });
  checkBound(drafts, bound, codes);
  return new Map(
    drafts.map(({ name, dtype, dims, sizes }) => {
      const shape = (sizes ?? []).map((size, d) => {
        const known = size ?? bound.get(dims?.[d].symbol ?? "");
        if (known !== undefined) return known;
        report(takenAsOne(name, dims?.[d].symbol || "?", sizes ?? [], codes));
        return 1;
      });
      const type = tensorType(dtype, shape);
      limits.checkSize(type, `input '${name}'`);
      return [name, type];
    }),
  );
}

/** The sizes that the model or the caller gives an input. */
function sizesOf(
  { name, dims }: DeclaredInput,
  given: readonly number[] | undefined,
  codes: ImportCodes,
): readonly (number | null)[] | null {
  if (!given) return dims?.map((d) => d.size) ?? null;
  if (dims && given.length !== dims.length) {
    fail(
      codes.shapeConflict,
      `--input_shapes gives input '${name}' rank ${given.length}, the model declares rank ${dims.length}`,
      {
        help: `write --input_shapes "${name}:[${dims.map((d) => d.size ?? (d.symbol || "N")).join(",")}]"`,
      },
    );
  }
  return given.map((g, d) => agree({ name, axis: d, given: g, declared: dims?.[d].size ?? null }, codes));
}

function agree(
  { name, axis, given, declared }: { name: string; axis: number; given: number; declared: number | null },
  codes: ImportCodes,
): number {
  if (!Number.isInteger(given) || given < 0)
    fail(codes.shapeConflict, `--input_shapes gives '${name}' the dimension ${given}`, {
      help: "a dimension is a whole number, 0 or more",
    });
  if (declared !== null && declared !== given) {
    fail(
      codes.shapeConflict,
      `--input_shapes gives input '${name}' size ${given} on axis ${axis}, the model fixes it to ${declared}`,
      {
        help: `give ${declared} there, or export the model with a symbolic size on that axis`,
      },
    );
  }
  return given;
}

/** Only a leading dimension may be left open, and only where the rank is known. */
function checkBound(drafts: readonly Draft[], bound: ReadonlyMap<string, number>, codes: ImportCodes): void {
  const isOpen = ({ dims, sizes }: Draft, d: number) => sizes?.[d] === null && !bound.has(dims?.[d].symbol ?? "");
  const open = drafts.flatMap((draft) =>
    draft.sizes === null
      ? [`'${draft.name}' has no shape at all`]
      : draft.sizes.flatMap((_, d) => {
          const symbol = draft.dims?.[d].symbol;
          return d > 0 && isOpen(draft, d) ? [`'${draft.name}' dimension ${d}${symbol ? ` (${symbol})` : ""}`] : [];
        }),
  );
  if (open.length === 0) return;
  const wanted = drafts
    .filter((draft) => draft.sizes === null || draft.sizes.some((_, d) => d > 0 && isOpen(draft, d)))
    .map(({ name, sizes }) => `${name}:[${sizes ? sizes.map((s) => s ?? "N").join(",") : "N,N"}]`);
  fail(codes.openShape, `the model leaves sizes of its inputs open: ${open.join(", ")}`, {
    help: `give them: ${wanted.map((w) => `--input_shapes "${w}"`).join(" ")}`,
  });
}

const takenAsOne = (name: string, symbol: string, sizes: readonly (number | null)[], codes: ImportCodes): Diag => ({
  severity: "warning",
  code: codes.leadingDimension,
  message: `input '${name}': leading dimension '${symbol}' is symbolic and taken as 1`,
  help: `--input_shapes "${name}:[${[1, ...sizes.slice(1).map((s) => s ?? "?")].join(",")}]" fixes it`,
});
