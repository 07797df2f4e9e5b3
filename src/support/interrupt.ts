/**
 * Ctrl-C and termination. Each registered cleanup runs once, in the order of registration; after the last one the process ends
 * with 130 (SIGINT) or 143 (SIGTERM). With nothing registered a signal keeps its default action.
 *
 * JavaScript sees a signal only between turns of the event loop: a long synchronous stage is left with `breathe()`.
 */
const ours = Symbol("qc interrupt handler");
type Handler = ((signal: NodeJS.Signals) => void) & { [ours]?: true };
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Runs `cleanup` (synchronous) when the process is interrupted. Returns the function that takes it back. */
export function onInterrupt(cleanup: () => void, proc: NodeJS.Process = process): () => void {
  const release = () => {
    for (const signal of SIGNALS) proc.removeListener(signal, handler);
  };
  const handler: Handler = (signal) => {
    release();
    try {
      cleanup();
    } finally {
      if (!proc.listeners(signal).some((other) => (other as Handler)[ours])) proc.exit(signal === "SIGINT" ? 130 : 143);
    }
  };
  handler[ours] = true;
  for (const signal of SIGNALS) proc.on(signal, handler);
  return release;
}

/** Lets pending signals (and other events) through: one turn of the event loop. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
