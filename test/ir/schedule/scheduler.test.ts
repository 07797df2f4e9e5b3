import { expect, it } from "vitest";
import { openToolchain } from "../../../src/build/toolchain.js";
import { createContext } from "../../../src/context.js";
import { type Scheduler, schedulerFor } from "../../../src/ir/schedule/scheduler.js";
import { unscheduled } from "../../../src/ir/schedule/session.js";

const { target } = openToolchain("llvm -mtriple=x86_64-linux-gnu -mcpu=znver3");

const asWritten: Scheduler = {
  name: "as-written",
  doc: "kernels keep their loops",
  accepts: ({ mcpu }) => mcpu === "znver3",
  schedule: (kernel) => unscheduled(kernel),
  nameOf: ({ name }) => name,
};

it("is the compiler's own, where no plugin has one for the target", () => {
  const plugin = { name: "p", apiVersion: 1, schedulers: [{ ...asWritten, accepts: () => false }] };
  expect(schedulerFor(createContext({ plugins: [plugin] }).schedulers, target).name).toBe("cpu");
});

it("is a plugin's, where it accepts the target", () => {
  const { schedulers } = createContext({ plugins: [{ name: "p", apiVersion: 1, schedulers: [asWritten] }] });
  expect(schedulerFor(schedulers, target).name).toBe("as-written");
  expect(schedulerFor(schedulers, { ...target, mcpu: "znver4" }).name).toBe("cpu");
});

it("is missed by name of the target", () => {
  expect(() => schedulerFor([asWritten], { ...target, mcpu: "znver4" })).toThrow(/no schedules for target 'llvm.*znver4'/);
});

it("is refused where two have one name", () => {
  expect(() => createContext({ plugins: [{ name: "p", apiVersion: 1, schedulers: [{ ...asWritten, name: "cpu" }] }] })).toThrow(
    /cpu/,
  );
});
