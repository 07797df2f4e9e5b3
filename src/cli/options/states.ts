import type { StatePair } from "../../ir/graph/state.js";
import { badValue, type Option } from "./option.js";

/** `--state OUT=IN`, repeatable: an output of the model that its input takes in the next run. */
export function statePairs(group?: string): Option<readonly StatePair[]> {
  return {
    doc: "output that feeds an input in the next run: both vanish, the network keeps the value (docs/state.md); repeatable",
    aliases: [],
    value: "OUT=IN",
    group,
    required: false,
    absent: [],
    parse: (given, spelling) =>
      given.map((text) => {
        const at = text.indexOf("=");
        if (at < 1 || at === text.length - 1) badValue(spelling, text, "is not OUT=IN, an output and the input that it feeds");
        return { output: text.slice(0, at), input: text.slice(at + 1) };
      }),
  };
}
