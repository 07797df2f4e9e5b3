/** States in the head of the entry: which parameters they are, what they begin with, and which results are their next values. */
import type { Token } from "antlr4ts";
import { didYouMean } from "../../support/suggest.js";
import type { Module, State, Value, ValueId } from "../graph/module.js";
import { type TensorType, typeText } from "../type/tensor-type.js";
import type { FuncContext } from "./generated/qcParser.js";
import { readValueId, type TypeReader } from "./read-type.js";
import { failAt, type Source } from "./syntax.js";

interface TextOf {
  readonly source: Source;
  readonly types: TypeReader;
  readonly consts: Module["consts"];
}

export function refuseStates(f: FuncContext, source: Source): void {
  const at =
    f.param().find((p) => p.STATE()) ??
    f
      .ports()
      .result()
      .find((r) => r.STATE());
  if (at) failAt(source, "QC-TEXT-016", at, "a state of a function that is not the entry", "only the first function has states");
}

/** `%h: type state` and `type state %h` in the head of the entry: a parameter and the result that is its next value. */
export function statesFrom(f: FuncContext, params: readonly Value[], { source, types, consts }: TextOf): readonly State[] {
  const fed = new Map<ValueId, number>();
  f.ports()
    .result()
    .forEach((r, at) => {
      const token = r.VALUE()?.symbol;
      if (!token) return;
      const id = readValueId(source, token);
      const param = params.findIndex((p) => p.id === id);
      if (param < 0 || !f.param()[param].STATE())
        failAt(source, "QC-TEXT-016", token, `'${id}' is no parameter that is marked \`state\``, `write ${id}: type state`);
      if (fed.has(id)) failAt(source, "QC-TEXT-016", token, `the state '${id}' has two next values`, "keep one of them");
      const type = types.type(r.port().type());
      if (type !== params[param].type)
        failAt(source, "QC-TEXT-005", r, `the state ${id} is ${typeText(params[param].type)}, its next value ${typeText(type)}`);
      fed.set(id, at);
    });
  return f.param().flatMap((p, param): State[] => {
    if (!p.STATE()) return [];
    const { id, type } = params[param];
    const result = fed.get(id);
    if (result === undefined)
      return failAt(
        source,
        "QC-TEXT-016",
        p,
        `the state '${id}' has no next value`,
        `write \`state ${id}\` behind a result's type`,
      );
    const [, token] = p.VALUE();
    return [{ param, result, initial: token ? initialFrom(token.symbol, type, source, consts) : null }];
  });
}

function initialFrom(token: Token, type: TensorType, source: Source, consts: Module["consts"]): ValueId {
  const id = readValueId(source, token);
  const found =
    consts[id]?.type ?? failAt(source, "QC-TEXT-002", token, `'${id}' is no constant`, didYouMean(id, Object.keys(consts)));
  if (found !== type) failAt(source, "QC-TEXT-005", token, `${id} is ${typeText(found)}, the state ${typeText(type)}`);
  return id;
}
