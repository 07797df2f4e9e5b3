import { describe, expect, it } from "vitest";
import { roundUp, svg } from "../../bench/compiler/chart.js";
import { benchModule } from "../../bench/compiler/modules.js";
import { OPERAND_AXES, operandModel } from "../../bench/compiler/operands.js";
import { exponent, slope } from "../../bench/compiler/report.js";
import { isSuperlinear, pairs } from "../../bench/compiler/superlinear.js";
import { operandTasks, type Task } from "../../bench/compiler/tasks.js";
import { createContext } from "../../src/context.js";

const textLength = ({ name, run }: Task): readonly (readonly [name: string, length: number])[] =>
  name.endsWith(" text") ? [[name, Number(run())]] : [];

describe("the compiler's own speed", () => {
  it("is measured stage by stage: every task runs, the same ones at every size", () => {
    const sizes = { graph: [40, 80], kernels: [20, 40], arena: [10, 20], operands: [5, 10] };
    const names = [...pairs(createContext(), sizes)].map(({ what, small, large }) => {
      const [a, b] = [small, large].map((tasks) => {
        const found: string[] = [];
        for (const task of tasks) {
          task.run();
          found.push(task.name);
        }
        return found;
      });
      expect(b).toEqual(a);
      expect(a.length).toBeGreaterThan(1);
      return what;
    });
    expect(names).toEqual(["chain", "tree", "fan", "kernels", "arena", ...Object.keys(OPERAND_AXES)]);
  });

  it.each(Object.keys(OPERAND_AXES))("%s: the text of every backend grows with them, not with their square", (axis) => {
    const lengths = [50, 400].map((n) => [...operandTasks(operandModel(axis, n), createContext())].flatMap(textLength));
    expect(lengths[0].map(([name]) => name)).toEqual(["LLVM text", "C text", "JavaScript text"]);
    for (const [i, [name, few]] of lengths[0].entries()) {
      const [, many] = lengths[1][i];
      expect(many / few, name).toBeLessThan(9);
    }
  });

  it("tells quadratic growth from linear growth on a busy machine, and leaves noise alone", () => {
    expect(isSuperlinear(1, 64)).toBe(true);
    expect(isSuperlinear(10, 8 * 10 * 2.5)).toBe(false);
    expect(isSuperlinear(0.1, 6.4)).toBe(false);
  });

  it("draws modules of the size asked for", () => {
    for (const form of ["chain", "tree", "fan"] as const) {
      const { body } = benchModule(form, 1000, createContext()).funcs[0];
      expect(body.length).toBeGreaterThan(800);
      expect(body.length).toBeLessThan(1600);
    }
  });
});

describe("charts and slopes", () => {
  it("know a line and a parabola", () => {
    expect(slope([0, 1, 2], [1, 3, 5])).toBeCloseTo(2);
    expect(exponent([1, 2], [5, 10])).toBeCloseTo(1);
    expect(exponent([1, 2], [5, 20])).toBeCloseTo(2);
  });

  it("draw every point, and text without markup", () => {
    expect([0.03, 1, 3, 250, 1000].map(roundUp)).toEqual([0.04, 1, 4, 400, 1000].map((v) => expect.closeTo(v)));
    const points = [
      [0, 0],
      [5, 10],
    ] as const;
    const text = svg([{ title: "a < b", x: "x", left: "l", right: "r", series: [{ label: "s", color: "#123456", points }] }]);
    expect(text.match(/<circle/g)).toHaveLength(2);
    expect(text).toContain("a &lt; b");
    expect(text.match(/<svg/g)).toHaveLength(1);
  });
});
