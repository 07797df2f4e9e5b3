import koffi from "koffi";
import { fail } from "../support/diag.js";
import { openLibrary } from "./library.js";

/** A thread pool of libqcrt, for kernels that run outside of a network: the tuner's. Pointers as koffi passes them. */
export interface RuntimePool {
  readonly parallelFor: unknown;
  readonly pool: unknown;
  close(): void;
}

/** `threads`: the calling one included. QC-RT-109 where one cannot be started. */
export function openPool(threads: number, spinUs = 20_000): RuntimePool {
  const lib = koffi.load(openLibrary().path);
  const create = lib.func("qc_pool_create", "void *", ["int32_t", "int32_t"]);
  const destroy = lib.func("qc_pool_destroy", "void", ["void *"]);
  const pool: unknown = create(threads, spinUs) ?? fail("QC-RT-109", `a pool of ${threads} threads cannot be started`);
  return { parallelFor: lib.symbol("qc_parallel_for", "void *"), pool, close: () => destroy(pool) };
}
