/** A plugin in TypeScript, loaded as it is: a pass that counts, and changes nothing. */
import type { Plugin, PluginTools } from "../../src/plugin.js";

export default function censusPlugin({ attr, definePass }: PluginTools): Plugin {
  const census = definePass({
    name: "census",
    doc: "Reports how many nodes of each op the model has.",
    options: { least: attr.int("ops with fewer nodes are left out", 1) },
    requires: [],
    establishes: [],
    run(m, ctx, { least }) {
      const counts = new Map<string, number>();
      for (const { op } of m.funcs[0].body) counts.set(op, (counts.get(op) ?? 0) + 1);
      const shown = [...counts].filter(([, n]) => n >= least).sort(([, a], [, b]) => b - a);
      const message = shown.map(([op, n]) => `${n} ${op}`).join(", ");
      ctx.report({ severity: "warning", code: "QC-CENSUS-001", message: `${m.name}: ${message}` });
      return m;
    },
  });
  return { name: "census", apiVersion: 1, passes: [census], pipeline: [{ after: "matmul-to-dense", passes: "census" }] };
}
