import { affineOf } from "../../ir/loop/affine.js";
import { stageNamed } from "../../ir/loop/named.js";
import type { Kernel } from "../../ir/loop/stmt.js";
import { walkStmt } from "../../ir/loop/visit.js";
import { after, attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { TileShape } from "./machine.js";

/** Whether results of a stage that depend on loop `p` are neighbours in memory along it: a transpose is fused with the stage. */
function writesAlong(kernel: Kernel, stage: string, p: string): boolean {
  let found = false;
  const body = stageNamed(kernel, stage)?.body;
  if (body)
    walkStmt(body, (s) => {
      if (s.k !== "store" || s.index.length < 2) return;
      const last = affineOf(s.index[s.index.length - 1]).terms.get(p);
      if (last?.coef === 1) found = true;
    });
  return found;
}

/**
 * Vectorised innermost channel loop, everything above it in the tile unrolled; the same for init and maps. Maps that write along positions
 * unroll these innermost: their vectors are transposed in registers.
 */
export function onVectors(
  s: Scheduled,
  stage: string,
  prefix: string,
  k: string,
  p: string | null,
  t: TileShape,
  lanes: number,
): Scheduled {
  let out = s;
  let loop = `${prefix}${k}.i`;
  if (t.vectors > 1) {
    out = after(out, { step: "split", stage, loop, factor: lanes, tail: "cut" });
    if (p && writesAlong(out.kernel, stage, `${prefix}${p}.i`))
      out = attempt(out, { step: "reorder", stage, loops: [`${loop}.o`, `${prefix}${p}.i`, `${loop}.i`] }) ?? out;
    out = after(out, { step: "unroll", stage, loop: `${loop}.o` });
    loop = `${loop}.i`;
  }
  if (p) out = after(out, { step: "unroll", stage, loop: `${prefix}${p}.i` });
  return after(out, { step: "vectorize", stage, loop });
}

export function hasLoop(kernel: Kernel, stage: string, loop: string): boolean {
  let found = false;
  const body = stageNamed(kernel, stage)?.body;
  if (body)
    walkStmt(body, (s) => {
      if (s.k === "for" && s.name === loop) found = true;
    });
  return found;
}
