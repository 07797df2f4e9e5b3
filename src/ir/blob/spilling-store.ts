/** A blob store whose memory is bounded: blobs that have not been asked for lately lie in a nameless temporary file. */
import { closeSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failIo } from "../../support/fs.js";
import { type BlobId, type BlobStore, blobId, unknownBlob } from "./blob-store.js";

export interface SpillingStore extends BlobStore {
  /** Gives the temporary file back; the store cannot be used any more. */
  close(): void;
}

/** Blobs of fewer bytes stay in memory. */
const SMALL = 4096;

/**
 * Keeps the `memoryBytes` of large blobs that were used last; the others are written to the disk once, and read again when they are
 * asked for. Nothing is written where all blobs fit. The file has no name: it is gone with the process, however that ends.
 * Errors: QC-IO-* where the disk is full.
 */
export function createSpillingStore(memoryBytes: number, folder: string = tmpdir()): SpillingStore {
  const sizes = new Map<BlobId, number>();
  /** In the order of their last use. */
  const inMemory = new Map<BlobId, Uint8Array>();
  const small = new Map<BlobId, Uint8Array>();
  const offsets = new Map<BlobId, number>();
  let held = 0;
  const spill = createSpillFile(folder);

  const hold = (id: BlobId, bytes: Uint8Array): void => {
    inMemory.set(id, bytes);
    held += bytes.byteLength;
    for (const [oldest, old] of inMemory) {
      if (held <= memoryBytes || oldest === id) break;
      if (!offsets.has(oldest)) offsets.set(oldest, spill.append(old));
      inMemory.delete(oldest);
      held -= old.byteLength;
    }
  };
  return {
    put(bytes) {
      const id = blobId(bytes);
      if (sizes.has(id)) return id;
      sizes.set(id, bytes.byteLength);
      if (bytes.byteLength < SMALL) small.set(id, bytes);
      else hold(id, bytes);
      return id;
    },
    get(id) {
      const near = small.get(id);
      if (near) return near;
      const recent = inMemory.get(id);
      if (recent) {
        inMemory.delete(id);
        inMemory.set(id, recent);
        return recent;
      }
      const bytes = spill.read(offsets.get(id) ?? unknownBlob(id), sizes.get(id) ?? 0);
      hold(id, bytes);
      return bytes;
    },
    size: (id) => sizes.get(id) ?? unknownBlob(id),
    has: (id) => sizes.has(id),
    ids: () => sizes.keys(),
    close: spill.close,
  };
}

interface SpillFile {
  /** Writes bytes at the end and returns where they begin. */
  append(bytes: Uint8Array): number;
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

const MOST = 1 << 30;

/** A file that is opened with the first append and has no name from then on. */
function createSpillFile(folder: string): SpillFile {
  const path = join(folder, `qc-blobs-${process.pid}-${process.hrtime.bigint().toString(36)}`);
  let fd: number | null = null;
  let end = 0;
  const open = (): number => {
    if (fd !== null) return fd;
    fd = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    return fd;
  };
  return {
    append(bytes) {
      try {
        const file = open();
        for (let done = 0; done < bytes.byteLength; )
          done += writeSync(file, bytes, done, Math.min(bytes.byteLength - done, MOST), end + done);
      } catch (error) {
        failIo(error, "write", path);
      }
      const offset = end;
      end += bytes.byteLength;
      return offset;
    },
    read(offset, length) {
      const bytes = new Uint8Array(length);
      try {
        for (let done = 0; done < length; ) {
          const got = readSync(fd ?? -1, bytes, done, Math.min(length - done, MOST), offset + done);
          if (got === 0) throw new Error(`internal error: ${path} ended early`);
          done += got;
        }
      } catch (error) {
        failIo(error, "read", path);
      }
      return bytes;
    },
    close() {
      if (fd !== null) closeSync(fd);
      fd = null;
    },
  };
}
