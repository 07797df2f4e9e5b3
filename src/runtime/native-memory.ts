/** Memory of arrays as native code sees it. */
import koffi from "koffi";

const ALIGN = 64;

/** Where an array lies. */
export const addressOf = (bytes: Uint8Array): bigint =>
  BigInt(koffi.address(bytes.buffer as never) as unknown as bigint) + BigInt(bytes.byteOffset);

/** Zeroed memory at a multiple of 64 bytes. */
export function alignedBytes(bytes: number): Uint8Array {
  const room = new Uint8Array(Math.max(1, bytes) + 2 * ALIGN);
  const skip = (ALIGN - Number(addressOf(room) % BigInt(ALIGN))) % ALIGN;
  return room.subarray(skip, skip + bytes);
}
