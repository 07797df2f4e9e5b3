/** Reductions along contiguous memory: several vectors of partial results, where a scalar sum would wait for itself. */

import { affineOf } from "../../ir/loop/affine.js";
import { stageNamed } from "../../ir/loop/named.js";
import { loadsOf, nestOf, usesVar } from "../../ir/loop/visit.js";
import { after, attempt, type Scheduled } from "../../ir/schedule/session.js";
import { lanesFor, type Machine } from "../../ir/target/machine.js";
import { isFloat } from "../../ir/type/dtype.js";
import type { Chooser } from "../../support/choose.js";

/** Vectors of partial results: an addition takes four cycles, two start in each. */
const MOST_VECTORS = 8;

/** Schedules a reduction whose innermost loop runs along memory; null where it is none. LLVM does those of integers by itself. */
export function schedulePartial(start: Scheduled, stage: string, m: Machine, choose: Chooser): Scheduled | null {
  const s = collapsed(start, stage);
  const found = stageNamed(s.kernel, stage);
  if (!found) return null;
  const { loops, body } = nestOf(found.body);
  const k = loops[loops.length - 1];
  if (body.k !== "reduce" || !k || body.value.t === "index" || !isFloat(body.value.t)) return null;
  const along = new Set([k.name]);
  if (body.index.some((i) => usesVar(i, along))) return null;
  const loads = loadsOf(body.value).filter((l) => l.index.some((i) => usesVar(i, along)));
  const contiguous = loads.every(
    (l) =>
      l.index.every((i, d) => d === l.index.length - 1 || !usesVar(i, along)) &&
      affineOf(l.index[l.index.length - 1]).terms.get(k.name)?.coef === 1 &&
      l.pred === null,
  );
  const lanes = lanesFor(m, body.value.t);
  if (loads.length === 0 || !contiguous || k.extent < 2 * lanes) return null;
  const options = [1, 2, 4, MOST_VECTORS].filter((v) => k.extent >= 2 * v * lanes);
  const vectors = choose(`${stage}.partial`, [0, ...options], options[options.length - 1]);
  if (vectors === 0) return null;
  let out = attempt(s, { step: "partial", stage, loop: k.name, factor: vectors * lanes });
  if (!out) return null;
  for (const part of ["z", "i", "p"]) {
    let loop = `${k.name}.${part}`;
    if (vectors > 1) {
      out = after(out, { step: "split", stage, loop, factor: lanes, tail: "cut" });
      out = after(out, { step: "unroll", stage, loop: `${loop}.o` });
      loop = `${loop}.i`;
    }
    out = after(out, { step: "vectorize", stage, loop });
  }
  return out;
}

/** The reduction loops of a stage as one, as far as they run over whole dimensions. */
function collapsed(s: Scheduled, stage: string): Scheduled {
  const found = stageNamed(s.kernel, stage);
  const { loops, body } = nestOf(found?.body ?? s.kernel.stages[0].body);
  if (body.k !== "reduce") return s;
  const inner = loops.filter((l) => !body.index.some((i) => usesVar(i, new Set([l.name])))).map((l) => l.name);
  for (let from = 0; from < inner.length - 1; from++) {
    const done = attempt(s, { step: "collapse", loops: inner.slice(from) });
    if (done) return done;
  }
  return s;
}
