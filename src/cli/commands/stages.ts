import type { Io } from "../options/command.js";

export interface Stages {
  readonly enter: (stage: string) => void;
  /** Clears the line. */
  readonly end: () => void;
}

const ERASE_LINE = "\r\x1b[2K";

/** Names the stage that is running on one line of a terminal; silent elsewhere. */
export function watchStages(io: Io): Stages {
  const shows = io.stderr.isTTY === true && !io.json;
  const write = (text: string) => void (shows && io.stderr.write(ERASE_LINE + text));
  return { enter: (stage) => write(`${stage} ...`), end: () => write("") };
}
