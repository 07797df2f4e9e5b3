/** A plugin that contradicts itself is caught, whatever its fault, with a small case of it; one that does not is not. */
import { describe, expect, it } from "vitest";
import { openNative } from "../../src/check/native.js";
import { failureOf, partsOf } from "../../src/check/plugin.js";
import { createContext } from "../../src/context.js";
import type { Plugin } from "../../src/plugin.js";
import { FAULTY, SOUND } from "./faulty-plugins.js";

async function check(plugin: Plugin, cases = 60, seed = 1) {
  const ctx = createContext({ plugins: [plugin] });
  const held = [];
  for (const part of partsOf(plugin, ctx, openNative(ctx))) held.push(await part.hold({ seed, cases }));
  return held;
}

describe("a plugin with a fault", () => {
  for (const [fault, [plugin, why]] of Object.entries(FAULTY))
    it(fault, async () => {
      const failed = (await check(plugin)).map(failureOf).find((f) => f !== null);
      expect(failed && `${failed.property}: ${failed.failure?.what}`).toMatch(why);
      const seed = failed?.failure?.seed;
      if (seed === null || seed === undefined) return;
      const again = (await check(plugin, 1, seed)).map(failureOf).find((f) => f !== null);
      expect(again?.property, "drawn again by its seed").toBe(failed?.property);
    });
});

describe("a plugin without a fault", () => {
  it("holds all properties", async () => {
    const held = await check(SOUND, 40);
    expect(held.map(failureOf).filter((f) => f !== null)).toEqual([]);
    expect(held.map((p) => p.kind)).toEqual(["op", "op", "pass", "scheme", "calibrator", "repair"]);
  });
});

it("a counterexample is small: one node, simple numbers", async () => {
  const [plugin] = FAULTY["op whose lower means something else than its eval"];
  const [held] = await check(plugin);
  expect(failureOf(held)?.failure?.text).toMatch(
    /^module "twice".*\n\nfunc @main\(%x0: \w+\[[\d, ]*\]\).*\n {2}%y0 = twice\(%x0\).*\n {2}return %y0\n}\n\/\/ %x0 : .* = [01, ]+\n$/,
  );
});
