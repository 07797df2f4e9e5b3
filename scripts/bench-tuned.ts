/** Tuned networks beside untuned ones. */
import { tmpdir } from "node:os";
import path from "node:path";
import { benchTuned } from "../bench/tuned.js";
import { count, flag, listOf, option, runScript } from "./command-line.mjs";

const command = {
  run: "npm run bench:tuned --",
  about: `Searches for schedules of the bench networks, fp32 and int8, and times what comes of it in turns with their default schedules, then with
ONNX Runtime. Builds and logs stay in a folder: a further run searches on. Writes nothing else.`,
  options: {
    filter: option("TEXT", "only networks with TEXT in their names: 'resnet-18', 'mobilenet-v2 int8'", ""),
    trials: option("N", "trials of each search", 200, count),
    threads: option("N,...", "numbers of threads", [1, 2] as readonly number[], listOf(count)),
    rounds: option("N", "runs beside ONNX Runtime", 50, count),
    builds: option("DIR", "folder of builds and logs", path.join(tmpdir(), "qc-bench-tuned")),
    built: flag("times what an earlier run built, without a search"),
    float: flag("fp32 only"),
  },
  examples: [
    ["npm run bench:tuned -- --trials 250 --threads 1", "all networks, as long as it takes"],
    ["npm run bench:tuned -- --built --filter mobilenet", "once more what was built"],
  ],
} as const;

await runScript(command, async (o) => {
  const trials = o.built ? null : o.trials;
  await benchTuned({ filter: o.filter, isFloatOnly: o.float, folder: o.builds, trials, threads: o.threads, rounds: o.rounds });
  return 0;
});
