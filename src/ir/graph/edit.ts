/** Changes of a module: the one place that drafts. One produce per function and pass; nodes are replaced whole. */
import { produce } from "immer";
import type { Constant, Func, Module, ValueId } from "./module.js";

/** The module with one function replaced (by name, or appended) and its constant table extended to `consts`. */
export function replaceFunc(m: Module, func: Func, consts: Readonly<Record<ValueId, Constant>> = m.consts): Module {
  const at = m.funcs.findIndex((f) => f.name === func.name);
  return produce(m, (draft) => {
    const funcs = draft.funcs as unknown as Func[];
    if (at < 0) funcs.push(func);
    else funcs[at] = func;
    if (consts !== m.consts) (draft as { consts: Module["consts"] }).consts = consts;
  });
}

/** The module without constants that no function uses; itself when there are none. */
export function pruneConsts(m: Module): Module {
  const used = new Set<ValueId>();
  for (const f of m.funcs) {
    for (const n of f.body) for (const i of n.inputs) used.add(i);
    for (const r of f.results) used.add(r);
  }
  for (const s of m.states) if (s.initial !== null) used.add(s.initial);
  const kept = Object.entries(m.consts).filter(([id]) => used.has(id));
  if (kept.length === Object.keys(m.consts).length) return m;
  return { ...m, consts: Object.fromEntries(kept) };
}
