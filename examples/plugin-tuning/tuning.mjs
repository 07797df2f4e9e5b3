/**
 * A plugin for the tuner: a sketch, a search strategy, and a name for a target.
 * @param {import("../../dist/plugin.js").PluginTools} qc
 * @returns {import("../../dist/plugin.js").Plugin}
 */
export default function tuningPlugin({ schedule, search }) {
  const { attempt, nestOf, lanesFor } = schedule;
  const { drawUnseen, drawing, mutating, ranked } = search;

  /**
   * for i in [0, n): y[i] = f(x[i])   -->   for i.o: for v in [0, V) unrolled: a vector of y
   * Keeps V vectors in flight, where the built-in rules leave the loop to LLVM. A search decides where that pays.
   */
  const inFlight = {
    name: "in-flight",
    doc: "several vectors of an element-wise stage at a time",
    schedule(s, stage, machine, choose) {
      const { loops, body } = nestOf(s.kernel.stages.find((x) => x.name === stage).body);
      const loop = loops.at(-1);
      let last = body;
      while (last.k === "let") last = last.body;
      if (last.k !== "store" || last.value.t !== "f32" || loop?.kind !== "serial") return null;
      const lanes = lanesFor(machine, "f32");
      const vectors = [2, 4, 8].filter((v) => loop.extent % (v * lanes) === 0);
      if (vectors.length === 0) return null;
      const factor = lanes * choose(`${stage}.in-flight`, vectors, vectors[0]);
      const steps = [
        { step: "split", stage, loop: loop.name, factor, tail: "cut" },
        { step: "split", stage, loop: `${loop.name}.i`, factor: lanes, tail: "cut" },
        { step: "unroll", stage, loop: `${loop.name}.i.o` },
        { step: "vectorize", stage, loop: `${loop.name}.i.i` },
      ];
      return steps.reduce((done, step) => done && attempt(done, step), s);
    },
  };

  /** Changes about one choice of the fastest schedule so far; draws at random where all its neighbours are known. */
  const hillClimb = {
    name: "hill-climb",
    doc: "neighbours of the fastest so far",
    start: () => ({
      propose(task, count) {
        const [best] = ranked(task.measured, task.objectives);
        const { decisions, sites } = best?.candidate ?? task.space.standard;
        const taken = new Set();
        const near = () => task.space.derive(mutating(decisions, 1 / Math.max(1, sites.length), task.random));
        const found = drawUnseen(task, count, near, taken);
        const far = drawUnseen(task, count - found.length, () => task.space.derive(drawing(task.random)), taken);
        return [...found, ...far].map((candidate) => ({ candidate, source: "hill-climb" }));
      },
    }),
  };

  return {
    name: "tuning",
    apiVersion: 1,
    sketches: [inFlight],
    strategies: [hillClimb],
    targets: { "lab-board": "llvm -mtriple=aarch64-linux-gnu -mcpu=cortex-a72" },
  };
}
