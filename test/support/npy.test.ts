import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { QcError } from "../../src/support/diag.js";
import { decodeNpy, encodeNpy, type NdArray, type NpyDType, readNpy, writeNpy } from "../../src/support/npy.js";
import { decodeNpz, encodeNpz, readNpz, writeNpz } from "../../src/support/npz.js";

const folder = mkdtempSync(join(tmpdir(), "qc-npy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const VIEWS = {
  f32: Float32Array,
  f16: Uint16Array,
  f64: Float64Array,
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  i64: BigInt64Array,
  u64: BigUint64Array,
  bool: Uint8Array,
} satisfies Record<NpyDType, unknown>;

const arrays = fc
  .tuple(fc.constantFrom(...(Object.keys(VIEWS) as NpyDType[])), fc.array(fc.nat(4), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const view = VIEWS[dtype];
    const bytes = shape.reduce((n, d) => n * d, 1) * view.BYTES_PER_ELEMENT;
    return fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((b): NdArray => ({ dtype, shape, data: new view(b.slice().buffer) }));
  });
const bytesOf = (a: NdArray) => Buffer.from(a.data.buffer, a.data.byteOffset, a.data.byteLength).toString("hex");

function raw(header: string, payload: Uint8Array, major = 1): Buffer {
  const head = Buffer.alloc(major === 1 ? 10 : 12);
  head.write("\x93NUMPY", "latin1");
  head[6] = major;
  if (major === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header), payload]);
}
function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof QcError) return error.code;
    throw error;
  }
  return "no error";
}

describe("npy", () => {
  it("reads what it writes", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const back = decodeNpy(encodeNpy(array), "x.npy");
        expect([back.dtype, back.shape, bytesOf(back)]).toEqual([array.dtype, array.shape, bytesOf(array)]);
      }),
    );
  });
  it("aligns the data to 64 bytes, as numpy does", () => {
    const bytes = encodeNpy({ dtype: "f32", shape: [2], data: Float32Array.of(1, 2) });
    expect((bytes.length - 8) % 64).toBe(0);
    expect(bytes.subarray(10, 80).toString()).toContain("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }");
  });
  it("reads formats 2.0 and 3.0, other key orders, and big-endian data", () => {
    const header = "{'shape': (2, 1), \"fortran_order\": False, 'descr': '>i2'}\n";
    for (const major of [1, 2, 3]) {
      const { data, shape } = decodeNpy(raw(header, Uint8Array.of(1, 2, 255, 254), major), "x");
      expect([...(data as Int16Array), ...shape]).toEqual([258, -2, 2, 1]);
    }
  });
  it("converts Fortran order", () => {
    const fortran = raw(
      "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2), }",
      Uint8Array.from({ length: 12 }, (_, i) => i),
    );
    expect([...(decodeNpy(fortran, "x").data as Uint8Array)]).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  });
  it("refuses what is no dense array of numbers", () => {
    const of = (header: string, payload = new Uint8Array(4)) => codeOf(() => decodeNpy(raw(header, payload), "x"));
    expect(codeOf(() => decodeNpy(Buffer.from("PK\x03\x04 hello world"), "x"))).toBe("QC-NPY-001");
    expect(codeOf(() => decodeNpy(raw("{}", new Uint8Array(0), 4), "x"))).toBe("QC-NPY-002");
    expect(codeOf(() => decodeNpy(raw("{", new Uint8Array(0)).subarray(0, 10), "x"))).toBe("QC-NPY-003");
    expect(of("{'descr': '<f4'}")).toBe("QC-NPY-004");
    expect(of("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}")).toBe("QC-NPY-004");
    expect(of("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}")).toBe("QC-NPY-004");
    expect(of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}")).toBe("QC-NPY-004");
    expect(of("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}")).toBe("QC-NPY-005");
    expect(of("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999)}")).toBe("QC-NPY-006");
    expect(of("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 999999999999999, 999999999999999)}")).toBe("QC-NPY-007");
    expect(of("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}")).toBe("QC-NPY-007");
    expect(codeOf(() => encodeNpy({ dtype: "f32", shape: [3], data: new Float32Array(2) }))).toBe("QC-NPY-008");
  });
  it("answers every mutant with an array or a coded error", () => {
    const good = encodeNpy({ dtype: "i16", shape: [2, 3], data: Int16Array.of(1, 2, 3, 4, 5, 6) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(good.length),
        (edits, cut) => {
          const mutant = Buffer.from(good);
          for (const [at, value] of edits) mutant[at] = value;
          expect(codeOf(() => decodeNpy(mutant.subarray(0, good.length - cut), "x"))).toMatch(/^(QC-NPY-\d{3}|no error)$/);
        },
      ),
      { numRuns: 1000 },
    );
  });
  it("reads and writes files, packed and plain", () => {
    const array: NdArray = { dtype: "i64", shape: [2], data: BigInt64Array.of(-5n, 2n ** 62n) };
    for (const name of ["a.npy", "a.npy.gz"]) {
      writeNpy(join(folder, name), array);
      expect(readNpy(join(folder, name))).toEqual(array);
    }
    expect(readFileSync(join(folder, "a.npy.gz"))[0]).toBe(0x1f);
    writeFileSync(join(folder, "b.npy.gz"), readFileSync(join(folder, "a.npy.gz")).subarray(0, 30));
    expect(codeOf(() => readNpy(join(folder, "b.npy.gz")))).toBe("QC-NPY-009");
    expect(codeOf(() => readNpy(join(folder, "none.npy")))).toBe("QC-IO-003");
  });
});

