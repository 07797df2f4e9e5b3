import type { Command } from "../options/command.js";
import { bench } from "./bench.js";
import { compile } from "./compile.js";
import { evaluate } from "./evaluate.js";
import { optimize } from "./optimize.js";
import { plugins } from "./plugins.js";
import { run } from "./run.js";

/** Every command, in the order of `qc --help`. */
export const commands: readonly Command[] = [optimize, run, evaluate, bench, compile, plugins];
