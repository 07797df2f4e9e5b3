import { expect } from "vitest";
import { type Amount, type Held, hold, type Property } from "../../src/check/property.js";

/** Holds a property; a contradiction fails the test with the smallest case found. */
export async function expectHeld<T extends object>(p: Property<T>, amount: Amount): Promise<Held> {
  const held = await hold(p, amount);
  const { failure } = held;
  expect(failure && `${p.name}, seed ${failure.seed}: ${failure.what}\n${failure.text}`).toBeNull();
  return held;
}
