import { exprKey } from "./affine.js";
import type { Expr } from "./expr.js";
import type { Kernel, Stmt } from "./stmt.js";
import { accessesOf, exprsOf, loadsOf, walkExpr, walkStmt } from "./visit.js";

/**
 * Whether result `out` may lie in the memory of operand `input`, which is then lost: one stage alone touches both, the last that touches
 * `input`; it loads `input` only at the very elements that it stores to `out`, and computes no element twice (no overlapping tiles).
 * Both must hold elements of one size in one shape.
 */
export function mayShareMemory(kernel: Kernel, input: string, out: string): boolean {
  const [x, y] = [input, out].map((name) => kernel.buffers.find((b) => b.name === name));
  if (!x || !y || x.role !== "in" || y.role !== "out" || x.dtype !== y.dtype || x.shape.join() !== y.shape.join()) return false;
  const touching = kernel.stages.filter((s) => {
    const { reads, writes } = accessesOf(s.body);
    return reads.has(input) || reads.has(out) || writes.has(out);
  });
  if (touching.length !== 1) return false;
  const { body } = touching[0];
  const places = new Set<string>();
  let apart = false;
  const note = (at: readonly Expr[]) => {
    places.add(at.map(exprKey).join());
    for (const i of at) walkExpr(i, (e) => (apart ||= e.k === "bin" && (e.op === "min" || e.op === "max")));
  };
  walkStmt(body, (s) => {
    if (s.k === "reduce" && s.buffer === out) apart = true;
    if (s.k === "store" && s.buffer === out) note(s.index);
    for (const e of exprsOf(s)) for (const l of loadsOf(e)) if (l.buffer === input || l.buffer === out) note(l.index);
  });
  return !apart && places.size === 1 && onlyOnce(body, out);
}

/** Every loop around the store moves it: no element is stored twice. */
function onlyOnce(body: Stmt, out: string): boolean {
  let stores = 0;
  let once = true;
  // fused loops are taken apart again by lets: let a = f div m, b = f mod m
  const from = new Map<string, string>();
  const visit = (s: Stmt, loops: readonly string[]): void => {
    if (s.k === "let" && s.value.k === "bin" && s.value.t === "index" && s.value.a.k === "var") {
      from.set(s.name, from.get(s.value.a.name) ?? s.value.a.name);
    }
    if (s.k === "store" && s.buffer === out) {
      stores++;
      const used = new Set<string>();
      for (const i of s.index) walkExpr(i, (e) => void (e.k === "var" && used.add(from.get(e.name) ?? e.name)));
      if (!loops.every((l) => used.has(l))) once = false;
    }
    if (s.k === "for") visit(s.body, [...loops, s.name]);
    else if (s.k === "seq") for (const b of s.body) visit(b, loops);
    else if (s.k === "alloc" || s.k === "let") visit(s.body, loops);
    else if (s.k === "if") {
      visit(s.then, loops);
      if (s.else) visit(s.else, loops);
    }
  };
  visit(body, []);
  return stores === 1 && once;
}
