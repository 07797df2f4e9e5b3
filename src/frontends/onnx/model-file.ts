/**
 * A model file without its weights: what protobufjs decodes is a copy of the message in which the raw bytes of every large tensor are
 * one byte long, and the bytes themselves are read where a tensor is imported, one tensor at a time. Large fields that are not read (doc
 * strings, and what ONNX does not define) are left out. Memory does not grow with the file.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { fail } from "../../support/diag.js";
import { failIo } from "../../support/fs.js";

/** The bytes of a tensor's `raw_data` field, a copy of its own. */
export type ReadRaw = (field: Uint8Array) => Uint8Array;

export const copyRaw: ReadRaw = (field) => new Uint8Array(field);

export interface ModelFile {
  /** A ModelProto whose large raw tensors are placeholders. */
  readonly bytes: Buffer;
  /** The bytes that a field of a message decoded from `bytes` stands for. */
  readonly readRaw: ReadRaw;
}

/** Fields of a message that hold messages in which tensors occur; and that of a tensor's raw bytes. Numbers of onnx.proto. */
interface Shape {
  readonly inner: Readonly<Record<number, () => Shape>>;
  readonly raw?: number;
  /** Fields of bytes that are kept: those that ONNX defines but for `doc_string`. */
  readonly kept: ReadonlySet<number>;
}

const TENSOR: Shape = { inner: {}, raw: 9, kept: new Set([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 16]) };
const ATTRIBUTE: Shape = {
  inner: { 5: () => TENSOR, 6: () => GRAPH, 10: () => TENSOR, 11: () => GRAPH },
  kept: new Set([1, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 21, 22, 23]),
};
const NODE: Shape = { inner: { 5: () => ATTRIBUTE }, kept: new Set([1, 2, 3, 4, 5, 7, 8, 9]) };
const GRAPH: Shape = { inner: { 1: () => NODE, 5: () => TENSOR }, kept: new Set([1, 2, 5, 11, 12, 13, 14, 15, 16]) };
const FUNCTION: Shape = {
  inner: { 7: () => NODE, 11: () => ATTRIBUTE },
  kept: new Set([1, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14]),
};
const MODEL: Shape = { inner: { 7: () => GRAPH, 25: () => FUNCTION }, kept: new Set([2, 3, 4, 7, 8, 14, 20, 25, 26]) };

/** Smaller messages and fields are copied as they are. */
const LARGE = 4096;
const PLACEHOLDER = 1;
/** A malformed file of at most so many bytes goes to the decoder whole, whose words on it are better. */
const SMALL_FILE = 64 << 20;
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;
const NESTING = 100;

/** Opens a model, hands it to `body` and closes it. Errors: QC-IO-* where it cannot be read, QC-ONNX-001 large and malformed. */
export function withModelFile<T>(path: string, body: (file: ModelFile) => T): T {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    return failIo(error, "read", path);
  }
  try {
    return body(skim(createWindow(fd, path), basename(path)));
  } finally {
    closeSync(fd);
  }
}

interface Window {
  readonly size: number;
  /** `length` bytes from `at`, in a buffer of its own. */
  read(at: number, length: number): Buffer;
  byte(at: number): number;
}

/** Random access to a file; single bytes come from a buffer of 64 KiB. */
function createWindow(fd: number, path: string): Window {
  const page = Buffer.alloc(1 << 16);
  let start = 0;
  let filled = 0;
  const fill = (into: Buffer, at: number): number => {
    let done = 0;
    try {
      while (done < into.length) {
        const got = readSync(fd, into, done, Math.min(into.length - done, 1 << 30), at + done);
        if (got === 0) break;
        done += got;
      }
    } catch (error) {
      failIo(error, "read", path);
    }
    return done;
  };
  return {
    size: fstatSync(fd).size,
    read(at, length) {
      const bytes = Buffer.allocUnsafeSlow(length);
      return bytes.subarray(0, fill(bytes, at));
    },
    byte(at) {
      if (at < start || at >= start + filled) {
        start = at;
        filled = fill(page, at);
      }
      return page[at - start];
    },
  };
}

interface Range {
  readonly at: number;
  readonly length: number;
}

/** What is no message of the expected form. */
class Malformed extends Error {}

function skim(file: Window, name: string): ModelFile {
  const placeholders: { readonly piece: Buffer; readonly range: Range }[] = [];
  const pieces: Buffer[] = [];
  try {
    pieces.push(...reduced(file, { at: 0, length: file.size }, MODEL, placeholders, 0));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (file.size > SMALL_FILE) {
      return fail("QC-ONNX-001", `${name} is not a readable ONNX model: it is no protobuf of this form`, {
        help: "the file is damaged, truncated or no ONNX protobuf; export or copy it again",
      });
    }
    return { bytes: file.read(0, file.size), readRaw: copyRaw };
  }
  const bytes = Buffer.concat(pieces);
  const rangeOf = new Map<Buffer, Range>(placeholders.map(({ piece, range }) => [piece, range]));
  const ranges = new Map<number, Range>();
  let at = bytes.byteOffset;
  for (const piece of pieces) {
    const range = rangeOf.get(piece);
    if (range) ranges.set(at, range);
    at += piece.length;
  }
  return {
    bytes,
    readRaw(field) {
      const range = field.buffer === bytes.buffer ? ranges.get(field.byteOffset) : undefined;
      return range ? file.read(range.at, range.length) : copyRaw(field);
    },
  };
}

/** The message in pieces, the raw bytes of its tensors replaced. */
function reduced(
  file: Window,
  message: Range,
  shape: Shape,
  placeholders: { readonly piece: Buffer; readonly range: Range }[],
  depth: number,
): Buffer[] {
  if (depth > NESTING) throw new Malformed();
  const out: Buffer[] = [];
  const end = message.at + message.length;
  let at = message.at;
  let copiedTo = at;
  const varint = (): number => {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (at >= end) throw new Malformed();
      const byte = file.byte(at++);
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw new Malformed();
  };
  while (at < end) {
    const tagAt = at;
    const tag = varint();
    const field = Math.floor(tag / 8);
    const wire = tag % 8;
    if (field === 0) throw new Malformed();
    if (wire === WIRE.varint) varint();
    else if (wire === WIRE.fixed64) at += 8;
    else if (wire === WIRE.fixed32) at += 4;
    else if (wire === WIRE.bytes) {
      const lengthAt = at;
      const length = varint();
      const range = { at, length };
      at += length;
      if (at > end) throw new Malformed();
      const inner = shape.inner[field]?.();
      if (length >= LARGE && (inner || field === shape.raw)) {
        const content = inner ? reduced(file, range, inner, placeholders, depth + 1) : [Buffer.alloc(PLACEHOLDER)];
        if (!inner) placeholders.push({ piece: content[0], range });
        out.push(file.read(copiedTo, lengthAt - copiedTo), encodeVarint(content.reduce((sum, c) => sum + c.length, 0)));
        for (const piece of content) out.push(piece);
        copiedTo = at;
      } else if (length >= LARGE && !shape.kept.has(field)) {
        out.push(file.read(copiedTo, tagAt - copiedTo));
        copiedTo = at;
      }
    } else throw new Malformed();
    if (at > end) throw new Malformed();
  }
  out.push(file.read(copiedTo, end - copiedTo));
  return out;
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest >= 128 ? (rest % 128) | 128 : rest);
    if (rest < 128) return Buffer.from(bytes);
  }
}
