import type { Ranges } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel, Stage, Stmt } from "../../loop/stmt.js";
import { accessesOf, exprsOf, loadsOf, mapExpr, mapStmt, nestOf, ofNest, walkStmt } from "../../loop/visit.js";
import { freshBuffer, illegal, type StepDef, stageNamed } from "../step.js";
import { blockBase, blocksOf, type Split, splitVars } from "../tail.js";
import { rangesIn } from "./loops.js";

/** Renames the loops of an attached stage, so that names stay unique. */
export function prefixLoops(s: Stmt, prefix: string, names: ReadonlySet<string>): Stmt {
  const rename = (n: string) => (names.has(n) ? `${prefix}.${n}` : n);
  return mapStmt(
    s,
    (e) => mapExpr(e, (x) => (x.k === "var" && names.has(x.name) ? { ...x, name: rename(x.name) } : x)),
    (x) => (x.k === "for" || x.k === "let" ? { ...x, name: rename(x.name) } : x),
  );
}

export function namesIn(s: Stmt): Set<string> {
  const names = new Set<string>();
  walkStmt(s, (x) => {
    if (x.k === "for" || x.k === "let") names.add(x.name);
  });
  return names;
}

/** Every access of the accumulator by one index tuple of plain loop variables: their names, or null. */
function accumulatorVars(stages: readonly Stage[], acc: string, rank: number): readonly string[] | null {
  let vars: readonly string[] | null = null;
  let plain = true;
  const note = (at: readonly Expr[]) => {
    const here = at.map((i) => (i.k === "var" ? i.name : i.k === "const" && Number(i.value) === 0 ? "0" : "?"));
    if (here.length !== rank || here.includes("?") || (vars && here.some((v, d) => v !== vars?.[d]))) plain = false;
    vars ??= here;
  };
  for (const s of stages) {
    walkStmt(s.body, (x) => {
      if ((x.k === "store" || x.k === "reduce") && x.buffer === acc) note(x.index);
      for (const e of exprsOf(x)) for (const l of loadsOf(e)) if (l.buffer === acc) note(l.index);
    });
  }
  return plain ? vars : null;
}

export function accumulatorOf(kernel: Kernel, stages: readonly Stage[], step: { readonly step: string }): Buffer {
  const [name, ...more] = accessesOf(stages[1].body).writes;
  const acc = kernel.buffers.find((b) => b.name === name);
  if (!acc || more.length > 0 || acc.role !== "scratch")
    return illegal(step, `stage '${stages[1].name}' must reduce into one scratch buffer`);
  const outside = kernel.stages
    .filter((s) => !stages.includes(s))
    .find((s) => {
      const { reads, writes } = accessesOf(s.body);
      return reads.has(acc.name) || writes.has(acc.name);
    });
  if (outside) illegal(step, `stage '${outside.name}' uses the accumulator '${acc.name}' too`);
  return acc;
}

/** The attached stages stand in one row, and what the maps write is read by none of them at another place. */
export function checkOrder(kernel: Kernel, stages: readonly Stage[], step: { readonly step: string }): void {
  const first = kernel.stages.indexOf(stages[0]);
  if (stages.some((s, i) => kernel.stages[first + i] !== s)) illegal(step, "the stages do not follow each other");
  const maps = stages.slice(2);
  for (const m of maps) {
    for (const w of accessesOf(m.body).writes) {
      const reader = stages.find((s) => accessesOf(s.body).reads.has(w));
      if (reader) illegal(step, `'${w}', which stage '${m.name}' writes, is read by stage '${reader.name}'`);
    }
  }
}

