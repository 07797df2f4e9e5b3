/** A program as C: model.c on its own, and the same functions as a library for the runtime. */
import type { BlobId, BlobStore } from "../../ir/blob/blob-store.js";
import type { Place, Program } from "../../ir/loop/program.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { invariant } from "../../support/assert.js";
import { formProgram, type KernelForm } from "../forms.js";
import { WEIGHTS } from "../native/constants.js";
import { createHelpers } from "./helpers.js";
import { functionNames, portParameters } from "./interface.js";
import { type KernelText, kernelText } from "./kernel.js";
import { commentText, createNames } from "./names.js";
import { memoryName, pragmas, typedefs } from "./prelude.js";
import { type Table, tablePieces, tablePragmas, tableText } from "./tables.js";

/** A constant at an offset of the weights. */
interface Weights extends Table {
  readonly offset: number;
}

/** A program taken apart for printing. */
export interface Parts {
  readonly program: Program;
  readonly helpers: string;
  readonly kernels: string;
  readonly tables: readonly Weights[];
  /** The calls of a launch; `place`: where an input or output lies, `table`: the constant at an offset. */
  calls(launch: number, own: Places): readonly string[];
}

interface Places {
  port(kind: "input" | "output", index: number): string;
  table(t: Weights): string;
}

const LINE = 120;

export function partsOf(program: Program): Parts {
  const helpers = createHelpers();
  const { forms, formOf } = formProgram(program);
  const names = createNames(Object.values(functionNames(program)));
  const labelsOf = forms.map((): string[] => []);
  program.launches.forEach((l, n) => {
    labelsOf[formOf[n]].push(l.loc.node);
  });
  const functions = forms.map((form, f) => {
    const labels = labelsOf[f];
    const label = labels.length > 3 ? `${labels.slice(0, 3).join(", ")} and ${labels.length - 3} more` : labels.join(", ");
    const name = names.take(form.kernel.name);
    return { name, ...kernelText(form, name, label, memoryName, helpers) };
  });
  const tables = new Map<string, Weights>();
  const tableAt = (launch: number, buffer: number, offset: number): Weights => {
    const { label, kernel, loc } = program.launches[launch];
    const { dtype, shape, name } = program.kernels[kernel].buffers[buffer];
    const key = `${offset} ${memoryName(dtype, false)}`;
    const count = numElements(shape);
    const known = tables.get(key);
    const table = known ?? {
      name: names.take(`${loc.node}_${name}`),
      dtype,
      offset,
      count,
      comment: commentText(`${label}: ${name}, ${dtype}[${shape.join(", ")}]`),
    };
    tables.set(key, count > table.count ? { ...table, count } : table);
    return table;
  };
  const carriers = forms.map(firstBuffers);
  const argument = (launch: number, { pointer, type }: KernelText["parameters"][number], own: Places): string => {
    const buffer = carriers[formOf[launch]].get(pointer);
    invariant(buffer !== undefined, `pointer ${pointer} carries a buffer`);
    const place = program.launches[launch].places[buffer];
    switch (place.in) {
      case "weights": {
        return own.table(tableAt(launch, buffer, place.offset));
      }
      case "arena":
      case "state":
        return `(${type} *)(${place.in}${place.offset ? ` + ${place.offset}` : ""})`;
      case "input":
      case "output":
        return `(${type} *)${own.port(place.in, place.index)}`;
      default:
        return place satisfies never;
    }
  };
  program.launches.forEach((l, n) => {
    const read = new Set(functions[formOf[n]].parameters.map((p) => p.pointer));
    l.places.forEach((p: Place, b) => {
      if (p.in === "weights" && read.has(forms[formOf[n]].params[b])) tableAt(n, b, p.offset);
    });
  });
  return {
    program,
    helpers: helpers.text(),
    kernels: functions.map((f) => f.text).join("\n\n"),
    tables: [...tables.values()],
    calls(launch, own) {
      const f = functions[formOf[launch]];
      const args = f.parameters.map((p) => argument(launch, p, own));
      const line = `  ${f.name}(${args.join(", ")});`;
      const call = line.length <= LINE ? [line] : [`  ${f.name}(`, `      ${args.join(",\n      ")});`];
      return [`  /* ${commentText(program.launches[launch].label)} */`, ...call];
    },
  };
}

/** For each pointer of a kernel the first buffer that it carries. */
function firstBuffers({ params }: KernelForm): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  for (const [buffer, pointer] of params.entries()) if (!first.has(pointer)) first.set(pointer, buffer);
  return first;
}

const memoryText = (name: string, bytes: number): string =>
  `static union {\n  double as_f64;\n  int64_t as_i64;\n  unsigned char bytes[${bytes}];\n} ${name};`;

const INCLUDES = "#include <stddef.h>\n#include <stdint.h>";

