import type { Part, PartHeld } from "../../check/plugin.js";
import type { Held } from "../../check/property.js";
import type { Context } from "../../context.js";
import type { Plugin } from "../../plugin.js";
import { formatDiag, QcError } from "../../support/diag.js";
import { createProgress } from "../../support/progress.js";
import type { ExitCode, Io } from "../options/command.js";
import { contextWith } from "./context-with.js";

/** Enough for a plugin to be remembered as checked. */
export const DEFAULT_CASES = 100;

interface CheckArgs {
  readonly plugin: readonly string[];
  readonly check: readonly string[];
  readonly seed: number;
  readonly cases: number;
}

interface Checked {
  readonly spec: string;
  readonly plugin: string;
  readonly parts: readonly PartHeld[];
}

/** Exit code 1 where a part contradicts a property. */
export async function checkPlugins(args: CheckArgs, io: Io): Promise<ExitCode> {
  // what parts report of drawn modules says nothing to people
  const ctx = { ...(await contextWith([...args.plugin, ...args.check], io)), report: () => {} };
  const { partsOf, failureOf } = await import("../../check/plugin.js");
  const native = await nativeRunner(ctx, io);
  const plans = args.check.map((spec, i) => {
    const plugin = ctx.plugins[args.plugin.length + i];
    return { spec, plugin, parts: partsOf(plugin, ctx, native) };
  });
  const total = plans.reduce((n, p) => n + p.parts.reduce((m, x) => m + x.total(args.cases), 0), 0);
  const progress = createProgress({ label: "check", total, stream: io.stderr, mode: io.json ? "silent" : "auto" });
  const results: Checked[] = [];
  try {
    for (const { spec, plugin, parts } of plans)
      results.push({ spec, plugin: plugin.name, parts: await heldOf(parts, { ...args, onCase: () => progress.tick() }) });
  } finally {
    progress.stop();
  }
  const failed = results.flatMap((r) => r.parts.filter((p) => failureOf(p)));
  for (const [i, { parts }] of results.entries()) if (!parts.some((p) => failureOf(p))) await remember(plans[i].plugin, args, io);
  io.result({ seed: args.seed, cases: args.cases, native: native !== null, failed: failed.length, plugins: results }, () =>
    results.flatMap((r) => pluginLines(r, args)).join("\n"),
  );
  if (failed.length === 0) return 0;
  const names = failed.map((p) => `${p.kind} '${p.name}'`).join(", ");
  const message = `${names}: ${failed.length === 1 ? "it contradicts itself" : "they contradict themselves"}`;
  io.note(formatDiag({ severity: "error", code: "QC-PLUGIN-008", message, help: "mend it, then run the check again" }));
  return 1;
}

async function heldOf(
  parts: readonly Part[],
  amount: { readonly seed: number; readonly cases: number; readonly onCase: () => void },
): Promise<PartHeld[]> {
  const { breathe } = await import("../../support/interrupt.js");
  const held: PartHeld[] = [];
  for (const part of parts) {
    held.push(await part.hold(amount));
    await breathe();
  }
  return held;
}

/** Machine code is held too, where its tools are here; else people are told that it was not. */
async function nativeRunner(ctx: Context, io: Io) {
  const { openNative } = await import("../../check/native.js");
  try {
    return openNative(ctx);
  } catch (error) {
    if (!(error instanceof QcError)) throw error;
    io.note(`remark: machine code is not checked: ${error.message}`);
    return null;
  }
}

async function remember(plugin: Plugin, { seed, cases }: CheckArgs, io: Io): Promise<void> {
  if (plugin.file === undefined || cases < DEFAULT_CASES) return;
  const { rememberChecked } = await import("../../build/checked-plugins.js");
  try {
    rememberChecked(plugin.file, plugin.name, { seed, cases });
  } catch (error) {
    if (!(error instanceof QcError)) throw error;
    io.note(`remark: that '${plugin.name}' was checked cannot be remembered: ${error.message}`);
  }
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

function pluginLines({ spec, plugin, parts }: Checked, args: CheckArgs): readonly string[] {
  if (parts.length === 0) return [`${plugin}: no part of it has properties to check`];
  const width = Math.max(...parts.map((p) => p.kind.length + p.name.length + 1));
  return [plugin, ...parts.flatMap((p) => partLines(p, width, spec, args))];
}

function partLines(
  { kind, name, properties }: PartHeld,
  width: number,
  spec: string,
  { seed, plugin }: CheckArgs,
): readonly string[] {
  const failed = properties.find((h) => h.failure);
  const counts = `${sum(properties.map((h) => h.cases))} cases of ${properties.length} ${properties.length === 1 ? "property" : "properties"}, seed ${seed}`;
  const head = `  ${`${kind} ${name}`.padEnd(width)}  ${failed ? "WRONG" : "ok   "}  ${counts}`;
  const remarks = properties.flatMap((h) => (h.remark ? [`      ${h.property}: ${h.remark}`] : []));
  return [head, ...remarks, ...(failed ? failureLines(failed, spec, plugin) : [])];
}

function failureLines({ property, failure }: Held, spec: string, others: readonly string[]): readonly string[] {
  if (!failure) return [];
  const words = ["qc plugins", ...others.flatMap((o) => ["--plugin", o]), "--check", spec];
  const again = [...words, ...(failure.seed === null ? [] : ["--seed", failure.seed, "--cases", 1])].join(" ");
  return [
    `      ${property}: ${failure.what}`,
    ...failure.text
      .trimEnd()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => `      | ${line}`),
    `      again: ${again}`,
  ];
}
