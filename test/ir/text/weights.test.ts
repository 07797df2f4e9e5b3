import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { randomModule } from "../../../src/check/draw/random-module.js";
import { createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { readIrFile, writeIrFile } from "../../../src/ir/text/file.js";
import { loadWeights, weightsBytes } from "../../../src/ir/text/weights.js";
import { QcError } from "../../../src/support/diag.js";
import { irContext } from "../../helpers/ir-context.js";

const folder = mkdtempSync(path.join(tmpdir(), "qc-weights-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const store = (list: readonly Uint8Array[]) => {
  const blobs = createBlobStore();
  return { blobs, ids: list.map((b) => blobs.put(b)) };
};
const bytes = (n: number, fill: number) => new Uint8Array(n).fill(fill);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (e instanceof QcError) return e.code;
    throw e;
  }
  return "no error";
}

describe("weights files", () => {
  it("hold what was put in, aligned to 64 bytes, the same bytes in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (list) => {
        const { blobs, ids } = store(list);
        const file = weightsBytes(ids, blobs);
        expect(weightsBytes([...ids].reverse(), blobs)).toEqual(file);
        const back = createBlobStore();
        expect(new Set(loadWeights(file, "w.qcw", back))).toEqual(new Set(ids));
        for (const id of ids) {
          expect(Buffer.compare(back.get(id), blobs.get(id))).toBe(0);
          expect((back.get(id).byteOffset - file.byteOffset) % 64).toBe(0);
        }
      }),
    );
  });

  const { blobs, ids } = store([bytes(100, 1), bytes(7, 2)]);
  const good = weightsBytes(ids, blobs);
  const changed = (at: number, value: number) => {
    const b = Uint8Array.from(good);
    b[at] = value;
    return b;
  };
  const load = (b: Uint8Array) => codeOf(() => loadWeights(b, "w.qcw", createBlobStore()));

  it("are refused with a code when they are none, newer, cut, or damaged", () => {
    expect(load(good)).toBe("no error");
    expect(load(new Uint8Array(0))).toBe("QC-QCW-001");
    expect(load(changed(0, 65))).toBe("QC-QCW-001");
    expect(load(changed(4, 9))).toBe("QC-QCW-002");
    expect(load(good.subarray(0, 40))).toBe("QC-QCW-003");
    expect(load(good.subarray(0, good.length - 1))).toBe("QC-QCW-003");
    expect(load(changed(70, 1))).toBe("QC-QCW-003");
    expect(load(changed(8, 255))).toBe("QC-QCW-003");
    expect(load(changed(good.length - 1, 99))).toBe("QC-QCW-004");
  });

  it("no single changed byte goes unnoticed but in reserved fields and between blobs", () => {
    const view = new DataView(good.buffer, good.byteOffset);
    const spans = [0, 1].map((i) => [0, 8].map((at) => Number(view.getBigUint64(64 + 48 * i + 32 + at, true))));
    const isRead = (at: number) =>
      at < 64 + 2 * 48 ? !(at >= 12 && at < 16) && !(at >= 24 && at < 32) : spans.some(([o, n]) => at >= o && at < o + n);
    for (let at = 0; at < good.length; at++)
      expect(load(changed(at, good[at] ^ 1)) !== "no error", `byte ${at}`).toBe(isRead(at));
  });
});

describe("texts with weights beside them", () => {
  it("read back as the same module into a fresh store", () => {
    const ctx = irContext();
    for (let seed = 0; seed < 30; seed++) {
      const { module } = randomModule(ctx, seed);
      const file = path.join(folder, `${seed}.qc`);
      const written = writeIrFile(file, module, ctx, { locs: true });
      const fresh = irContext();
      expect(readIrFile(file, fresh).module).toEqual(module);
      for (const c of Object.values(module.consts))
        expect(Buffer.compare(fresh.blobs.get(c.blob), ctx.blobs.get(c.blob))).toBe(0);
      expect(written.weights === null).toBe(!/= blob "/.test(readFileSync(file, "utf8")));
    }
  });

  it("name the blob that is missing, at its place", () => {
    const file = path.join(folder, "missing.qc");
    writeFileSync(file, 'const #w : f32[1] = blob "00"\nfunc @main() -> f32[1] { return #w }\n');
    try {
      readIrFile(file, irContext());
      expect.unreachable();
    } catch (e) {
      expect((e as QcError).diags[0]).toMatchObject({ code: "QC-TEXT-009", pos: { line: 1, column: 26 } });
    }
  });
});
