import type { Command } from "../options/command.js";
import { bench } from "./bench.js";
import { compile } from "./compile.js";
import { dump } from "./dump.js";
import { evaluate } from "./evaluate.js";
import { explain } from "./explain.js";
import { opt } from "./opt.js";
import { optimize } from "./optimize.js";
import { plugins } from "./plugins.js";
import { print } from "./print.js";
import { records } from "./records.js";
import { run } from "./run.js";
import { schedule } from "./schedule.js";
import { tune } from "./tune.js";
import { verify } from "./verify.js";

/** Every command, in the order of `qc --help`. */
export const commands: readonly Command[] = [
  optimize,
  run,
  evaluate,
  bench,
  compile,
  tune,
  records,
  schedule,
  dump,
  opt,
  print,
  verify,
  explain,
  plugins,
];
