import { type Func, type Module, type Node, typesOf, type ValueId } from "../../ir/graph/module.js";
import { type TensorType, typeText } from "../../ir/type/tensor-type.js";

/**
 * Gives every state a write of its own, behind all nodes:  state' = y  -->  state' = call @store_state(y)
 * So all of the network reads the values that the run began with. Memory planning drops the calls whose operand can be made in place.
 */
export function commitStates(m: Module): Module {
  if (m.states.length === 0) return m;
  const entry = m.funcs[0];
  const types = typesOf(m, entry);
  const taken = new Set(m.funcs.map((f) => f.name));
  const stores = new Map<string, Func>();
  const storeOf = (type: TensorType): Func => {
    const known = stores.get(typeText(type));
    if (known) return known;
    const made = storeFunc(freshName(taken), type, m.name);
    stores.set(typeText(type), made);
    taken.add(made.name);
    return made;
  };
  let { nextId } = entry;
  const results = [...entry.results];
  const commits = m.states.map(({ param, result }): Node => {
    const { type } = entry.params[param];
    const out: ValueId = `%state_${nextId++}`;
    const [y] = results.splice(result, 1, out);
    return {
      op: "call",
      inputs: [y],
      attrs: { callee: storeOf(types.get(y) ?? type).name },
      outputs: [{ id: out, type }],
      loc: { file: m.name, node: entry.paramNames[param], pass: "fuse" },
    };
  });
  const [, ...others] = m.funcs;
  return { ...m, funcs: [{ ...entry, body: [...entry.body, ...commits], results, nextId }, ...others, ...stores.values()] };
}

function freshName(taken: ReadonlySet<string>): string {
  for (let i = 0; ; i++) {
    const name = i === 0 ? "store_state" : `store_state_${i}`;
    if (!taken.has(name)) return name;
  }
}

function storeFunc(name: string, type: TensorType, file: string): Func {
  const body: Node[] = [
    { op: "copy", inputs: ["%x"], attrs: {}, outputs: [{ id: "%y", type }], loc: { file, node: name, pass: "fuse" } },
  ];
  return { name, params: [{ id: "%x", type }], body, results: ["%y"], paramNames: ["x"], resultNames: ["y"], nextId: 0 };
}
