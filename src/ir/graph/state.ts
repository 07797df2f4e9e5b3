/** Which parameters and results of a network are its caller's, and which are its own state. */
import { fail } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { typeText } from "../type/tensor-type.js";
import { type Module, type State, typesOf, type ValueId } from "./module.js";

/** A result of a model and the input that it feeds in the next run, by their names. */
export interface StatePair {
  readonly output: string;
  readonly input: string;
}

/** Positions of the entry's parameters that the caller feeds, and of the results that the caller gets, in their order. */
export function callerPorts(m: Module): { readonly params: readonly number[]; readonly results: readonly number[] } {
  const [entry] = m.funcs;
  const own = { params: new Set(m.states.map((s) => s.param)), results: new Set(m.states.map((s) => s.result)) };
  return {
    params: entry.params.flatMap((_, i) => (own.params.has(i) ? [] : [i])),
    results: entry.results.flatMap((_, i) => (own.results.has(i) ? [] : [i])),
  };
}

/**
 * The module with pairs of a result and a parameter as its own state. `initial` names the constants that states begin with, by input;
 * others begin as zeros. Errors: QC-STATE-001 a name that is not there, 002 a name twice, 003 types that differ, 004 no result is left.
 */
export function declareStates(m: Module, pairs: readonly StatePair[], initial: ReadonlyMap<string, ValueId> = new Map()): Module {
  if (pairs.length === 0) return m;
  const [entry] = m.funcs;
  const types = typesOf(m, entry);
  const ports = callerPorts(m);
  checkOnce(pairs);
  const declared = pairs.map((pair): State => {
    const param = positionOf(pair, "input", ports.params, entry.paramNames);
    const result = positionOf(pair, "output", ports.results, entry.resultNames);
    const [from, to] = [types.get(entry.results[result]), entry.params[param].type];
    if (from !== to) {
      fail(
        "QC-STATE-003",
        `${text(pair)}: '${pair.output}' is ${from ? typeText(from) : "unknown"}, '${pair.input}' is ${typeText(to)}`,
        {
          help: "a state has one type: pair an output with the input that takes it in the next step, or give sizes with --input_shapes",
        },
      );
    }
    return { param, result, initial: initial.get(pair.input) ?? null };
  });
  const states = [...m.states, ...declared];
  if (declared.length === ports.results.length) {
    fail("QC-STATE-004", `every output of the model is declared a state: ${pairs.map((p) => `'${p.output}'`).join(", ")}`, {
      help: "a network needs an output: leave out the --state of one that you want to read, and feed its input by hand",
    });
  }
  return { ...m, states: states.sort((a, b) => a.param - b.param) };
}

const text = ({ output, input }: StatePair): string => `--state ${output}=${input}`;

function checkOnce(pairs: readonly StatePair[]): void {
  for (const side of ["output", "input"] as const) {
    const names = pairs.map((p) => p[side]);
    const twice = pairs.find((p, i) => names.indexOf(p[side]) !== i);
    if (twice) {
      fail("QC-STATE-002", `--state names the ${side} '${twice[side]}' twice`, {
        help: "an output feeds one input, and an input is fed by one output",
      });
    }
  }
}

function positionOf(pair: StatePair, side: keyof StatePair, positions: readonly number[], all: readonly string[]): number {
  const names = positions.map((at) => all[at]);
  const found = names.indexOf(pair[side]);
  if (found >= 0) return positions[found];
  return fail("QC-STATE-001", `${text(pair)}: the model has no ${side} '${pair[side]}'`, {
    help: didYouMean(pair[side], names) ?? `its ${side}s are ${names.map((n) => `'${n}'`).join(", ")}`,
  });
}
