/**
 * NumPy .npy files (format 1.0, 2.0, 3.0; little- or big-endian; C or Fortran order) to and from dense C-ordered arrays.
 * float16 travels as Uint16Array bit patterns, bool as Uint8Array, 64-bit integers as BigInt arrays.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { fail } from "./diag.js";
import { readBytes, writeFileAtomic } from "./fs.js";

export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** The element types that NumPy has; bf16, i4 and u4 are not among them. */
export type NpyDType = "f32" | "f16" | "f64" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "bool";

export interface NdArray {
  readonly dtype: NpyDType;
  readonly shape: readonly number[];
  /** C order, the last axis fastest. */
  readonly data: TypedArray;
}

interface Kind {
  /** `descr` without its byte order. */
  readonly code: string;
  readonly bytes: number;
  readonly view: new (buffer: ArrayBuffer) => TypedArray;
}

const KINDS: Readonly<Record<NpyDType, Kind>> = {
  f32: { code: "f4", bytes: 4, view: Float32Array },
  f16: { code: "f2", bytes: 2, view: Uint16Array },
  f64: { code: "f8", bytes: 8, view: Float64Array },
  i8: { code: "i1", bytes: 1, view: Int8Array },
  u8: { code: "u1", bytes: 1, view: Uint8Array },
  i16: { code: "i2", bytes: 2, view: Int16Array },
  u16: { code: "u2", bytes: 2, view: Uint16Array },
  i32: { code: "i4", bytes: 4, view: Int32Array },
  u32: { code: "u4", bytes: 4, view: Uint32Array },
  i64: { code: "i8", bytes: 8, view: BigInt64Array },
  u64: { code: "u8", bytes: 8, view: BigUint64Array },
  bool: { code: "b1", bytes: 1, view: Uint8Array },
};

/** More than any sample needs, and less than a decompression bomb makes. */
const MAX_BYTES = 2 ** 31;
const MAX_RANK = 64;
const HELP = "write it again with numpy.save(file, array)";

/** Reads an array from the bytes of a .npy file; `name` is for the errors (QC-NPY-NNN). */
export function decodeNpy(bytes: Uint8Array, name: string): NdArray {
  const bad = (code: string, why: string, help = HELP): never => fail(code, `${name}: ${why}`, { help });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 10 || Buffer.from(bytes.subarray(0, 6)).toString("latin1") !== "\x93NUMPY")
    return bad("QC-NPY-001", "not a .npy file");
  const major = bytes[6];
  if (major < 1 || major > 3) return bad("QC-NPY-002", `.npy format ${major}.${bytes[7]} is not known (1.0, 2.0 and 3.0 are)`);
  if (major > 1 && bytes.length < 12) return bad("QC-NPY-003", "the file ends inside its header");
  const start = major === 1 ? 10 : 12;
  const size = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + size > bytes.length) return bad("QC-NPY-003", "the file ends inside its header");
  const header = parseHeader(Buffer.from(bytes.subarray(start, start + size)).toString(major === 3 ? "utf8" : "latin1"));
  if (!header) return bad("QC-NPY-004", "the header is not one that numpy writes");
  const { descr, fortran, shape } = header;
  const dtype = (Object.keys(KINDS) as NpyDType[]).find((d) => KINDS[d].code === descr.slice(1));
  if (!dtype || !"<>|=".includes(descr[0])) {
    return bad(
      "QC-NPY-005",
      `the element type '${descr}' is not supported`,
      "save numbers: array.astype('float32'), 'int8', 'uint8', ...",
    );
  }
  if (shape.length > MAX_RANK) return bad("QC-NPY-006", `${shape.length} dimensions; at most ${MAX_RANK} make sense`);
  const length = shape.reduce((n, d) => n * d, 1);
  const want = length * KINDS[dtype].bytes;
  if (want > MAX_BYTES) return bad("QC-NPY-006", `shape [${shape.join(", ")}] is larger than 2 GiB`);
  const got = bytes.length - start - size;
  if (got !== want)
    return bad("QC-NPY-007", `shape [${shape.join(", ")}] of ${descr} needs ${want} bytes, the file holds ${got}`);
  const own = Uint8Array.from(bytes.subarray(start + size));
  if (descr[0] === ">") swapBytes(own, KINDS[dtype].bytes);
  const data = new KINDS[dtype].view(own.buffer);
  return { dtype, shape, data: fortran && shape.length > 1 ? fortranToC(data, shape, KINDS[dtype].view) : data };
}

