import type { Context } from "../../context.js";
import type { Instrument } from "../../passes/manager.js";
import type { Io } from "../options/command.js";
import type { BuildArgs } from "./build-options.js";

/** The instruments of a command line, which write to standard error, and the context that carries their fuel. */
export async function instrument(
  args: BuildArgs,
  context: Context,
  io: Io,
): Promise<{ readonly instruments: readonly Instrument[]; readonly context: Context }> {
  const { createInstruments } = await import("../../passes/instruments/create.js");
  const settings = args.dumpRelay ? { ...args, printAfter: ["all"] } : args;
  const write = (text: string) => void io.stderr.write(text);
  const { instruments, fuel } = createInstruments(settings, context, { write, version: io.version });
  return { instruments, context: fuel ? { ...context, fuel } : context };
}
