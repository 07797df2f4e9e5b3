/** The compiler's own speed. Exit code 1 where a stage grows faster than linear. */
import { cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Benchmark from "benchmark";
import { svg } from "../bench/compiler/chart.js";
import { measureGrowth } from "../bench/compiler/growth.js";
import { benchModule } from "../bench/compiler/modules.js";
import { type CompilerResults, charts, compilerSection, type TaskTime } from "../bench/compiler/report.js";
import { pairs, superlinear } from "../bench/compiler/superlinear.js";
import { graphTasks, kernelTasks, type Task } from "../bench/compiler/tasks.js";
import { createContext } from "../src/context.js";
import { makeFolder, writeFileAtomic } from "../src/support/fs.js";
import { median } from "../src/support/statistics.js";
import { flag, runScript } from "./command-line.mjs";

const project = fileURLToPath(new URL("..", import.meta.url));

interface Timed {
  readonly ms: number;
  readonly rme: number;
}

function time(task: Task, seconds: number): Timed {
  const bench = new Benchmark(task.name, () => task.run(), { maxTime: seconds, minSamples: 5, initCount: 1 });
  bench.run();
  if (bench.error) throw bench.error;
  return { ms: 1000 * median(bench.stats.sample), rme: bench.stats.rme };
}

/** Every task of a stage at every size, the tasks of one size in turn. */
function timeAll(sizes: readonly number[], seconds: number, tasksOf: (nodes: number) => Iterable<Task>): readonly TaskTime[] {
  const columns = sizes.map((n) => {
    const column: (Timed & { readonly name: string })[] = [];
    for (const task of tasksOf(n)) column.push({ name: task.name, ...time(task, seconds) });
    return column;
  });
  return columns[0].map(({ name }, i) => {
    const cells = columns.map((c) => c[i]);
    const row = { name, ms: cells.map((c) => c.ms), rme: cells[cells.length - 1].rme };
    console.log(`${row.name.padEnd(30)} ${row.ms.map((v) => v.toFixed(2).padStart(10)).join("")} ms`);
    return row;
  });
}

const command = {
  run: "npm run bench:compiler --",
  about: `Times every stage of the compiler on modules of up to 10,000 nodes, and whole compilations against nodes and bytes of weights.
Writes bench/results/compiler.json, bench/results/compiler.md (the last part of docs/makers/performance.md) and docs/makers/compile-growth.svg.`,
  options: {
    quick: flag("small modules, to see that all of it works; writes nothing"),
    dry: flag("prints only, writes nothing"),
  },
};

await runScript(command, (o) => {
  const sizes = o.quick ? [500, 2000] : [2500, 5000, 10_000];
  const kernelSizes = o.quick ? [250, 1000] : [500, 1000, 2000];
  const seconds = o.quick ? 0.05 : 0.3;
  const ctx = createContext();
  console.log(`graph stages, chains of ${sizes.join(", ")} nodes`);
  const graph = timeAll(sizes, seconds, (n) => graphTasks(benchModule("chain", n, ctx), ctx));
  console.log(`kernel stages, chains of ${kernelSizes.join(", ")} nodes`);
  const kernels = timeAll(kernelSizes, seconds, (n) => kernelTasks(benchModule("chain", n, ctx), ctx));
  console.log("whole compilations");
  const growth = measureGrowth(o.quick, (c) =>
    console.log(
      `${c.nodes} nodes, ${(c.weightBytes / 2 ** 20).toFixed(1)} MiB of weights: ${c.seconds.toFixed(2)} s, ${c.peakMiB.toFixed(0)} MiB`,
    ),
  );
  console.log("stages at two sizes, eight times apart");
  const faster = o.quick ? [] : [...pairs(createContext())].flatMap(superlinear);
  for (const text of faster) console.error(`faster than linear: ${text}`);
  const cpu = cpus()[0]?.model.trim() ?? "unknown";
  const results: CompilerResults = { cpu, sizes, graph, kernelSizes, kernels, growth, superlinear: faster };
  if (o.dry || o.quick) {
    console.log(compilerSection(results));
    return faster.length > 0 ? 1 : 0;
  }
  const folder = path.join(project, "bench/results");
  makeFolder(folder);
  writeFileAtomic(path.join(folder, "compiler.json"), `${JSON.stringify(results)}\n`);
  writeFileAtomic(path.join(folder, "compiler.md"), compilerSection(results));
  writeFileAtomic(path.join(project, "docs/makers/compile-growth.svg"), svg(charts(growth)));
  console.log("written: bench/results/compiler.{json,md}, docs/makers/compile-growth.svg");
  return faster.length > 0 ? 1 : 0;
});
