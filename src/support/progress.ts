import { SingleBar } from "cli-progress";

export interface Progress {
  /** Counts n more as done. */
  tick(n?: number): void;
  /** Ends the display; safe to call twice. */
  stop(): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly total: number;
  /** Where it shows; standard error keeps standard output clean. */
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** `auto`: a bar on a terminal, silence elsewhere. `lines`: one line for every tenth. */
  readonly mode?: "auto" | "lines" | "silent";
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

/** Nothing that ends within this time is shown. */
const QUIET_MS = 1000;

/** Shows how far a counted job is, once it has run for a second. */
export function createProgress({ label, total, stream, mode = "auto", now = Date.now }: ProgressOptions): Progress {
  const start = now();
  let done = 0;
  let bar: SingleBar | undefined;
  let tenths = 0;
  let stopped = mode === "silent" || (mode === "auto" && !stream.isTTY) || total <= 0;
  return {
    tick(n = 1) {
      done += n;
      if (stopped || now() - start < QUIET_MS) return;
      if (mode === "lines") {
        const reached = Math.min(10, Math.floor((10 * done) / total));
        if (reached > tenths) stream.write(`${label}: ${10 * reached} % (${done} of ${total})\n`);
        tenths = Math.max(tenths, reached);
        return;
      }
      bar ??= startBar(label, total, stream);
      bar.update(done);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      bar?.stop();
    },
  };
}

function startBar(label: string, total: number, stream: NodeJS.WritableStream): SingleBar {
  const format = `${label} [{bar}] {percentage} %  {value}/{total}  {eta_formatted}`;
  const bar = new SingleBar({
    format,
    stream,
    clearOnComplete: true,
    hideCursor: false,
    gracefulExit: false,
    barsize: 24,
    fps: 5,
  });
  bar.start(total, 0);
  return bar;
}
