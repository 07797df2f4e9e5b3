/** The instruments that a command line asks for. */
import type { Fuel, IrContext } from "../../ir/pass/context.js";
import type { Instrument } from "../manager.js";
import { bisect, fuel } from "./limits.js";
import { printAfter, printChanged, type Write } from "./print.js";
import { reproduce } from "./reproduce.js";
import { timePasses } from "./time-passes.js";
import { verifyEach } from "./verify-each.js";

export interface InstrumentSettings {
  readonly verifyEach?: boolean;
  /** Names of passes, or `all`. */
  readonly printAfter?: readonly string[];
  readonly printChanged?: boolean;
  readonly timePasses?: boolean;
  /** The first N passes only. */
  readonly bisect?: number;
  /** N single rewrites only. */
  readonly fuel?: number;
  /** Folder for what replays a failure. */
  readonly reproduce?: string;
}

export interface InstrumentIo {
  /** Where tables and modules are printed. */
  readonly write: Write;
  /** Version of qc, for reproducers. */
  readonly version: string;
}

/** Instruments in the order in which they look, and the fuel that the context of the passes must carry: `{ ...ctx, fuel }`. */
export function createInstruments(
  s: InstrumentSettings,
  ctx: IrContext & { readonly passes?: ReadonlyMap<string, unknown> },
  { write, version }: InstrumentIo,
): { readonly instruments: readonly Instrument[]; readonly fuel?: Fuel } {
  const limit = s.fuel === undefined ? null : fuel(s.fuel, write);
  const instruments = [
    ...(s.bisect === undefined ? [] : [bisect(s.bisect, write)]),
    ...(s.timePasses ? [timePasses(write)] : []),
    ...(s.printAfter?.length ? [printAfter(s.printAfter, write, ctx.passes?.keys())] : []),
    ...(s.printChanged ? [printChanged(write)] : []),
    ...(s.verifyEach ? [verifyEach()] : []),
    ...(s.reproduce === undefined ? [] : [reproduce(s.reproduce, version, write)]),
    ...(limit ? [limit.instrument] : []),
  ];
  return { instruments, fuel: limit?.fuel };
}
