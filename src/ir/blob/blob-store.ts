import { createHash } from "node:crypto";

/** Content address of constant bytes: the first 32 hex digits of their SHA-256. */
export type BlobId = string;

/** Constant bytes by content. Blobs are never changed after they are put. Little-endian, row-major, tightly packed. */
export interface BlobStore {
  put(bytes: Uint8Array): BlobId;
  /** Throws when the blob is unknown. */
  get(id: BlobId): Uint8Array;
  /** Bytes of a blob, without reading it. Throws when the blob is unknown. */
  size(id: BlobId): number;
  has(id: BlobId): boolean;
  ids(): Iterable<BlobId>;
}

export const blobId = (bytes: Uint8Array): BlobId => createHash("sha256").update(bytes).digest("hex").slice(0, 32);

export const unknownBlob = (id: BlobId): never => {
  throw new Error(`internal error: unknown blob ${id}`);
};

export function createBlobStore(): BlobStore {
  const blobs = new Map<BlobId, Uint8Array>();
  const get = (id: BlobId): Uint8Array => blobs.get(id) ?? unknownBlob(id);
  return {
    put(bytes) {
      const id = blobId(bytes);
      if (!blobs.has(id)) blobs.set(id, bytes);
      return id;
    },
    get,
    size: (id) => get(id).byteLength,
    has: (id) => blobs.has(id),
    ids: () => blobs.keys(),
  };
}
