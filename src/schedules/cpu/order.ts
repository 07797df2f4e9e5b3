/** In which order the tiles of a reduction are computed: what stays in a cache while what goes by. */
import type { Chooser } from "../../support/choose.js";

/** Half of a common L2 cache: weights up to this size stay there while positions go by. */
const RESIDENT_BYTES = 512 * 1024;

/**
 * Float weights of a 1x1 convolution that stay in the first-level cache beside the pixels. Larger ones go by panel, each over all pixels, since
 * weights are most of what a tile loads (`test/schedules/cpu/choices-speed.ts --image 56x56x256 --filters 64 --window 1 --choose order=channels_inside`).
 */
const NEAREST_BYTES = 16 * 1024;

export interface OrderQuestion {
  /** Loops over the results: over channels, over tiled positions if any, all others. */
  readonly channel: string;
  readonly position: string | null;
  readonly rest: readonly string[];
  readonly weightBytes: number;
  /** The stage multiplies two operands. */
  readonly isContraction: boolean;
  /** Floats of a pixel times all channels, pixels a single loop. */
  readonly isPointwise: boolean;
  /** Each activation is used for one channel or a few: depthwise, pooling. */
  readonly isSparse: boolean;
  /** Depthwise, one vector of channels at a time. */
  readonly isByVector: boolean;
}

const ORDERS = ["channels outside", "channels between", "channels inside"] as const;

/** Loops over tiles, outermost first. */
export function tileOrder(name: string, q: OrderQuestion, choose: Chooser): readonly string[] {
  const channel = `${q.channel}.o`;
  const blocks = q.position === null ? [] : [`${q.position}.o`];
  const resident = q.weightBytes <= (q.isPointwise ? NEAREST_BYTES : RESIDENT_BYTES);
  const between = q.rest.length && !q.isSparse ? "channels between" : "channels inside";
  const standard = (!resident && q.isContraction) || (q.isByVector && q.rest.length) ? "channels outside" : between;
  const orders = {
    "channels outside": [channel, ...q.rest, ...blocks],
    "channels between": [...q.rest, channel, ...blocks],
    "channels inside": [...q.rest, ...blocks, channel],
  };
  return orders[choose(`${name}.order`, ORDERS, standard)];
}
