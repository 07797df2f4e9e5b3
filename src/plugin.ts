/** Plugins: plain modules that add ops, passes, frontends, importer rules, sketches, schedulers, search strategies, backends, names of targets. See docs/plugins.md. */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Backend } from "./backends/backend.js";
import type { Frontend } from "./frontends/frontend.js";
import type { ImportRules } from "./frontends/onnx/rule.js";
import { attr } from "./ir/attr/attr.js";
import * as expr from "./ir/loop/make.js";
import { nestOf } from "./ir/loop/visit.js";
import { defineOp, type OpDef } from "./ir/op/define.js";
import { binaryOp, unaryOp } from "./ir/ops/shared/elementwise.js";
import { definePass, type Pass } from "./ir/pass/pass.js";
import type { Calibrator } from "./ir/quant/calibrator.js";
import type { Repair } from "./ir/quant/repair.js";
import type { Scheme } from "./ir/quant/scheme.js";
import type { Scheduler } from "./ir/schedule/scheduler.js";
import { after, attempt } from "./ir/schedule/session.js";
import type { Sketch } from "./ir/schedule/sketch.js";
import { lanesFor } from "./ir/target/machine.js";
import { tensorType } from "./ir/type/tensor-type.js";
import { sweep } from "./passes/rewrite/sweep.js";
import { ranked } from "./search/objective.js";
import { drawing, mutating } from "./search/space.js";
import { drawUnseen, type StrategyMaker } from "./search/strategy.js";
import { fail, QcError } from "./support/diag.js";
import { fromForeign, thrownText } from "./support/foreign.js";

/** The plugin interface's version; a plugin built for another one is refused. */
export const PLUGIN_API = 1;

export interface Plugin {
  readonly name: string;
  /** Where it was loaded from: `loadPlugin` says it. */
  readonly file?: string;
  readonly apiVersion: number;
  readonly ops?: readonly OpDef[];
  readonly passes?: readonly Pass[];
  /** Readers of further model formats. */
  readonly frontends?: readonly Frontend[];
  /** ONNX importer rules, by op type; `domain::Op` for domains other than ai.onnx. */
  readonly importers?: ImportRules;
  /** Ways to schedule a stage, for the search and, where preferred, for default schedules. */
  readonly sketches?: readonly Sketch[];
  /** Schedules for families of targets; they come before those of qc. */
  readonly schedulers?: readonly Scheduler[];
  /** Searches for `qc tune --strategy NAME`. */
  readonly strategies?: readonly StrategyMaker[];
  /** Makers of code: `--target NAME`, by the backend's name. */
  readonly backends?: readonly Backend[];
  /** How ranges become grids, how ranges are chosen, and what mends a quantized module: recipes name them. */
  readonly schemes?: readonly Scheme[];
  readonly calibrators?: readonly Calibrator[];
  readonly repairs?: readonly Repair[];
  /** Names for targets: `--target NAME` is short for the text. */
  readonly targets?: Readonly<Record<string, string>>;
  /** Texts inserted into presets: after the named pass, run this pipeline. */
  readonly pipeline?: readonly { readonly after: string; readonly passes: string }[];
}

export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/**
 * What a plugin is built with. A plugin that exports a function is called with it, and so needs no import of qc: it uses the very
 * instance that loads it, wherever that is installed.
 *   attr        schemas of attributes and options        expr       loop expressions, for `lower`
 *   defineOp    an op from all its answers               unaryOp, binaryOp   an elementwise op from an element function
 *   definePass  a pass                                   sweep      rebuilds a module node by node, for passes that rewrite
 *   tensorType  a type from dtype and shape              fail       throws a coded error
 *   schedule    steps of a sketch: `attempt` one (null where it is not legal), `after` one, `nestOf` a stage's body, `lanesFor` an element type
 *   search      of a strategy: `drawUnseen` candidates, choices `drawing` at random or `mutating` a parent's, `ranked` measurements
 */
export const pluginTools = {
  attr,
  expr,
  defineOp,
  unaryOp,
  binaryOp,
  definePass,
  sweep,
  tensorType,
  fail,
  schedule: { attempt, after, nestOf, lanesFor },
  search: { drawUnseen, drawing, mutating, ranked },
} as const;
export type PluginTools = typeof pluginTools;

/**
 * Loads a plugin from a local `.mjs`, `.js` or `.ts` file (TypeScript is transpiled on the fly) or from an npm package that the
 * current folder can resolve. The plugin is the default export, or the export `plugin`: an object, or a function that makes one
 * from `pluginTools`.
 * Errors: QC-PLUGIN-001 not found, 002 fails to load, 003 no plugin in it, 004 other apiVersion, 009 a member is no such part, 010 never settles.
 */
export async function loadPlugin(spec: string, cwd: string = process.cwd()): Promise<Plugin> {
  const file = locate(spec, cwd);
  let loaded: Record<string, unknown>;
  try {
    loaded = await fromForeign(`plugin '${spec}'`, () =>
      file.endsWith(".ts") ? loadTypeScript(file) : import(pathToFileURL(file).href),
    );
  } catch (e) {
    if (e instanceof QcError) throw e;
    return fail("QC-PLUGIN-002", `plugin '${spec}' fails to load: ${thrownText(e)}`);
  }
  const plugin = await madeBy(loaded.default ?? loaded.plugin, spec);
  if (!plugin || typeof plugin.name !== "string") {
    return fail("QC-PLUGIN-003", `'${spec}' exports no plugin`, {
      help: "export default (qc) => ({ name, apiVersion: 1, ... })",
    });
  }
  if (plugin.apiVersion !== PLUGIN_API) {
    return fail(
      "QC-PLUGIN-004",
      `plugin '${plugin.name}' is made for plugin API ${plugin.apiVersion}, this qc has ${PLUGIN_API}`,
      {
        help: "install a release of the plugin that fits",
      },
    );
  }
  checkParts(plugin, spec);
  return { ...plugin, file };
}

