/** What qc itself brings along is held to the properties that plugins are. */
import { describe, expect, it } from "vitest";
import { openToolchain } from "../../src/build/toolchain.js";
import { calibratorGivesRanges, repairKeepsModules, schemeHoldsRanges } from "../../src/check/quantization.js";
import { schedulerKeepsMeaning } from "../../src/check/schedules.js";
import { createContext } from "../../src/context.js";
import { expectHeld } from "../helpers/held.js";

const ctx = createContext();
const targets = new Map(
  ["llvm", "llvm -mcpu=skylake", "c"].map((text) => [text, openToolchain(text, { backends: ctx.backends.values() }).target]),
);

describe("schedulers: scheduled = reference, whatever is decided", () => {
  for (const s of ctx.schedulers)
    it(s.name, async () => {
      expect((await expectHeld(schedulerKeepsMeaning(s, ctx, targets), { seed: 1, cases: 120 })).cases).toBeGreaterThan(60);
    });
});

describe("schemes hold their ranges", () => {
  for (const s of ctx.quantization.schemes.values()) it(s.name, () => expectHeld(schemeHoldsRanges(s), { seed: 1, cases: 2000 }));
});

describe("calibrators give ranges", () => {
  for (const c of ctx.quantization.calibrators.values())
    it(c.name, () => expectHeld(calibratorGivesRanges(c), { seed: 1, cases: 200 }));
});

describe("repairs keep modules whole", () => {
  for (const r of ctx.quantization.repairs.values())
    it(r.name, async () => {
      expect((await expectHeld(repairKeepsModules(r, ctx), { seed: 1, cases: 150 })).cases).toBeGreaterThan(10);
    });
});
