import koffi from "koffi";

/** mallopt's parameters in glibc's malloc.h. */
const [TRIM_THRESHOLD, MMAP_THRESHOLD] = [-1, -3];
/** Blocks below this come from the heap; the most that glibc takes. */
const MMAP_BYTES = 32 << 20;
/** Free memory at the end of the heap that is not given back to the system. */
const KEPT_BYTES = 128 << 20;
/** Results from here on are large enough for glibc to give their memory back as soon as they are collected. */
const LARGE_BYTES = 128 << 10;

let kept = false;

/**
 * Lets the results of later runs take the memory of earlier ones. By glibc's defaults each array of some MB is mapped anew, and the first
 * touch of its pages costs more than the run: 1.67 ms instead of 0.52 for a convolution with 3.2 MB of results beside ONNX Runtime
 * (`qc bench --peer onnxruntime --rounds 200`). Done once a process, for networks with large results; the environment wins (docs/runtime-abi.md).
 */
export function keepResultMemory(resultBytes: readonly number[]): void {
  if (kept || process.platform !== "linux" || !resultBytes.some((bytes) => bytes >= LARGE_BYTES)) return;
  kept = true;
  const { MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_, GLIBC_TUNABLES } = process.env;
  if (MALLOC_TRIM_THRESHOLD_ || MALLOC_MMAP_THRESHOLD_ || GLIBC_TUNABLES) return;
  try {
    const mallopt = koffi.load(null).func("int mallopt(int parameter, int value)");
    mallopt(MMAP_THRESHOLD, MMAP_BYTES);
    mallopt(TRIM_THRESHOLD, KEPT_BYTES);
  } catch {
    // another C library: its allocator has its own ways
  }
}
