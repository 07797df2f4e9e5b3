import type { Chooser } from "./choose.js";

/** Bytes between a weight's use and the request for it: about a microsecond of multiply-adds, more than memory takes to answer. */
const DISTANCE = 16 * 1024;
/** Weights of a network that are smaller than this come in soon enough by themselves. */
const SMALLEST = 4 * DISTANCE;

/** How far ahead of their use packed weights of `bytes` bytes are asked for; 0: not at all. */
export const prefetchDistance = (stage: string, bytes: number, choose: Chooser): number =>
  choose(`${stage}.prefetch`, [0, DISTANCE / 4, DISTANCE, 4 * DISTANCE], bytes >= SMALLEST ? DISTANCE : 0);
