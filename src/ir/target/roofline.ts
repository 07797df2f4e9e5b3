/** What a core can do at best, and how long a kernel takes at least on it. */
export interface Bandwidth {
  /** Size of the memory that was read over and over. */
  readonly bytes: number;
  readonly gbytes: number;
}

/** Of one core. */
export interface MachinePeak {
  /** 10^9 fp32 operations a second, a multiply-add counted as two. */
  readonly gflops: number;
  /** The same for exact products of 8-bit integers; null where no instruction is known. */
  readonly int8Gops: number | null;
  readonly bandwidth: readonly Bandwidth[];
}

/** Bytes a nanosecond for a working set: that of the smallest measured size that holds it. */
export function bandwidthFor(peak: Pick<MachinePeak, "bandwidth">, bytes: number): number {
  const fits = peak.bandwidth.find((b) => b.bytes >= bytes) ?? peak.bandwidth[peak.bandwidth.length - 1];
  return fits.gbytes;
}

/** Milliseconds that a kernel takes at least on one core: the roofline of Williams et al. 2009. */
export function floorMs(peak: MachinePeak, flops: number, bytes: number, isInt8: boolean): number {
  const gops = (isInt8 ? peak.int8Gops : null) ?? peak.gflops;
  return Math.max(flops / gops, bytes / bandwidthFor(peak, bytes)) / 1e6;
}
