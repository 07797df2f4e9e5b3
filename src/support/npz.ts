/** NumPy .npz files: a zip of .npy files, one an array. */
import { unzipSync, zipSync } from "fflate";
import { fail, QcError } from "./diag.js";
import { readBytes, writeFileAtomic } from "./fs.js";
import { decodeNpy, encodeNpy, type NdArray } from "./npy.js";

const MAX_BYTES = 2 ** 31;

/** The arrays of a .npz by name, in the order of the file; entries that are no .npy file are an error (QC-NPZ-NNN). */
export function decodeNpz(bytes: Uint8Array, name: string): Map<string, NdArray> {
  let total = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: (entry) => {
        total += entry.originalSize;
        if (total > MAX_BYTES) fail("QC-NPZ-002", `${name}: unpacks to more than 2 GiB`, { help: "store one sample a file" });
        return true;
      },
    });
  } catch (error) {
    if (error instanceof QcError) throw error;
    return fail("QC-NPZ-001", `${name}: not a whole .npz file`, { help: "write it again with numpy.savez(file, name=array)" });
  }
  return new Map(
    Object.entries(files).map(([entry, data]) => [entry.replace(/\.npy$/, ""), decodeNpy(data, `${name}: entry '${entry}'`)]),
  );
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
