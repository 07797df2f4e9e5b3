import type { Context } from "../../context.js";
import type { Plugin } from "../../plugin.js";
import { defineCommand } from "../options/command.js";
import { plugins as pluginOption } from "../options/leip.js";
import { integerOr, texts } from "../options/option.js";
import { contextWith } from "./context-with.js";
import { checkPlugins, DEFAULT_CASES } from "./plugins-check.js";

export const plugins = defineCommand({
  name: "plugins",
  summary: "what the built-in parts and the given plugins add",
  description:
    "Loads plugins and lists what each adds: ops, passes, frontends, importer rules, sketches, schedulers, backends, schemes, calibrators, repairs, search strategies, targets; without any, what qc brings along. " +
    "--check holds a plugin to the properties that qc's own parts are held to: an op means the same to infer, eval, lower and the machine, also in front of what passes rewrite; " +
    "a pass keeps the meaning of modules; schedules by a sketch or a scheduler give what the unscheduled loops give; schemes hold their ranges, calibrators and repairs answer the same each time. " +
    "It prints a line for every part, for what is wrong the smallest case found, and ends with exit code 1 where anything is. A plugin found right is remembered until its files change.",
  examples: [
    ["qc plugins", "what qc brings along"],
    ["qc plugins --plugin ./swish.mjs", "what a plugin adds, and that it fits"],
    ["qc plugins --check ./swish.mjs", "whether its parts mean what they say"],
    ["qc plugins --check ./swish.mjs --seed 17 --cases 1", "one case again, as a failure names it"],
  ],
  options: {
    plugin: pluginOption(),
    check: texts("plugin to check: a file or a package; repeatable", { value: "FILE|PACKAGE" }),
    seed: integerOr("first seed of the cases that --check draws", 1, { min: 0, max: 2 ** 31 }),
    cases: integerOr("cases that --check draws for each property", DEFAULT_CASES, { min: 1, max: 1_000_000 }),
  },
  async run(args, io) {
    if (args.check.length > 0) return checkPlugins(args, io);
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