/** The bytes of a .npy file, format 1.0, or 2.0 where the header is long. */
export function encodeNpy({ dtype, shape, data }: NdArray): Buffer {
  const length = shape.reduce((n, d) => n * d, 1);
  if (length !== data.length) fail("QC-NPY-008", `shape [${shape.join(", ")}] has ${length} elements, the data ${data.length}`);
  const { code, bytes } = KINDS[dtype];
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const text = `{'descr': '${bytes === 1 ? "|" : "<"}${code}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const major = text.length + 75 > 65535 ? 2 : 1;
  const start = major === 1 ? 10 : 12;
  const total = Math.ceil((start + text.length + 1) / 64) * 64;
  const head = Buffer.alloc(total, " ");
  head.write("\x93NUMPY", "latin1");
  head.writeUInt8(major, 6);
  head.writeUInt8(0, 7);
  if (major === 1) head.writeUInt16LE(total - start, 8);
  else head.writeUInt32LE(total - start, 8);
  head.write(text, start, "latin1");
  head.write("\n", total - 1);
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** Reads .npy, or .npy.gz. */
export function readNpy(path: string): NdArray {
  const bytes = readBytes(path);
  return decodeNpy(path.endsWith(".gz") ? gunzip(bytes, path) : bytes, path);
}

/** Writes .npy, or .npy.gz where the name says so. */
export function writeNpy(path: string, array: NdArray): void {
  const bytes = encodeNpy(array);
  writeFileAtomic(path, path.endsWith(".gz") ? gzipSync(bytes) : bytes);
}

function gunzip(bytes: Uint8Array, name: string): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const big = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    return fail("QC-NPY-009", big ? `${name}: unpacks to more than 2 GiB` : `${name}: not a whole gzip file`, {
      help: "is the file complete?",
    });
  }
}

/** The Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), } with its keys in any order; null for anything else. */
function parseHeader(text: string): { descr: string; fortran: boolean; shape: number[] } | null {
  if (text.length > 10_000) return null;
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) return null;
  const entry = /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"\\]*)\3|(True|False)|\(([\d\sL,]*)\))\s*(?:,|$)/y;
  let descr: string | undefined;
  let fortran: boolean | undefined;
  let shape: number[] | undefined;
  while (entry.lastIndex < body.length && body.slice(entry.lastIndex).trim() !== "") {
    const match = entry.exec(body);
    if (!match) return null;
    const [, , key, , quoted, truth, tuple] = match;
    if (key === "descr" && quoted !== undefined && descr === undefined) descr = quoted;
    else if (key === "fortran_order" && truth && fortran === undefined) fortran = truth === "True";
    else if (key === "shape" && tuple !== undefined && shape === undefined) shape = parseTuple(tuple) ?? undefined;
    else return null;
  }
  return descr !== undefined && fortran !== undefined && shape ? { descr, fortran, shape } : null;
}

function parseTuple(text: string): number[] | null {
  const parts = text.split(",").map((p) => p.trim());
  if (parts.at(-1) === "") parts.pop();
  if (!parts.every((p) => /^\d{1,15}L?$/.test(p))) return null;
  return parts.map((p) => Number.parseInt(p, 10));
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
}

/** First axis fastest --> last axis fastest. */
function fortranToC(data: TypedArray, shape: readonly number[], view: Kind["view"]): TypedArray {
  const out = new view(new ArrayBuffer(data.byteLength));
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((n, d) => n * d, 1));
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}
