/** The properties of every part of a plugin that has any. */
import { openToolchain } from "../build/toolchain.js";
import type { Context } from "../context.js";
import type { OpDef } from "../ir/op/define.js";
import type { Target } from "../ir/target/target.js";
import type { Plugin } from "../plugin.js";
import { QcError } from "../support/diag.js";
import type { NativeRunner } from "./native.js";
import { opProperties } from "./ops/properties.js";
import { passProperties } from "./passes.js";
import { type Amount, type Held, hold, type Property } from "./property.js";
import { calibratorGivesRanges, repairKeepsModules, schemeHoldsRanges } from "./quantization.js";
import { schedulerKeepsMeaning, sketchKeepsMeaning } from "./schedules.js";

type Kind = "op" | "pass" | "sketch" | "scheduler" | "scheme" | "calibrator" | "repair";

/** A part of a plugin and what is held of it. */
export interface Part {
  readonly kind: Kind;
  readonly name: string;
  /** Cases that are held, own ones and drawn ones, of so many a property. */
  total(cases: number): number;
  hold(amount: Amount): Promise<PartHeld>;
}

/** What came of a part: every property until the first that is contradicted. */
export interface PartHeld {
  readonly kind: Kind;
  readonly name: string;
  readonly properties: readonly Held[];
}

export const failureOf = (p: PartHeld): Held | null => p.properties.find((h) => h.failure !== null) ?? null;

/** Hides what the cases of a property are. */
interface Holding {
  total(cases: number): number;
  hold(amount: Amount): Promise<Held>;
}

const holding = <T extends object>(p: Property<T>): Holding => ({
  total: (cases) => Math.min(cases, p.most ?? cases) + (p.own?.length ?? 0),
  hold: (amount) => hold(p, amount),
});

function part(kind: Kind, name: string, properties: readonly Holding[]): Part {
  return {
    kind,
    name,
    total: (cases) => properties.reduce((n, p) => n + p.total(cases), 0),
    async hold(amount) {
      const held: Held[] = [];
      for (const p of properties) {
        held.push(await p.hold(amount));
        if (held[held.length - 1].failure) break;
      }
      return { kind, name, properties: held };
    },
  };
}

/** All parts of a plugin that have properties, in the order in which they build on each other. `native` is null where no machine code can be made. */
export function partsOf(plugin: Plugin, ctx: Context, native: NativeRunner | null): readonly Part[] {
  const ops = (plugin.ops ?? []) as readonly OpDef[];
  const targets = plugin.schedulers?.length ? targetsOf(plugin, ctx) : new Map<string, Target>();
  return [
    ...ops.map((def) => part("op", def.name, opHoldings(def, ctx, native))),
    ...(plugin.passes ?? []).map((p) => part("pass", p.name, passProperties(ctx, p, ops).map(holding))),
    ...(plugin.sketches ?? []).map((s) => part("sketch", s.name, [holding(sketchKeepsMeaning(s, ctx, ops))])),
    ...(plugin.schedulers ?? []).map((s) => part("scheduler", s.name, [holding(schedulerKeepsMeaning(s, ctx, targets, ops))])),
    ...(plugin.schemes ?? []).map((s) => part("scheme", s.name, [holding(schemeHoldsRanges(s))])),
    ...(plugin.calibrators ?? []).map((c) => part("calibrator", c.name, [holding(calibratorGivesRanges(c))])),
    ...(plugin.repairs ?? []).map((r) => part("repair", r.name, [holding(repairKeepsModules(r, ctx))])),
  ];
}

function opHoldings(def: OpDef, ctx: Context, native: NativeRunner | null): readonly Holding[] {
  const { instances, modules } = opProperties(def, ctx, native);
  return [...instances.map(holding), ...modules.map(holding)];
}

/** Targets that a scheduler may accept: those of the backends and those that the plugin names, where their tools are found. */
function targetsOf(plugin: Plugin, ctx: Context): ReadonlyMap<string, Target> {
  const texts = new Map([
    ...[...ctx.backends.keys()].map((name) => [name, name] as const),
    ...Object.entries(plugin.targets ?? {}),
  ]);
  const found = new Map<string, Target>();
  for (const [name, text] of texts) {
    try {
      found.set(name, openToolchain(text, { backends: ctx.backends.values() }).target);
    } catch (error) {
      if (!(error instanceof QcError)) throw error; // its tools are missing: the scheduler's other targets are held
    }
  }
  return found;
}
