import { type Range, type Ranges, rangeOf } from "../../loop/affine.js";
import * as make from "../../loop/make.js";
import { simplifyStmt } from "../../loop/simplify.js";
import type { Stmt } from "../../loop/stmt.js";
import { exprsOf, substituteIn, walkExpr, walkStmt } from "../../loop/visit.js";
import { editStage, type For, illegal, loopNamed, replaceStmt, type StepDef } from "../step.js";

/** More values of a loop than these on both sides of the interior are left to the general form. */
const MOST_CASES = 2;

/** Predicates and selects over index values: what tells the border of a tensor from its interior. */
function questions(s: Stmt): number {
  let n = 0;
  walkStmt(s, (x) => {
    for (const e of exprsOf(x)) {
      walkExpr(e, (y) => {
        if ((y.k === "load" && y.pred) || (y.k === "select" && y.cond.k === "bin" && isIndexTest(y.cond))) n++;
      });
    }
  });
  return n;
}

function isIndexTest(e: Extract<Stmt, { k: "if" }>["cond"]): boolean {
  if (e.k !== "bin") return false;
  return e.op === "and" || e.op === "or" ? isIndexTest(e.a) && isIndexTest(e.b) : e.a.t === "index";
}

/** The largest run of values of each loop around its middle where, together, as few questions are left as there; null where all are. */
function interiorOf(body: Stmt, loops: readonly For[], outer: Ranges): ReadonlyMap<string, Range> | null {
  const inside = new Map<string, Range>(
    loops.map((l) => [l.name, [Math.floor((l.extent - 1) / 2), Math.floor((l.extent - 1) / 2)]]),
  );
  const left = (ranges: ReadonlyMap<string, Range>) => questions(simplifyStmt(body, new Map([...outer, ...ranges])));
  const least = left(inside);
  if (least === left(new Map())) return null;
  const clean = (ranges: ReadonlyMap<string, Range>) => left(ranges) === least;
  for (const l of loops) {
    const reach = (side: 0 | 1, limit: number): number => {
      const [lo, hi] = inside.get(l.name)!;
      let [good, bad] = [side === 0 ? lo : hi, side === 0 ? limit - 1 : limit + 1];
      while (Math.abs(good - bad) > 1) {
        const mid = good + Math.trunc((bad - good) / 2);
        const tried: Range = side === 0 ? [mid, hi] : [lo, mid];
        if (clean(new Map(inside).set(l.name, tried))) good = mid;
        else bad = mid;
      }
      return good;
    };
    inside.set(l.name, [reach(0, 0), inside.get(l.name)![1]]);
    inside.set(l.name, [inside.get(l.name)![0], reach(1, l.extent - 1)]);
  }
  return inside;
}

/**
 * The body for one loop after the other: in the interior without the loop's questions; at its border with the loop's value in place where there are
 * few such values and no other loop asks, so that the questions have answers there too; else as it was.
 */
function split(body: Stmt, loops: readonly For[], inside: ReadonlyMap<string, Range>, env: Ranges): Stmt {
  const [l, ...rest] = loops;
  if (!l) return simplifyStmt(body, env);
  const [lo, hi] = inside.get(l.name)!;
  const within = split(body, rest, inside, new Map(env).set(l.name, [lo, hi]));
  if (lo === 0 && hi === l.extent - 1) return within;
  const i = make.variable(l.name);
  const edges = [...Array.from({ length: lo }, (_, v) => v), ...Array.from({ length: l.extent - 1 - hi }, (_, n) => hi + 1 + n)];
  if (rest.length === 0 && edges.length <= MOST_CASES) {
    return edges.reduceRight<Stmt>(
      (other, v) =>
        make.ifThen(
          make.bin("eq", i, make.index(v)),
          simplifyStmt(substituteIn(body, new Map([[l.name, make.index(v)]])), env),
          other,
        ),
      within,
    );
  }
  const bounds = [
    ...(lo > 0 ? [make.bin("ge", i, make.index(lo))] : []),
    ...(hi < l.extent - 1 ? [make.bin("le", i, make.index(hi))] : []),
  ];
  return make.ifThen(bounds.reduce(make.and), within, simplifyStmt(body, env));
}

export const border: StepDef<"border"> = {
  name: "border",
  doc:
    "for i in [0, n) for j..: s(i, j)  -->  for i for j: if (lo <= i <= hi) { if (j == 0) s(i, 0) else .. s'(i, j) } else s(i, j): where the loops are " +
    "inside the interior, s' asks no more whether elements exist; the first and last values of the last loop stand as constants. The tensor is " +
    "read in place, with no copy for a halo. Legal for loops each of which stands in the one before it, where there is an interior.",
  apply(kernel, step) {
    return editStage(kernel, step.stage, step, (s) => {
      const loops = step.loops.map((n) => loopNamed(s, n, step));
      const last = loops[loops.length - 1] ?? illegal(step, "it names no loop");
      const outer = new Map<string, Range>();
      let reached = 0;
      let at: Stmt = s;
      for (;;) {
        if (at.k === "let") {
          if (at.value.t === "index") outer.set(at.name, rangeOf(at.value, outer));
        } else if (at.k === "for") {
          outer.set(at.name, [0, at.extent - 1]);
          if (at === loops[reached]) reached++;
          if (at === last) break;
        } else return illegal(step, `loop '${last.name}' is not reached through loops alone`);
        at = at.body;
      }
      if (reached !== loops.length) illegal(step, "the loops do not stand in each other in this order");
      if (loops.some((l) => l.kind === "unroll")) illegal(step, "an unrolled loop has its values in place already");
      const inside =
        interiorOf(last.body, loops, outer) ?? illegal(step, "nothing asks whether an element exists, or everywhere");
      return replaceStmt(s, last, { ...last, body: split(last.body, loops, inside, outer) });
    });
  },
};
