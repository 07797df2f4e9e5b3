import type { Chooser } from "../../support/choose.js";

/** Bytes between a weight's use and the request for it: about a microsecond of multiply-adds, more than memory takes to answer. */
const DISTANCES = [4096, 16_384, 32_768, 65_536] as const;
/** Weights that are smaller than this come in soon enough by themselves. */
const SMALLEST = 65_536;

/** How far ahead of their use packed weights of `bytes` bytes are asked for, `far` by default where they are large; 0: not at all. */
export const prefetchDistance = (stage: string, bytes: number, far: (typeof DISTANCES)[number], choose: Chooser): number =>
  choose<number>(`${stage}.prefetch`, [0, ...DISTANCES], bytes >= SMALLEST ? far : 0);
