/** Plugins: plain modules that add ops, passes, importer rules, preprocessors. See docs/plugins.md. */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { ImportRules } from "./frontends/onnx/rule.js";
import type { OpDef } from "./ir/op/define.js";
import type { Pass } from "./ir/pass/pass.js";
import { fail } from "./support/diag.js";

/** The plugin interface's version; a plugin built for another one is refused. */
export const PLUGIN_API = 1;

export interface Plugin {
  readonly name: string;
  readonly apiVersion: number;
  readonly ops?: readonly OpDef[];
  readonly passes?: readonly Pass[];
  /** ONNX importer rules, by op type; `domain::Op` for domains other than ai.onnx. */
  readonly importers?: ImportRules;
  /** Texts inserted into presets: after the named pass, run this pipeline. */
  readonly pipeline?: readonly { readonly after: string; readonly passes: string }[];
}

export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/**
 * Loads a plugin from a local `.mjs`, `.js` or `.ts` file (TypeScript is transpiled on the fly) or from an npm package that the
 * current folder can resolve. The plugin is the default export, or the export `plugin`.
 * Errors: QC-PLUGIN-001 not found, 002 fails to load, 003 no plugin in it, 004 other apiVersion.
 */
export async function loadPlugin(spec: string, cwd: string = process.cwd()): Promise<Plugin> {
  const file = locate(spec, cwd);
  let loaded: Record<string, unknown>;
  try {
    loaded = file.endsWith(".ts") ? await loadTypeScript(file) : await import(pathToFileURL(file).href);
  } catch (e) {
    return fail("QC-PLUGIN-002", `plugin '${spec}' fails to load: ${(e as Error).message}`);
  }
  const plugin = (loaded.default ?? loaded.plugin) as Plugin | undefined;
  if (!plugin || typeof plugin.name !== "string") {
    return fail("QC-PLUGIN-003", `'${spec}' exports no plugin`, {
      help: "export default definePlugin({ name, apiVersion: 1, ... })",
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
  return plugin;
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
