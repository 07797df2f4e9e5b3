import { drawing } from "../space.js";
import { drawUnseen, type Strategy } from "../strategy.js";

export const randomStrategy: Strategy = {
  propose: (task, count) =>
    drawUnseen(task, count, () => task.space.derive(drawing(task.random)), new Set(), 64).map((candidate) => ({
      candidate,
      source: "random",
    })),
};
