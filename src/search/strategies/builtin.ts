import type { StrategyMaker } from "../strategy.js";
import { evolutionaryStrategy, modelStrategy } from "./evolutionary.js";
import { gridStrategy } from "./grid.js";
import { randomStrategy } from "./random.js";

/** The strategies of qc, the default first. */
export const builtinStrategies: readonly StrategyMaker[] = [
  {
    name: "model",
    doc: "children of the fastest so far that the learned cost model ranks first, and some at random",
    start: () => modelStrategy,
  },
  { name: "evolutionary", doc: "children of the fastest so far", start: () => evolutionaryStrategy },
  { name: "random", doc: "every choice drawn evenly", start: () => randomStrategy },
  { name: "grid", doc: "all schedules in order", start: gridStrategy },
];
