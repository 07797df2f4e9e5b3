/**
 * Reads zip archives by their central directory: stored and deflated entries, each compared with the size and the CRC-32 that it states.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16; neither encrypted nor zip64.
 */
import { inflateRawSync } from "node:zlib";
import { crc32 } from "./crc32.js";

export interface ZipEntry {
  readonly name: string;
  /** Bytes when unpacked, as the directory says. */
  readonly size: number;
  /** The content. A ZipError where it is not what the directory says. */
  read(): Uint8Array;
}

/** What is wrong with an archive, in words. */
export class ZipError extends Error {}

const END = { signature: 0x06054b50, bytes: 22, count: 10, directorySize: 12, directory: 16 } as const;
const CENTRAL = {
  ...{ signature: 0x02014b50, bytes: 46, flags: 8, method: 10, crc: 16, packed: 20, size: 24 },
  ...{ name: 28, extra: 30, comment: 32, local: 42 },
} as const;
const LOCAL = { signature: 0x04034b50, bytes: 30, name: 26, extra: 28 } as const;
const ENCRYPTED = 1;
const METHOD = { stored: 0, deflated: 8 } as const;
/** Of a comment at the end of an archive: a 16-bit number. */
const LONGEST_COMMENT = 65535;

/** The entries in the order of the directory, nothing unpacked yet. A ZipError where the directory is damaged. */
export function zipEntries(bytes: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(view);
  const start = view.getUint32(end + END.directory, true);
  const stop = start + view.getUint32(end + END.directorySize, true);
  if (stop > end) throw new ZipError("its directory lies outside the file");
  const entries: ZipEntry[] = [];
  let at = start;
  for (let left = view.getUint16(end + END.count, true); left > 0; left--) {
    if (at + CENTRAL.bytes > stop || view.getUint32(at, true) !== CENTRAL.signature)
      throw new ZipError("its directory is damaged");
    const named = at + CENTRAL.bytes;
    const length = view.getUint16(at + CENTRAL.name, true);
    const next = named + length + view.getUint16(at + CENTRAL.extra, true) + view.getUint16(at + CENTRAL.comment, true);
    if (next > stop) throw new ZipError("its directory is damaged");
    entries.push(entryAt(bytes, view, at, new TextDecoder().decode(bytes.subarray(named, named + length))));
    at = next;
  }
  if (at !== stop) throw new ZipError("its directory has more than its entries");
  return entries;
}

function endOfDirectory(view: DataView): number {
  const last = view.byteLength - END.bytes;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) if (view.getUint32(at, true) === END.signature) return at;
  throw new ZipError("it has no directory");
}

function entryAt(bytes: Uint8Array, view: DataView, at: number, name: string): ZipEntry {
  const size = view.getUint32(at + CENTRAL.size, true);
  const packedSize = view.getUint32(at + CENTRAL.packed, true);
  const method = view.getUint16(at + CENTRAL.method, true);
  const bad = (why: string): never => {
    throw new ZipError(`entry '${name}' ${why}`);
  };
  const unpack = (packed: Uint8Array): Uint8Array => {
    if (method === METHOD.stored) return packed;
    try {
      return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
    } catch {
      return bad("does not unpack to the size that the directory says");
    }
  };
  return {
    name,
    size,
    read() {
      if (view.getUint16(at + CENTRAL.flags, true) & ENCRYPTED) bad("is encrypted");
      if (method !== METHOD.stored && method !== METHOD.deflated) bad(`is packed by method ${method}`);
      const local = view.getUint32(at + CENTRAL.local, true);
      if (local + LOCAL.bytes > bytes.length || view.getUint32(local, true) !== LOCAL.signature) bad("lies outside the file");
      const named = local + LOCAL.bytes;
      const localName = bytes.subarray(named, named + view.getUint16(local + LOCAL.name, true));
      if (new TextDecoder().decode(localName) !== name) bad("is called otherwise at its place in the file");
      const start = local + LOCAL.bytes + view.getUint16(local + LOCAL.name, true) + view.getUint16(local + LOCAL.extra, true);
      if (start + packedSize > bytes.length) bad("ends behind the file");
      const content = unpack(bytes.subarray(start, start + packedSize));
      if (content.length !== size) bad(`has ${content.length} bytes, the directory says ${size}`);
      if (crc32(content) !== view.getUint32(at + CENTRAL.crc, true)) bad("is damaged: its CRC-32 is another");
      return content;
    },
  };
}