describe("npz", () => {
  it("reads what it writes, in order", () => {
    const pairs: [string, NdArray][] = [
      ["image", { dtype: "f32", shape: [2], data: Float32Array.of(1, 2) }],
      ["a/b:0", { dtype: "bool", shape: [1, 1], data: Uint8Array.of(1) }],
    ];
    writeNpz(join(folder, "x.npz"), pairs);
    expect([...readNpz(join(folder, "x.npz"))]).toEqual(pairs);
  });
  it("refuses broken and foreign archives", () => {
    const good = encodeNpz([["x", { dtype: "u8", shape: [4], data: new Uint8Array(4) }]]);
    expect(codeOf(() => decodeNpz(good.subarray(0, 50), "x.npz"))).toBe("QC-NPZ-001");
    expect(codeOf(() => decodeNpz(zipSync({ "readme.txt": Uint8Array.of(1, 2) }), "x.npz"))).toBe("QC-NPY-001");
    const bomb = Buffer.from(good);
    bomb.writeUInt32LE(0xfffffff0, bomb.indexOf(Buffer.from("PK\x01\x02")) + 24);
    expect(codeOf(() => decodeNpz(bomb, "x.npz"))).toBe("QC-NPZ-002");
  });
  it("takes no archive of which a bit was flipped, unless the arrays are the same", () => {
    const array: NdArray = { dtype: "u8", shape: [64], data: Uint8Array.from({ length: 64 }, (_, i) => i * 37) };
    const stored = encodeNpz([["x", array]]);
    const packed = zipSync({ "x.npy": new Uint8Array(encodeNpy(array)) }, { level: 9 });
    for (const good of [stored, packed]) {
      for (let bit = 0; bit < good.length * 8; bit++) {
        const mutant = Uint8Array.from(good);
        mutant[bit >> 3] ^= 1 << (bit & 7);
        let read: readonly NdArray[];
        try {
          read = [...decodeNpz(mutant, "x.npz").values()];
        } catch (error) {
          expect(error).toBeInstanceOf(QcError);
          continue;
        }
        expect(read).toEqual([array]);
      }
    }
  });
  it("refuses two arrays of one name", () => {
    const one: NdArray = { dtype: "u8", shape: [1], data: Uint8Array.of(1) };
    const two = Buffer.from(
      encodeNpz([
        ["ab", one],
        ["ac", one],
      ]),
    );
    for (let at = two.indexOf("ac.npy"); at >= 0; at = two.indexOf("ac.npy", at)) two.write("ab.npy", at);
    expect(() => decodeNpz(two, "x.npz")).toThrow("QC-NPZ-003: x.npz: has two arrays named 'ab'");
  });
});