export const tile: StepDef<"tile"> = {
  name: "tile",
  doc:
    "for i..: acc[i] = init; for i.., r..: acc[i] += e; for i..: y[i] = f(acc[i])  -->  for i.o..: local acc[tile]: { for i.i..: acc = init; " +
    "for r.., i.i..: acc += e; for i.i..: y = f(acc) }. Loops over tiles in the given order; inside, reduction loops stand outermost. " +
    "Tails as in split; a tile that overlaps its neighbour computes and stores the same values again. Legal where the accumulator is a " +
    "scratch buffer of these stages alone, indexed by the outer loops as they are, and no map reads what a map writes.",
  apply(kernel, step) {
    if (step.stages.length < 2) illegal(step, "at least [init, reduction] is needed");
    const stages = step.stages.map((n) => stageNamed(kernel, n, step));
    const acc = accumulatorOf(kernel, stages, step);
    checkOrder(kernel, stages, step);
    const vars = accumulatorVars(stages, acc.name, acc.shape.length);
    if (!vars) return illegal(step, "the accumulator must be indexed by plain loop variables, alike everywhere");
    const nests = stages.map((s) => nestOf(s.body));
    const outer = vars.filter((v) => v !== "0");
    const extents = new Map<string, number>();
    for (const { loops } of nests) {
      for (const v of outer) {
        const l = loops.find((x) => x.name === v) ?? illegal(step, `loop '${v}' is not part of every stage`);
        if ((extents.get(v) ?? l.extent) !== l.extent) illegal(step, `loop '${v}' differs between the stages`);
        extents.set(v, l.extent);
      }
    }
    if (nests.some(({ loops }) => loops.some((l) => l.kind === "parallel"))) illegal(step, "a stage is parallel already");
    if (nests.some(({ loops }, i) => i !== 1 && loops.length !== outer.length))
      illegal(step, "init and maps must be elementwise nests");
    const extentOf = (v: string): number => extents.get(v) ?? illegal(step, `'${v}' is no loop of the accumulator`);
    const tiles = step.tiles.map((t) => ({ ...t, extent: extentOf(t.loop) }));
    for (const t of tiles) {
      if (t.tail === "overlap" && t.factor > t.extent) illegal(step, `${t.factor} is more than ${t.extent}`);
      if (t.tail === "cut" && t.extent % t.factor !== 0) illegal(step, `${t.factor} does not divide ${t.extent}`);
    }
    const tiled = (v: string) => tiles.find((t) => t.loop === v);
    const heads = outer.map((v) => (tiled(v) ? `${v}.o` : v));
    if (step.order.length !== heads.length || heads.some((h) => !step.order.includes(h)))
      illegal(step, `the order must list ${heads.join(", ")}`);

    const splits: Split[] = tiles.map((t) => ({
      name: t.loop,
      extent: t.extent,
      value: make.add(blockBase(make.variable(`${t.loop}.o`), t.extent, t.factor, t.tail), make.variable(`${t.loop}.i`)),
      runsOver: t.tail === "guard" && t.extent % t.factor !== 0,
    }));
    const local: Buffer = {
      name: freshBuffer(kernel, "tile"),
      dtype: acc.dtype,
      shape: vars.flatMap((v) => tiled(v)?.factor ?? []),
      role: "local",
    };
    const localIndex = vars.flatMap((v) => (tiled(v) ? [make.variable(`${v}.i`)] : []));
    const onTile = (s: Stmt): Stmt =>
      mapStmt(
        s,
        (e) => mapExpr(e, (x) => (x.k === "load" && x.buffer === acc.name ? make.load(local.name, acc.dtype, localIndex) : x)),
        (x) =>
          (x.k === "store" || x.k === "reduce") && x.buffer === acc.name ? { ...x, buffer: local.name, index: localIndex } : x,
      );
    const buffers = new Map([...kernel.buffers, local].map((b) => [b.name, b]));
    const blockLoops = step.order.map((h) => {
      const t = tiles.find((x) => `${x.loop}.o` === h);
      return { k: "for", name: h, kind: "serial", extent: t ? blocksOf(t.extent, t.factor) : extentOf(h) } as const;
    });
    const innerLoops = tiles.map((t) => ({ k: "for", name: `${t.loop}.i`, kind: "serial", extent: t.factor }) as const);
    const parts = nests.map(({ loops, body }, i) => {
      const env: Ranges = new Map([
        ...rangesIn(stages[i].body),
        ...[...blockLoops, ...innerLoops].map((l): [string, [number, number]] => [l.name, [0, l.extent - 1]]),
      ]);
      const split = splitVars(onTile(body), splits, env, (n) => buffers.get(n), new Set([local.name]));
      if (!split) return illegal(step, "a reduction would run over the end");
      const inner = ofNest({ loops: [...loops.filter((l) => !outer.includes(l.name)), ...innerLoops], body: split });
      return i === 1 ? inner : prefixLoops(inner, i === 0 ? "init" : `out${i > 2 ? i - 1 : ""}`, namesIn(inner));
    });
    const body = ofNest({ loops: blockLoops, body: { k: "alloc", buffer: local, body: make.seq(...parts) } });
    const merged: Stage = { name: stages[1].name, body };
    return {
      ...kernel,
      buffers: kernel.buffers.filter((b) => b.name !== acc.name),
      stages: kernel.stages.flatMap((s) => (s === stages[1] ? [merged] : stages.includes(s) ? [] : [s])),
    };
  },
};
