/** NumPy .npz files: a zip of .npy files, one an array. */
import { zipSync } from "fflate";
import { fail } from "./diag.js";
import { readBytes, writeFileAtomic } from "./fs.js";
import { decodeNpy, encodeNpy, type NdArray } from "./npy.js";
import { ZipError, zipEntries } from "./zip.js";

const MAX_BYTES = 2 ** 31;
const HELP = "write it again with numpy.savez(file, name=array)";

/**
 * The arrays of a .npz by name, in the order of the file. Errors: QC-NPZ-001 damaged (sizes and CRC-32 are compared), 002 too large,
 * 003 two arrays of one name; QC-NPY-* an entry that is no .npy file.
 */
export function decodeNpz(bytes: Uint8Array, name: string): Map<string, NdArray> {
  const arrays = new Map<string, NdArray>();
  try {
    const entries = zipEntries(bytes);
    const total = entries.reduce((sum, e) => sum + e.size, 0);
    if (total > MAX_BYTES) fail("QC-NPZ-002", `${name}: unpacks to more than 2 GiB`, { help: "store one sample a file" });
    for (const entry of entries) {
      const key = entry.name.replace(/\.npy$/, "");
      if (arrays.has(key)) fail("QC-NPZ-003", `${name}: has two arrays named '${key}'`, { help: HELP });
      arrays.set(key, decodeNpy(entry.read(), `${name}: entry '${entry.name}'`));
    }
  } catch (error) {
    if (!(error instanceof ZipError)) throw error;
    return fail("QC-NPZ-001", `${name}: not a whole .npz file: ${error.message}`, { help: HELP });
  }
  return arrays;
}

export function readNpz(path: string): Map<string, NdArray> {
  return decodeNpz(readBytes(path), path);
}

/** The bytes of a .npz, stored without compression as numpy.savez does. */
export function encodeNpz(arrays: Iterable<readonly [string, NdArray]>): Uint8Array {
  const files = Object.fromEntries([...arrays].map(([name, array]) => [`${name}.npy`, new Uint8Array(encodeNpy(array))]));
  return zipSync(files, { level: 0, mtime: new Date("1980-01-01T00:00:00") });
}

export function writeNpz(path: string, arrays: Iterable<readonly [string, NdArray]>): void {
  writeFileAtomic(path, encodeNpz(arrays));
}
