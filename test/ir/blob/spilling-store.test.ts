import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { blobId, createBlobStore } from "../../../src/ir/blob/blob-store.js";
import { createSpillingStore } from "../../../src/ir/blob/spilling-store.js";

const folder = mkdtempSync(join(tmpdir(), "qc-spill-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const blob = (seed: number, length: number) => Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) ^ (i >> 8));

describe("a spilling store", () => {
  it("means the same as one in memory, whatever is put and asked for", () => {
    const action = fc.record({ seed: fc.nat(20), length: fc.constantFrom(0, 1, 4095, 4096, 5000, 20_000), read: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.constantFrom(0, 6000, 30_000, 1 << 20), (actions, memory) => {
        const plain = createBlobStore();
        const spilling = createSpillingStore(memory, folder);
        const ids: string[] = [];
        for (const { seed, length, read } of actions) {
          const bytes = blob(seed, length);
          ids.push(plain.put(bytes));
          expect(spilling.put(bytes)).toBe(ids[ids.length - 1]);
          const id = ids[read % ids.length];
          expect(Buffer.compare(spilling.get(id), plain.get(id))).toBe(0);
          expect(spilling.size(id)).toBe(plain.size(id));
        }
        expect([...spilling.ids()]).toEqual([...plain.ids()]);
        expect(ids.every((id) => spilling.has(id))).toBe(true);
        spilling.close();
      }),
      { numRuns: 40 },
    );
  });

  it("leaves no name on the disk", () => {
    const store = createSpillingStore(0, folder);
    const ids = [1, 2, 3].map((seed) => store.put(blob(seed, 10_000)));
    expect(readdirSync(folder)).toEqual([]);
    expect(ids.map((id) => blobId(store.get(id)))).toEqual(ids);
    store.close();
  });

  it("touches no disk while its blobs fit, and says where it cannot write", () => {
    const store = createSpillingStore(25_000, join(folder, "missing"));
    store.put(blob(1, 10_000));
    store.put(blob(2, 10_000));
    expect(() => store.put(blob(3, 10_000))).toThrow(/QC-IO-/);
    store.close();
  });

  it("does not know other blobs", () => {
    const store = createSpillingStore(0, folder);
    expect(store.has("none")).toBe(false);
    expect(() => store.get("none")).toThrow("unknown blob");
    expect(() => store.size("none")).toThrow("unknown blob");
  });
});