async function madeBy(exported: unknown, spec: string): Promise<Plugin | undefined> {
  if (typeof exported !== "function") return exported as Plugin | undefined;
  try {
    return (await fromForeign(`plugin '${spec}'`, () => exported(pluginTools))) as Plugin | undefined;
  } catch (e) {
    if (e instanceof QcError) throw e;
    return fail("QC-PLUGIN-002", `plugin '${spec}' fails to load: ${thrownText(e)}`);
  }
}

/** Functions that the parts of a list must have, beside a name. */
const LISTS: Readonly<Partial<Record<keyof Plugin, readonly string[]>>> = {
  ops: ["infer", "eval", "lower", "sample"],
  passes: ["run"],
  frontends: ["detects", "import"],
  sketches: ["schedule"],
  schedulers: ["accepts", "schedule", "nameOf"],
  strategies: ["start"],
  backends: ["accepts", "open"],
  schemes: ["grids"],
  calibrators: ["range"],
  repairs: ["apply"],
};

const shown = (x: unknown): string =>
  x === null || typeof x !== "object" ? String(JSON.stringify(x) ?? x) : Array.isArray(x) ? "a list" : "an object";

/** QC-PLUGIN-009 names the member that is something else. */
function checkParts(plugin: Plugin, spec: string): void {
  const refuse = (member: string, what: string): never =>
    fail("QC-PLUGIN-009", `plugin '${plugin.name}' (${spec}): ${member} ${what}`, {
      help: "docs/plugins.md says what each member of a plugin is",
    });
  for (const [member, functions] of Object.entries(LISTS)) {
    const list: unknown = plugin[member as keyof Plugin];
    if (list === undefined) continue;
    if (!Array.isArray(list)) refuse(member, `is ${shown(list)}, not a list`);
    for (const [i, part] of (list as unknown[]).entries()) {
      const at = `${member}[${i}]`;
      if (part === null || typeof part !== "object") refuse(at, `is ${shown(part)}, not an object`);
      const fields = part as Readonly<Record<string, unknown>>;
      if (typeof fields.name !== "string" || fields.name === "") refuse(at, "has no name");
      for (const f of functions)
        if (typeof fields[f] !== "function") refuse(`${at} ('${String(fields.name)}')`, `has no function '${f}'`);
    }
  }
  for (const [member, type] of [
    ["importers", "function"],
    ["targets", "string"],
  ] as const) {
    const map: unknown = plugin[member];
    if (map === undefined) continue;
    if (map === null || typeof map !== "object" || Array.isArray(map)) refuse(member, `is ${shown(map)}, not an object`);
    for (const [key, value] of Object.entries(map as object)) {
      if (typeof value !== type) refuse(`${member}['${key}']`, `is ${shown(value)}, not a ${type}`);
    }
  }
  for (const [i, step] of listOf(plugin.pipeline, () => refuse("pipeline", "is not a list")).entries()) {
    if (typeof step?.after !== "string" || typeof step.passes !== "string")
      refuse(`pipeline[${i}]`, "is not { after: PASS, passes: PIPELINE }");
  }
}

const listOf = <T>(x: readonly T[] | undefined, refuse: () => never): readonly T[] =>
  x === undefined ? [] : Array.isArray(x) ? x : refuse();

/**
 * The pipeline with the passes that plugins want after its steps: `a,b{k=v},c` and { after: "b", passes: "p" } --> `a,b{k=v},p,c`.
 */
export function extendPipeline(text: string, plugins: readonly Plugin[]): string {
  const wanted = plugins.flatMap((p) => p.pipeline ?? []);
  const steps = text.match(/[^,{]+(\{[^}]*\})?/g) ?? [];
  return steps
    .flatMap((step) => [step.trim(), ...wanted.filter((w) => w.after === step.replace(/\{.*/, "").trim()).map((w) => w.passes)])
    .join(",");
}

/** A target whose name a plugin added, spelled out; what follows the name is added: `board -mattr=+x`. Others as they are. */
export function namedTarget(
  target: string | readonly string[] | undefined,
  names: ReadonlyMap<string, string>,
): string | readonly string[] | undefined {
  if (target === undefined) return target;
  const text = typeof target === "string" ? target : target.join(" ");
  const [name, ...flags] = text.trim().split(/\s+/);
  const full = names.get(name);
  return full === undefined || full === name ? target : [full, ...flags].join(" ");
}

function locate(spec: string, cwd: string): string {
  const require = createRequire(path.join(cwd, "package.json"));
  try {
    return require.resolve(/^\.|^\//.test(spec) || /\.(mjs|js|ts)$/.test(spec) ? path.resolve(cwd, spec) : spec);
  } catch {
    return fail("QC-PLUGIN-001", `plugin '${spec}' is not found`, {
      help: "give a path like ./my-plugin.mjs, or npm install the package",
    });
  }
}

async function loadTypeScript(file: string): Promise<Record<string, unknown>> {
  const { createJiti } = await import("jiti");
  return (await createJiti(pathToFileURL(file).href).import(file)) as Record<string, unknown>;
}
