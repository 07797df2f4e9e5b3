import type { Context } from "../../context.js";
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
    "Loads plugins and lists what each adds: ops, passes, importer rules, sketches, schedulers, backends, search strategies, targets; without any, what qc brings along.",
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
      ops: (p.ops ?? []).map((o) => o.name),
      passes: (p.passes ?? []).map((o) => o.name),
      frontends: (p.frontends ?? []).map((x) => x.name),
      importers: Object.keys(p.importers ?? {}),
      sketches: (p.sketches ?? []).map((x) => x.name),
      schedulers: (p.schedulers ?? []).map((x) => x.name),
      backends: (p.backends ?? []).map((x) => x.name),
      strategies: (p.strategies ?? []).map((x) => x.name),
      targets: [...(p.backends ?? []).map((x) => x.name), ...Object.keys(p.targets ?? {})],
      pipeline: p.pipeline ?? [],
    }));
    type Key = "ops" | "passes" | "frontends" | "importers" | "schedulers" | "backends" | "strategies" | "targets";
    const added = (key: Key) => new Set(own.flatMap((p) => p[key]));
    const without = (all: readonly string[], key: Key) => all.filter((n) => !added(key).has(n)).sort();
    const builtIn = {
      name: "qc",
      ops: without(
        context.ops.all().map((o) => o.name),
        "ops",
      ),
      passes: without([...context.passes.keys()], "passes"),
      frontends: without(
        context.frontends.map((f) => f.name),
        "frontends",
      ),
      importers: without(Object.keys(context.onnxRules), "importers"),
      sketches: [],
      schedulers: without(
        context.schedulers.map((s) => s.name),
        "schedulers",
      ),
      backends: without([...context.backends.keys()], "backends"),
      strategies: without([...context.strategies.keys()], "strategies"),
      targets: without([...context.targets.keys()], "targets"),
    };
    io.result({ plugins: [builtIn, ...own] }, () =>
      [
        `qc (built in): ${builtIn.ops.length} ops, ${builtIn.passes.length} passes, importers of ${builtIn.importers.length} ONNX ops`,
        ...(own.length ? own.flatMap(pluginLines) : listLines(builtIn)),
      ].join("\n"),
    );
  },
});

interface Listing {
  readonly name: string;
  readonly ops: readonly string[];
  readonly passes: readonly string[];
  readonly frontends: readonly string[];
  readonly importers: readonly string[];
  readonly sketches: readonly string[];
  readonly schedulers: readonly string[];
  readonly backends: readonly string[];
  readonly strategies: readonly string[];
  readonly targets: readonly string[];
}

const listLines = ({
  ops,
  passes,
  frontends,
  importers,
  sketches,
  schedulers,
  backends,
  strategies,
  targets,
}: Listing): string[] =>
  Object.entries({ ops, passes, frontends, importers, sketches, schedulers, backends, strategies, targets }).flatMap(
    ([what, names]) => (names.length ? [`  ${what.padEnd(10)} ${names.join(", ")}`] : []),
  );

function pluginLines(p: Listing & { readonly pipeline: readonly { after: string; passes: string }[] }): string[] {
  return [p.name, ...listLines(p), ...p.pipeline.map((s) => `  pipeline   ${s.passes} after ${s.after}`)];
}
