import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import type { InputSpec } from "../../src/data/tensor.js";
import { crc32 } from "../../src/support/crc32.js";
import { QcError } from "../../src/support/diag.js";

export const spec = (shape: readonly number[], more: Partial<InputSpec> = {}): InputSpec => ({
  name: "x",
  dtype: "f32",
  shape,
  layout: null,
  ...more,
});

/** PNG bytes of an RGB or gray image; colour type 0, 2 or 6. */
export function png(width: number, height: number, pixels: ArrayLike<number>, colorType: 0 | 2 | 6 = 2): Buffer {
  const channels = { 0: 1, 2: 3, 6: 4 }[colorType];
  const image = new PNG({ width, height });
  for (let p = 0; p < width * height; p++) {
    for (let c = 0; c < 3; c++) image.data[4 * p + c] = pixels[p * channels + (channels === 1 ? 0 : c)];
    image.data[4 * p + 3] = channels === 4 ? pixels[4 * p + 3] : 255;
  }
  return PNG.sync.write(image, { colorType, inputColorType: 6 });
}

/** A PNG of 8-bit RGB with these image data, whole or not. */
export function pngOf(width: number, height: number, data: Uint8Array, interlaced: boolean): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, interlaced ? 1 : 0], 8);
  const chunk = (type: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), content]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(content.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

/** Bytes of interlaced rows with their filter bytes, counted pixel by pixel. */
export function adam7Bytes(width: number, height: number, pixelBytes: number): number {
  const pass = [
    [1, 6, 4, 6, 2, 6, 4, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [5, 6, 5, 6, 5, 6, 5, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [3, 6, 4, 6, 3, 6, 4, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [5, 6, 5, 6, 5, 6, 5, 6],
    [7, 7, 7, 7, 7, 7, 7, 7],
  ];
  const rows = new Set<string>();
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows.add(`${pass[y % 8][x % 8]} ${y}`);
  return width * height * pixelBytes + rows.size;
}

export function jpg(width: number, height: number, value: readonly [number, number, number]): Buffer {
  const data = Buffer.alloc(4 * width * height, 255);
  for (let p = 0; p < width * height; p++) data.set(value, 4 * p);
  return jpeg.encode({ width, height, data }, 95).data;
}

/** 16-bit PCM WAV. */
export function wav(rate: number, samples: ArrayLike<number>): Buffer {
  const out = Buffer.alloc(44 + 2 * samples.length);
  out.write("RIFF", 0);
  out.writeUInt32LE(out.length - 8, 4);
  out.write("WAVEfmt ", 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(2 * rate, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write("data", 36);
  out.writeUInt32LE(2 * samples.length, 40);
  for (let i = 0; i < samples.length; i++) out.writeInt16LE(Math.round(32767 * samples[i]), 44 + 2 * i);
  return out;
}

export function errorOf(run: () => unknown): QcError {
  try {
    run();
  } catch (error) {
    if (error instanceof QcError) return error;
    throw error;
  }
  throw new Error("no error");
}
