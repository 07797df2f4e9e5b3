/**
 * Weights files (`.qcw`): constant bytes by content, beside the text that names them. Little-endian.
 *   0   "QCW\0", u32 version 1, u32 number of blobs n, u32 zero, u64 file size, u64 zero, SHA-256 of the index       64 bytes
 *   64  index: n times { SHA-256 of the blob (its first half is the id), u64 offset, u64 size }, sorted by SHA-256    48 bytes each
 *   ..  blobs at multiples of 64, zeros between them
 * Equal blobs give equal files. Errors: QC-QCW-001 no such format, 002 a newer version, 003 truncated or a damaged index, 004 damaged bytes.
 */
import { createHash } from "node:crypto";
import { fail } from "../../support/diag.js";
import { readBytes, writeFileAtomic } from "../../support/fs.js";
import type { BlobId, BlobStore } from "../blob/blob-store.js";

const MAGIC = "QCW\0";
const HEADER = 64;
const ENTRY = 48;
const ALIGN = 64;

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const aligned = (n: number): number => Math.ceil(n / ALIGN) * ALIGN;

/** The file's bytes for these blobs of the store. */
export function weightsBytes(ids: readonly BlobId[], blobs: BlobStore): Uint8Array {
  const entries = [...new Set(ids)].map((id) => ({ bytes: blobs.get(id), hash: sha256(blobs.get(id)) }));
  entries.sort((a, b) => Buffer.compare(a.hash, b.hash));
  let end = HEADER + entries.length * ENTRY;
  const offsets = entries.map(({ bytes }) => {
    const offset = aligned(end);
    end = offset + bytes.byteLength;
    return offset;
  });
  const out = Buffer.alloc(end);
  entries.forEach(({ bytes, hash }, i) => {
    const at = HEADER + i * ENTRY;
    hash.copy(out, at);
    out.writeBigUInt64LE(BigInt(offsets[i]), at + 32);
    out.writeBigUInt64LE(BigInt(bytes.byteLength), at + 40);
    out.set(bytes, offsets[i]);
  });
  out.write(MAGIC, 0, "latin1");
  out.writeUInt32LE(1, 4);
  out.writeUInt32LE(entries.length, 8);
  out.writeBigUInt64LE(BigInt(end), 16);
  sha256(out.subarray(HEADER, HEADER + entries.length * ENTRY)).copy(out, 32);
  return out;
}

export function writeWeights(file: string, ids: readonly BlobId[], blobs: BlobStore): void {
  writeFileAtomic(file, weightsBytes(ids, blobs));
}

/** Puts every blob of a weights file into the store; their bytes are checked. Returns their ids. */
export function readWeights(file: string, blobs: BlobStore): readonly BlobId[] {
  return loadWeights(readBytes(file), file, blobs);
}

/** The same from bytes; `file` names them in errors. The blobs are views of `bytes`. */
export function loadWeights(bytes: Uint8Array, file: string, blobs: BlobStore): readonly BlobId[] {
  const b = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (why: string): never =>
    fail("QC-QCW-003", `the weights file '${file}' is damaged: ${why}`, { help: "write it again with qc dump -o" });
  if (b.byteLength < 4 || b.toString("latin1", 0, 4) !== MAGIC)
    fail("QC-QCW-001", `'${file}' is no weights file of qc`, { help: "a .qcw file stands beside the .qc text it belongs to" });
  if (b.byteLength < HEADER) damaged(`it ends after ${b.byteLength} bytes`);
  const version = b.readUInt32LE(4);
  if (version !== 1)
    fail("QC-QCW-002", `the weights file '${file}' has version ${version}, this qc reads 1`, {
      help: "use the qc that wrote it, or a newer one",
    });
  const count = b.readUInt32LE(8);
  const size = Number(b.readBigUInt64LE(16));
  if (size !== b.byteLength) damaged(`it should have ${size} bytes and has ${b.byteLength}`);
  if (HEADER + count * ENTRY > size) damaged(`its index of ${count} blobs does not fit`);
  if (!sha256(b.subarray(HEADER, HEADER + count * ENTRY)).equals(b.subarray(32, 64)))
    damaged("the checksum of its index is wrong");
  const ids: BlobId[] = [];
  for (let at = HEADER; at < HEADER + count * ENTRY; at += ENTRY) {
    const offset = Number(b.readBigUInt64LE(at + 32));
    const length = Number(b.readBigUInt64LE(at + 40));
    if (offset % ALIGN !== 0 || offset + length > size) damaged(`a blob of ${length} bytes at ${offset} lies outside`);
    const blob = bytes.subarray(offset, offset + length);
    const id = b.toString("hex", at, at + 16);
    if (!sha256(blob).equals(b.subarray(at, at + 32)))
      fail("QC-QCW-004", `the weights file '${file}' is damaged: the bytes of blob ${id} are not what they were`, {
        help: "write it again with qc dump -o",
      });
    ids.push(blobs.put(blob));
  }
  return ids;
}
