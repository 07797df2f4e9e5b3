import { byDefault, type Chooser } from "../../support/choose.js";
import type { Machine } from "../target/machine.js";
import type { Scheduled } from "./session.js";

/** A way to schedule a stage beside a scheduler's own rules: a plugin's. */
export interface Sketch {
  readonly name: string;
  readonly doc: string;
  /** Taken wherever it applies, without a search; else a search tries it and default schedules do not have it. */
  readonly isPreferred?: boolean;
  /** The kernel after steps for this stage, or null where the sketch does not apply. Whatever `choose` decides, the schedule is legal. */
  schedule(start: Scheduled, stage: string, machine: Machine, choose: Chooser): Scheduled | null;
}

/** The scheduler's own rules among the options of a sketch site. */
const BUILT_IN = "qc";

/** A stage by one of the sketches that apply to it, if one is chosen; null: the scheduler's own rules. */
export function scheduleBySketch(
  s: Scheduled,
  stage: string,
  m: Machine,
  choose: Chooser,
  sketches: readonly Sketch[],
): Scheduled | null {
  // the stage may have become part of another one's tile
  if (!s.kernel.stages.some((x) => x.name === stage)) return null;
  const fitting = sketches.filter((x) => x.schedule(s, stage, m, byDefault) !== null);
  if (fitting.length === 0) return null;
  const preferred = fitting.find((x) => x.isPreferred)?.name ?? BUILT_IN;
  const name = choose(`${stage}.sketch`, [BUILT_IN, ...fitting.map((x) => x.name)], preferred);
  return fitting.find((x) => x.name === name)?.schedule(s, stage, m, choose) ?? null;
}
