import { evolutionaryStrategy, modelStrategy } from "./evolutionary.js";
import { gridStrategy } from "./grid.js";
import type { StrategyName } from "./names.js";
import { randomStrategy } from "./random.js";
import type { Strategy } from "./strategy.js";

export function createStrategy(name: StrategyName): Strategy {
  switch (name) {
    case "model":
      return modelStrategy;
    case "evolutionary":
      return evolutionaryStrategy;
    case "random":
      return randomStrategy;
    case "grid":
      return gridStrategy();
    default:
      return name satisfies never;
  }
}
