import type { Context } from "../../context.js";
import type { Io } from "../options/command.js";

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
