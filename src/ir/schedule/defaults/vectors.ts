import type { Kernel } from "../../loop/stmt.js";
import { walkStmt } from "../../loop/visit.js";
import type { TileShape } from "./machine.js";
import { after, type Scheduled } from "./session.js";

/** Vectorised innermost channel loop, everything above it in the tile unrolled; the same for init and maps. */
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
    out = after(out, { step: "unroll", stage, loop: `${loop}.o` });
    loop = `${loop}.i`;
  }
  if (p) out = after(out, { step: "unroll", stage, loop: `${prefix}${p}.i` });
  return after(out, { step: "vectorize", stage, loop });
}

export function hasLoop(kernel: Kernel, stage: string, loop: string): boolean {
  let found = false;
  const body = kernel.stages.find((s) => s.name === stage)?.body;
  if (body)
    walkStmt(body, (s) => {
      if (s.k === "for" && s.name === loop) found = true;
    });
  return found;
}
