import type { Kernel } from "../../loop/stmt.js";
import type { WinogradTile } from "./winograd-math.js";

/** What step `winograd` made of a float convolution. */
export interface FloatWinograd {
  /** Outputs of a tile along one axis. */
  readonly m: WinogradTile;
  /** Channels that are summed over. */
  readonly channels: number;
}

const TILES: Readonly<Record<number, WinogradTile>> = { 16: 2, 36: 4 };

/** Read off the transformed weights, f32[panels, (m + 2)^2, c, k]; null for a kernel that sums directly, or in integers. */
export function floatWinogradOf(kernel: Kernel): FloatWinograd | null {
  for (const { buffer } of kernel.prepare) {
    const weights = kernel.buffers.find((b) => b.name === buffer);
    if (!/^wu\d*$/.test(buffer) || weights?.dtype !== "f32" || weights.shape.length !== 4) continue;
    const m = TILES[weights.shape[1]];
    if (m) return { m, channels: weights.shape[2] };
  }
  return null;
}
