import type { Instrument } from "../../passes/manager.js";
import type { Io } from "../options/command.js";

export interface InstrumentArgs {
  readonly verifyEach: boolean;
  readonly printAfter: readonly string[];
  readonly printChanged: boolean;
  readonly timePasses: boolean;
  readonly bisect: number | undefined;
  readonly fuel: number | undefined;
  readonly reproduce: string | undefined;
  readonly dumpRelay: boolean;
}

export async function readInstruments(_args: InstrumentArgs, _io: Io): Promise<readonly Instrument[]> {
  return [];
}
