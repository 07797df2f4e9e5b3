import type { BlobId, BlobStore } from "../../ir/blob/blob-store.js";

export interface WeightsTable {
  /** The byte offset of a blob in the weights section; equal blobs share one. */
  offsetOf(blob: BlobId): number;
  entries(): readonly { readonly blob: BlobId; readonly offset: number; readonly bytes: number }[];
  bytes(): number;
}

const ALIGN = 64;

/** Lays blobs out back to back, each at a multiple of 64 bytes. */
export function createWeightsTable(blobs: BlobStore): WeightsTable {
  const entries: { blob: BlobId; offset: number; bytes: number }[] = [];
  const offsets = new Map<BlobId, number>();
  let end = 0;
  return {
    offsetOf(blob) {
      const known = offsets.get(blob);
      if (known !== undefined) return known;
      const bytes = blobs.size(blob);
      const offset = end;
      end = Math.ceil((offset + bytes) / ALIGN) * ALIGN;
      offsets.set(blob, offset);
      entries.push({ blob, offset, bytes });
      return offset;
    },
    entries: () => entries,
    bytes: () => end,
  };
}
