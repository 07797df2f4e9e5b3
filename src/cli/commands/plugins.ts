import type { Context } from "../../context.js";
import type { Plugin } from "../../plugin.js";
import { defineCommand, type Io } from "../options/command.js";
import { plugins as pluginOption } from "../options/leip.js";

/** A context with the plugins of a command line; warnings and remarks go to standard error as they come. */
export async function contextWith(specs: readonly string[], io: Io): Promise<Context> {
  const { createContext } = await import("../../context.js");
  const { loadPlugin } = await import("../../plugin.js");
  const { formatDiag } = await import("../../support/diag.js");
  const loaded = [];
  for (const spec of specs) loaded.push(await loadPlugin(spec));
  return createContext({
    plugins: loaded,
    onDiag: (d) => (d.severity === "remark" && !io.debug ? undefined : io.note(formatDiag(d))),
  });
}

export const plugins = defineCommand({
  name: "plugins",
  summary: "what the built-in parts and the given plugins add",
  description:
    "Loads plugins and lists what each adds: ops, passes, frontends, importer rules, sketches, schedulers, backends, schemes, calibrators, repairs, search strategies, targets; without any, what qc brings along.",
  examples: [
    ["qc plugins", "what qc brings along"],
    ["qc plugins --plugin ./swish.mjs", "what a plugin adds, and that it fits"],
  ],
  options: { plugin: pluginOption() },
  async run(args, io) {
    const context = await contextWith(args.plugin, io);
    const own = context.plugins.map((p) => ({
      name: p.name,
      apiVersion: p.apiVersion,
      ...namesBy((kind) => kind.of(p)),
      pipeline: p.pipeline ?? [],
    }));
    const builtIn = { name: "qc", ...namesBy((kind) => namesOf(kind, context)) };
    io.result({ plugins: [builtIn, ...own] }, () =>
      [
        `qc (built in): ${builtIn.ops.length} ops, ${builtIn.passes.length} passes, importers of ${builtIn.importers.length} ONNX ops`,
        ...(own.length ? own.flatMap((p) => [p.name, ...listLines(p), ...p.pipeline.map(pipelineLine)]) : listLines(builtIn)),
      ].join("\n"),
    );
  },
});

/** One kind of thing that a plugin can add. */
interface Kind {
  readonly of: (p: Plugin) => readonly string[];
  /** All that a context knows; those of qc without a name are not listed. */
  readonly all: (ctx: Context) => Iterable<string>;
}

const named = (list: readonly { readonly name: string }[] = []): readonly string[] => list.map((x) => x.name);

const KINDS = {
  ops: { of: (p) => named(p.ops), all: (ctx) => named(ctx.ops.all()) },
  passes: { of: (p) => named(p.passes), all: (ctx) => ctx.passes.keys() },
  frontends: { of: (p) => named(p.frontends), all: (ctx) => named(ctx.frontends) },
  importers: { of: (p) => Object.keys(p.importers ?? {}), all: (ctx) => Object.keys(ctx.onnxRules) },
  sketches: { of: (p) => named(p.sketches), all: () => [] },
  schedulers: { of: (p) => named(p.schedulers), all: (ctx) => named(ctx.schedulers) },
  backends: { of: (p) => named(p.backends), all: (ctx) => ctx.backends.keys() },
  schemes: { of: (p) => named(p.schemes), all: (ctx) => ctx.quantization.schemes.keys() },
  calibrators: { of: (p) => named(p.calibrators), all: (ctx) => ctx.quantization.calibrators.keys() },
  repairs: { of: (p) => named(p.repairs), all: (ctx) => ctx.quantization.repairs.keys() },
  strategies: { of: (p) => named(p.strategies), all: (ctx) => ctx.strategies.keys() },
  targets: { of: (p) => [...named(p.backends), ...Object.keys(p.targets ?? {})], all: (ctx) => ctx.targets.keys() },
} as const satisfies Readonly<Record<string, Kind>>;
type Names = Readonly<Record<keyof typeof KINDS, readonly string[]>>;

const namesBy = (names: (kind: Kind) => readonly string[]): Names =>
  Object.fromEntries(Object.entries(KINDS).map(([key, kind]) => [key, names(kind)])) as unknown as Names;

/** What qc itself brings along of a kind. */
function namesOf({ of, all }: Kind, ctx: Context): readonly string[] {
  const added = new Set(ctx.plugins.flatMap(of));
  return [...all(ctx)].filter((n) => !added.has(n)).sort();
}

const listLines = (names: Names): string[] =>
  Object.keys(KINDS).flatMap((key) => {
    const list = names[key as keyof Names];
    return list.length ? [`  ${key.padEnd(11)} ${list.join(", ")}`] : [];
  });

const pipelineLine = ({ after, passes }: { readonly after: string; readonly passes: string }): string =>
  `  ${"pipeline".padEnd(11)} ${passes} after ${after}`;
