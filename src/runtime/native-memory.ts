/** Memory of arrays as native code sees it. */
import koffi from "koffi";
import type { Ptr } from "./library.js";

const ALIGN = 64;

/** Functions of the C library, which the process has: results are not looked at, so that koffi makes no object of them. */
function openLibc() {
  const lib = koffi.load(null);
  return {
    memcpy: lib.func("memcpy", "void", ["void *", "uintptr_t", "size_t"]) as (to: Uint8Array, from: Ptr, bytes: number) => void,
    strlen: lib.func("strlen", "size_t", ["uintptr_t"]) as (text: Ptr) => number,
  };
}
let opened: ReturnType<typeof openLibc> | null = null;
export const libc = () => {
  opened ??= openLibc();
  return opened;
};

/** A copy of native memory. */
export function copied(from: Ptr, bytes: number): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(bytes);
  if (bytes > 0) libc().memcpy(to, from, bytes);
  return to;
}

/** A zero-terminated text in UTF-8. */
export const copiedText = (from: Ptr): string => new TextDecoder().decode(copied(from, libc().strlen(from)));

/** Where an array lies. */
export const addressOf = (bytes: Uint8Array): bigint =>
  BigInt(koffi.address(bytes.buffer as never) as unknown as bigint) + BigInt(bytes.byteOffset);

/** Zeroed memory at a multiple of 64 bytes. */
export function alignedBytes(bytes: number): Uint8Array {
  const room = new Uint8Array(Math.max(1, bytes) + 2 * ALIGN);
  const skip = (ALIGN - Number(addressOf(room) % BigInt(ALIGN))) % ALIGN;
  return room.subarray(skip, skip + bytes);
}
