import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeImage, toGray, toRgb } from "../../src/data/image.js";
import { geometryOf, layoutOfShape, nchwToNhwc, nhwcToNchw } from "../../src/data/layout.js";
import { centreCrop, resizeAndCrop, resizeBilinear } from "../../src/data/resize.js";
import { QcError } from "../../src/support/diag.js";
import { adam7Bytes, errorOf, jpg, png, pngOf, spec } from "./helpers.js";

describe("decodeImage", () => {
  it("reads PNG: colour, gray, alpha dropped", () => {
    expect(decodeImage(png(2, 1, [1, 2, 3, 4, 5, 6]), "x")).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 2, 3, 4, 5, 6),
    });
    expect(decodeImage(png(1, 2, [7, 9], 0), "x")).toEqual({ width: 1, height: 2, channels: 1, data: Uint8Array.of(7, 9) });
    expect(decodeImage(png(1, 1, [10, 20, 30, 128], 6), "x").data).toEqual(Uint8Array.of(10, 20, 30));
  });
  it("reads JPEG", () => {
    const { width, height, channels, data } = decodeImage(jpg(9, 5, [200, 100, 50]), "x");
    expect([width, height, channels, data.length]).toEqual([9, 5, 3, 135]);
    for (let i = 0; i < data.length; i++) expect(Math.abs(data[i] - [200, 100, 50][i % 3])).toBeLessThanOrEqual(4);
  });
  it("answers every mutant with an image or a coded error", () => {
    for (const good of [png(4, 4, Array(48).fill(9)), jpg(8, 8, [9, 9, 9])]) {
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 3 }), fc.nat(20), (edits, cut) => {
          const mutant = Buffer.from(good);
          for (const [at, value] of edits) mutant[at] = value;
          try {
            const { width, height, channels, data } = decodeImage(mutant.subarray(0, good.length - cut), "x");
            expect(data.length).toBe(width * height * channels);
          } catch (error) {
            expect(error).toBeInstanceOf(QcError);
          }
        }),
        { numRuns: 300 },
      );
    }
  });
  it("refuses what is no image, and images that are too large to be one", () => {
    expect(errorOf(() => decodeImage(Buffer.from("GIF89a, and so on, and so on, and so on"), "x")).code).toBe("QC-DATA-020");
    const huge = png(2, 2, Array(12).fill(0));
    huge.writeUInt32BE(0x7fffffff, 16);
    expect(errorOf(() => decodeImage(huge, "x")).code).toBe("QC-DATA-021");
    expect(errorOf(() => decodeImage(png(8, 8, Array(192).fill(0)).subarray(0, 60), "x")).code).toBe("QC-DATA-022");
  });
  it("refuses a PNG with other rows than its header says, each time", () => {
    const width = 5;
    const rows = (n: number) => deflateSync(Buffer.alloc(n * (1 + 3 * width), 0));
    for (const interlaced of [false, true]) {
      for (const height of [1, 32, 2000]) {
        const whole = interlaced ? adam7Bytes(width, height, 3) : height * (1 + 3 * width);
        for (const bytes of [0, 1, whole - 1, whole + 1, 3 * (1 + 3 * width), 1 << 24]) {
          if (bytes === whole) continue;
          const bad = pngOf(width, height, deflateSync(Buffer.alloc(bytes)), interlaced);
          expect(errorOf(() => decodeImage(bad, "x")).code).toBe("QC-DATA-022");
        }
        const good = decodeImage(pngOf(width, height, deflateSync(Buffer.alloc(whole)), interlaced), "x");
        expect(good.data.every((v) => v === 0)).toBe(true);
      }
    }
    expect(errorOf(() => decodeImage(pngOf(width, 32, rows(10).subarray(0, -6), false), "x")).code).toBe("QC-DATA-022");
  });
  it("converts between gray and colour", () => {
    const rgb = { width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(100, 50, 20) };
    expect(toGray(rgb).data[0]).toBeCloseTo(0.2989 * 100 + 0.587 * 50 + 0.114 * 20, 4);
    expect([...toRgb(toGray(rgb)).data]).toHaveLength(3);
  });
});

