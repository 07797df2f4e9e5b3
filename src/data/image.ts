import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { fail } from "../support/diag.js";
import { checkPngData } from "./png.js";

/** An image, rows from the top, [height, width, channels], channels fastest: gray, or red, green, blue. */
export interface Image<D extends Uint8Array | Float32Array = Uint8Array | Float32Array> {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** 0 to 255 until a preprocessor scales it. */
  readonly data: D;
}

/** More than a camera makes, and less than a hostile header asks for. */
const MAX_PIXELS = 100e6;

export function isPng(bytes: Uint8Array): boolean {
  return bytes.length > 33 && bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 4 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/** Decodes PNG or JPEG. Alpha is dropped, 16-bit samples are scaled to 8; gray files stay gray. An EXIF orientation is not applied. */
export function decodeImage(bytes: Uint8Array, name: string): Image<Uint8Array> {
  if (isPng(bytes)) return decodePng(bytes, name);
  if (isJpeg(bytes)) return decodeJpeg(bytes, name);
  return fail("QC-DATA-020", `${name}: neither PNG nor JPEG`, { help: "convert it, or give the sample as .npy" });
}

function checkSize(width: number, height: number, name: string): void {
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) {
    fail("QC-DATA-021", `${name}: an image of ${width} x ${height} pixels`, {
      help: "images of 1 to 100 million pixels are read",
    });
  }
}

function decodePng(bytes: Uint8Array, name: string): Image<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkSize(view.getUint32(16), view.getUint32(20), name);
  let png: { width: number; height: number; data: Uint8Array };
  try {
    checkPngData(bytes);
    png = PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    return failBroken(name, "PNG", error);
  }
  const colourType = bytes[25];
  return pack(png.data, png.width, png.height, 4, colourType === 0 || colourType === 4 ? 1 : 3);
}

function decodeJpeg(bytes: Uint8Array, name: string): Image<Uint8Array> {
  try {
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: MAX_PIXELS / 1e6,
      maxMemoryUsageInMB: 1024,
    });
    checkSize(width, height, name);
    return pack(data, width, height, 3, jpegComponents(bytes) === 1 ? 1 : 3);
  } catch (error) {
    return failBroken(name, "JPEG", error);
  }
}

function failBroken(name: string, format: string, error: unknown): never {
  const why = error instanceof Error ? error.message : String(error);
  return fail("QC-DATA-022", `${name}: not a whole ${format} image (${why})`, {
    help: "is the file complete? open it in a viewer, or save it again",
  });
}

/** Keeps the first `channels` of every `stride` bytes. */
function pack(data: Uint8Array, width: number, height: number, stride: number, channels: 1 | 3): Image<Uint8Array> {
  const out = new Uint8Array(width * height * channels);
  for (let p = 0; p < width * height; p++) for (let c = 0; c < channels; c++) out[p * channels + c] = data[p * stride + c];
  return { width, height, channels, data: out };
}

/** Components in the frame header (SOF0 to SOF15 but DHT, JPG, DAC); 3 where none is found. */
function jpegComponents(bytes: Uint8Array): number {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + bytes[at + 2] * 256 + bytes[at + 3]) {
    const marker = bytes[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return bytes[at + 9];
  }
  return 3;
}

/** y = 0.2989 R + 0.587 G + 0.114 B (ITU-R BT.601); a gray image as it is. */
export function toGray(image: Image): Image<Float32Array> {
  const { width, height, channels, data } = image;
  if (channels === 1) return { width, height, channels, data: Float32Array.from(data) };
  const out = new Float32Array(width * height);
  for (let p = 0; p < out.length; p++) out[p] = 0.2989 * data[3 * p] + 0.587 * data[3 * p + 1] + 0.114 * data[3 * p + 2];
  return { width, height, channels: 1, data: out };
}

/** Gray three times; a colour image as it is. */
export function toRgb(image: Image): Image<Float32Array> {
  const { width, height, channels, data } = image;
  if (channels === 3) return { width, height, channels, data: Float32Array.from(data) };
  return { width, height, channels: 3, data: Float32Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]) };
}

/** Red and blue swapped. */
export function swapRedBlue(image: Image): Image<Float32Array> {
  const data = Float32Array.from(image.data);
  if (image.channels === 3) for (let p = 0; p < data.length; p += 3) [data[p], data[p + 2]] = [data[p + 2], data[p]];
  return { ...image, data };
}
