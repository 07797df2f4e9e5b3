/** Sizes of PNG files: https://www.w3.org/TR/png-3, sections 8.1 (Adam7) and 10. */
import { inflateSync } from "node:zlib";

const HEADER = { width: 16, height: 20, depth: 24, colour: 25, interlace: 28, end: 33 } as const;
/** Samples of a pixel by colour type: gray, RGB, palette, gray and alpha, RGB and alpha. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** First column and row of each pass of Adam7, and the steps to the next ones. */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
] as const;
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }] as const;

/**
 * Throws where the image data of a PNG are not exactly as many bytes as its header needs. The decoder asks for no such thing: rows that
 * are missing would be memory of the process, and rows too many would take any amount of it. Memory: the image's bytes once.
 */
export function checkPngData(png: Uint8Array): void {
  const needed = filteredBytes(png);
  const data = imageData(png);
  let found: number;
  try {
    found = inflateSync(data, { maxOutputLength: Math.max(1, needed) }).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
    throw new Error(`its image data unpack to more than the ${needed} bytes that its header needs`);
  }
  if (found !== needed) throw new Error(`its image data are ${found} bytes, its header needs ${needed}`);
}

/** Bytes of all rows with their filter bytes, as the header says. */
function filteredBytes(png: Uint8Array): number {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const [width, height] = [view.getUint32(HEADER.width), view.getUint32(HEADER.height)];
  const samples = SAMPLES[png[HEADER.colour]];
  if (samples === undefined) throw new Error(`its colour type is ${png[HEADER.colour]}`);
  const bits = samples * png[HEADER.depth];
  return (png[HEADER.interlace] ? ADAM7 : WHOLE).reduce((sum, { x, y, dx, dy }) => {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    return columns > 0 && rows > 0 ? sum + rows * (1 + Math.ceil((columns * bits) / 8)) : sum;
  }, 0);
}

/** The content of all IDAT chunks, one after the other. */
function imageData(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = HEADER.end; at + 8 <= png.length; ) {
    const length = view.getUint32(at);
    const type = Buffer.from(png.subarray(at + 4, at + 8)).toString("latin1");
    if (type === "IEND") break;
    if (at + 12 + length > png.length) throw new Error("it ends inside a chunk");
    if (type === "IDAT") parts.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return Buffer.concat(parts);
}