/** model.c: constants, kernels, a static arena, and the functions that model.h declares. */
export function* modelPieces(parts: Parts, blobs: BlobStore, producer: string): Iterable<string> {
  const { program, helpers, kernels } = parts;
  const names = functionNames(program);
  const run = runText(parts);
  const tables = allTables(parts, blobs);
  yield [
    `/*\n * ${commentText(program.name)}, made by ${producer} for target c. C99, without a library.`,
    ` * Call ${names.run}() of model.h. One run at a time: its memory is static.\n */`,
    '#include "model.h"\n',
    INCLUDES,
    "",
    [pragmas(false), tablePragmas(tables.map(([t]) => t))].filter(Boolean).join("\n"),
    "",
    typedefs(`${kernels}${run}${tables.map(([t]) => memoryName(t.dtype, false)).join(" ")}`, false),
    "",
    helpers,
    "",
    "",
  ].join("\n");
  for (const [table, bytes] of tables) {
    yield* tablePieces(table, bytes);
    yield "\n";
  }
  yield [kernels, "", ...memories(program), run, ""].join("\n");
}

/** Every table of model.c with the bytes that it holds. */
function allTables({ program, tables }: Parts, blobs: BlobStore): readonly (readonly [Table, () => Uint8Array])[] {
  const blobAt = new Map(program.weights.map((w) => [w.offset, w.blob]));
  const weights = tables.map((t): readonly [Table, () => Uint8Array] => {
    const bytes = t.count * dtypeInfo(t.dtype).bytes;
    return [t, () => constantBytes(blobAt, blobs, t.offset, bytes)];
  });
  return program.stateInit.length > 0 ? [...weights, [initialState(program), () => stateBytes(program, blobs)]] : weights;
}

const initialState = ({ stateBytes }: Program): Table => ({
  name: "initial_state",
  dtype: "u8",
  count: stateBytes,
  comment: "the state before the first run",
});

function memories({ arenaBytes, stateBytes }: Program): readonly string[] {
  return [
    ...(arenaBytes > 0 ? [memoryText("arena_memory", arenaBytes), ""] : []),
    ...(stateBytes > 0 ? [memoryText("state_memory", stateBytes), "static int state_is_set;", ""] : []),
  ];
}

function runText(parts: Parts): string {
  const { program } = parts;
  const names = functionNames(program);
  const { inputs, outputs } = portParameters(program);
  const own: Places = {
    port: (kind, index) => (kind === "input" ? inputs : outputs)[index].name,
    table: tableText,
  };
  const reset =
    program.stateBytes > 0
      ? [
          `void ${names.reset}(void) {`,
          `  for (ptrdiff_t i = 0; i < ${program.stateBytes}; i++)`,
          `    state_memory.bytes[i] = ${program.stateInit.length > 0 ? `${tableText(initialState(program))}[i]` : "0"};`,
          "  state_is_set = 1;",
          "}\n",
        ]
      : [];
  return [
    ...reset,
    `void ${names.run}(${[...inputs, ...outputs].map((p) => p.declaration).join(", ") || "void"}) {`,
    ...(program.arenaBytes > 0 ? ["  unsigned char *const arena = arena_memory.bytes;"] : []),
    ...(program.stateBytes > 0
      ? ["  unsigned char *const state = state_memory.bytes;", `  if (!state_is_set) ${names.reset}();`]
      : []),
    ...program.launches.flatMap((_, n) => parts.calls(n, own)),
    "}",
  ].join("\n");
}

/** The library: the same kernels, constants linked, `qc_model` for the runtime. One thread. */
export function libraryText(parts: Parts, descriptor: string, stateInitOffset: number | null): string {
  const { program, helpers, kernels, tables } = parts;
  const own: Places = {
    port: (kind, index) => `exec->${kind}s[${index}]`,
    table: (t) => `(const ${memoryName(t.dtype, false)} *)(${WEIGHTS} + ${t.offset})`,
  };
  const calls = program.launches.flatMap((_, n) => [`  if (exec->tick) exec->tick(exec->user, ${n});`, ...parts.calls(n, own)]);
  const body = calls.join("\n");
  const run = [
    "static int run(const qc_exec *exec) {",
    ...(/\(arena\b/.test(body) ? ["  unsigned char *const arena = exec->arena;"] : []),
    ...(/\(state\b/.test(body) ? ["  unsigned char *const state = exec->state;"] : []),
    ...(program.launches.length === 0 ? ["  (void)exec;"] : []),
    body,
    "  return 0;",
    "}",
  ].join("\n");
  const hasConstants = tables.length > 0 || stateInitOffset !== null;
  return [
    INCLUDES,
    '#include "qc.h"',
    pragmas(true),
    typedefs(`${kernels}${run}`, true),
    ...(hasConstants ? [`extern __attribute__((__visibility__("hidden"))) const unsigned char ${WEIGHTS}[];`] : []),
    helpers,
    kernels,
    run,
    descriptor,
    "",
  ].join("\n\n");
}

/** The constant at an offset: its bytes, zeros behind them. */
function constantBytes(blobAt: ReadonlyMap<number, BlobId>, blobs: BlobStore, offset: number, bytes: number): Uint8Array {
  const blob = blobAt.get(offset);
  invariant(blob !== undefined || bytes === 0, `a constant at ${offset}`);
  return blob === undefined ? new Uint8Array(0) : blobs.get(blob).subarray(0, bytes);
}

function stateBytes(program: Program, blobs: BlobStore): Uint8Array {
  const all = new Uint8Array(program.stateBytes);
  for (const p of program.stateInit) all.set(blobs.get(p.blob).subarray(0, p.bytes), p.offset);
  return all;
}
