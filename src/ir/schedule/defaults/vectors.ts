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