describe("resize", () => {
  const image = (height: number, width: number, data: number[]) => ({
    height,
    width,
    channels: 1 as const,
    data: Float32Array.from(data),
  });
  it("is bilinear with half-pixel centres", () => {
    expect([...resizeBilinear(image(1, 2, [0, 10]), 1, 4).data]).toEqual([0, 2.5, 7.5, 10]);
    expect([...resizeBilinear(image(4, 1, [0, 10, 20, 30]), 2, 1).data]).toEqual([5, 25]);
    expect([...resizeBilinear(image(2, 2, [0, 10, 20, 30]), 1, 1).data]).toEqual([15]);
  });
  it("keeps constants, bounds and the identity", () => {
    const sizes = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(sizes, sizes, sizes, sizes, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (h, w, th, tw, stream) => {
        const data = [...stream.take(h * w)];
        const out = resizeBilinear(image(h, w, data), th, tw).data;
        expect(Math.min(...out)).toBeGreaterThanOrEqual(Math.min(...data) - 1e-3);
        expect(Math.max(...out)).toBeLessThanOrEqual(Math.max(...data) + 1e-3);
        expect([...resizeBilinear(image(h, w, data), h, w).data]).toEqual(data);
      }),
    );
  });
  it("cuts out the middle", () => {
    const data = Array.from({ length: 20 }, (_, i) => i);
    expect([...centreCrop(image(4, 5, data), 2, 3).data]).toEqual([6, 7, 8, 11, 12, 13]);
    const wide = resizeAndCrop(image(2, 4, [0, 1, 2, 3, 0, 1, 2, 3]), 2, 2);
    expect([...wide.data]).toEqual([1, 2, 1, 2]);
    const small = resizeAndCrop(image(1, 3, [5, 5, 5]), 7, 4);
    expect([small.height, small.width, ...new Set(small.data)]).toEqual([7, 4, 5]);
  });
});

describe("layout", () => {
  it("goes there and back", () => {
    const data = Int16Array.from({ length: 2 * 2 * 3 * 4 }, (_, i) => i);
    const planar = nhwcToNchw(data, [2, 2, 3, 4]);
    expect([...planar.subarray(0, 7)]).toEqual([0, 4, 8, 12, 16, 20, 1]);
    expect(planar[24]).toBe(24);
    expect(nchwToNhwc(planar, [2, 4, 2, 3])).toEqual(data);
  });
  it("is told from the shape only where that is safe", () => {
    expect(layoutOfShape([1, 3, 224, 224])).toBe("NCHW");
    expect(layoutOfShape([1, 28, 28, 1])).toBe("NHWC");
    expect(layoutOfShape([1, 3, 5, 3])).toBeNull();
    expect(layoutOfShape([1, 8, 8, 8])).toBeNull();
  });
  it("finds the place of an image, or says why there is none", () => {
    expect(geometryOf(spec([1, 3, 4, 5]))).toEqual({ kind: "image", layout: "NCHW", channels: 3, height: 4, width: 5 });
    expect(geometryOf(spec([4, 5, 3], { layout: "NHWC" }))).toMatchObject({ layout: "NHWC", channels: 3, height: 4, width: 5 });
    expect(geometryOf(spec([1, 28, 28]))).toMatchObject({ channels: 1, height: 28, width: 28 });
    expect(geometryOf(spec([1, 784, 1]))).toEqual({ kind: "flat", length: 784 });
    for (const shape of [
      [2, 3, 8, 8],
      [1, 3, 8, 3],
      [1, 8, 8, 8],
      [1, 1, 3, 8, 8],
    ]) {
      expect(errorOf(() => geometryOf(spec(shape))).code).toBe("QC-DATA-002");
    }
  });
});
