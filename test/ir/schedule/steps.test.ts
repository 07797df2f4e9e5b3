import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runKernel, runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";
import { walkStmt } from "../../../src/ir/loop/visit.js";
import { createGen } from "../../../src/ir/op/sample.js";
import type { TypedArray } from "../../../src/ir/op/tensor.js";
import { applyStep, applySteps, STEPS, stepDef } from "../../../src/ir/schedule/apply.js";
import { legal, type Step, type Tail } from "../../../src/ir/schedule/step.js";
import { perTensor } from "../../../src/ir/type/quant.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { f32, groupOf } from "../loop/build.js";

const spatial = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], layout: "channels_last" };
const GROUPS = {
  conv: groupOf({ "%x": f32(1, 5, 6, 4), "#w": f32(8, 3, 3, 4), "#b": f32(8) }, [
    ["conv", ["%x", "#w", "#b"], spatial, "%c"],
    ["relu", ["%c"], {}, "%y"],
  ]),
  "integer conv": groupOf(
    { "%x": tensorType("i8", [1, 4, 5, 6], perTensor(1, 3)), "#w": tensorType("i8", [8, 3, 3, 6], perTensor(1)) },
    [["conv", ["%x", "#w", ""], spatial, "%c"]],
  ),
  depthwise: groupOf({ "%x": f32(1, 5, 6, 4), "#w": f32(4, 3, 3, 1) }, [
    ["conv", ["%x", "#w", ""], { ...spatial, groups: 4 }, "%y"],
  ]),
  dense: groupOf({ "%x": f32(6, 7), "#w": f32(12, 7) }, [["dense", ["%x", "#w", ""], {}, "%y"]]),
  "max pool": groupOf({ "%x": f32(1, 6, 7, 8) }, [["max_pool", ["%x"], { ...spatial, kernel: [3, 3] }, "%y"]]),
  sum: groupOf({ "%x": f32(3, 5, 7) }, [["reduce_sum", ["%x"], { axes: [1, 2], keepdims: false }, "%y"]]),
  greatest: groupOf({ "%x": f32(3, 10) }, [["reduce_max", ["%x"], { axes: [0, 1], keepdims: true }, "%y"]]),
  maps: groupOf({ "%x": f32(4, 6, 8), "%z": f32(8) }, [
    ["exp", ["%x"], {}, "%e"],
    ["add", ["%e", "%z"], {}, "%y"],
  ]),
  transpose: groupOf({ "%x": f32(6, 10) }, [
    ["exp", ["%x"], {}, "%e"],
    ["transpose", ["%e"], { perm: [1, 0] }, "%y"],
  ]),
};

const operands = new Map(
  Object.entries(GROUPS).map(([name, { kernel }]) => {
    const g = createGen(3);
    const data: Record<string, TypedArray> = {};
    for (const b of kernel.buffers)
      if (b.role === "in" || b.role === "const") data[b.name] = g.tensor({ dtype: b.dtype, shape: b.shape }).data;
    return [name, data];
  }),
);

function outputs(kernel: Kernel, name: string): Record<string, TypedArray> {
  return runKernel(kernel, runPrepares(kernel, operands.get(name) ?? {}, { checked: true }), { checked: true });
}

/** A step whose names are taken from the kernel and whose numbers are drawn: often not legal. */
function drawStep(kernel: Kernel, d: readonly number[]): Step | null {
  const pick = <T>(list: readonly T[], n: number): T => list[n % list.length];
  const stage = pick(kernel.stages, d[1]);
  const loops: string[] = [];
  walkStmt(stage.body, (s) => {
    if (s.k === "for") loops.push(s.name);
  });
  if (loops.length === 0) return null;
  const loop = pick(loops, d[2]);
  const after = loops[(loops.indexOf(loop) + 1) % loops.length];
  const tail = pick<Tail>(["cut", "guard", "overlap"], d[3]);
  const on = { stage: stage.name };
  const buffer = pick(kernel.buffers, d[3]).name;
  const blocks = loops.filter((l) => l.startsWith("i"));
  switch (pick(Object.keys(STEPS) as Step["step"][], d[0])) {
    case "split":
      return { step: "split", ...on, loop, factor: pick([2, 3, 4, 8], d[4]), tail };
    case "reorder":
      return { step: "reorder", ...on, loops: d[3] % 2 ? [after, loop] : [...loops].reverse() };
    case "fuse":
      return { step: "fuse", ...on, loops: [loop, after] };
    case "attach": {
      const fill = kernel.stages.find((s) => s.name.startsWith("fill")) ?? stage;
      return { step: "attach", stage: fill.name, to: stage.name, loop: d[3] % 2 ? loops[0] : loop };
    }
    case "join":
      return {
        step: "join",
        ...on,
        loops: d[3] % 2 && loops.length > 1 ? [loops[loops.length - 2], loops[loops.length - 1]] : [loop, after],
      };
    case "unroll":
      return { step: "unroll", ...on, loop };
    case "parallel":
      return { step: "parallel", ...on, loop: d[3] % 2 ? loops[0] : loop };
    case "vectorize":
      return { step: "vectorize", ...on, loop: d[3] % 2 ? loops[loops.length - 1] : loop };
    case "collapse":
      return { step: "collapse", loops: d[3] % 2 ? [loop, after] : blocks };
    case "writeback":
      return { step: "writeback", buffer };
    case "widen":
      return { step: "widen", ...on, loop, extent: pick([4, 6, 8], d[4]) };
    case "border":
      return { step: "border", ...on, loops: d[3] % 2 ? [loop, after] : [loop] };
    case "partial":
      return { step: "partial", ...on, loop: d[3] % 2 ? loops[loops.length - 1] : loop, factor: pick([2, 3, 4], d[4]) };
    case "contract":
      return { step: "contract", ...on };
    case "prefetch":
      return { step: "prefetch", ...on, buffer, distance: pick([64, 4096], d[4]) };
    case "winograd":
      return {
        step: "winograd",
        ...on,
        m: pick([2, 4], d[3]),
        block: pick([1, 2, 4], d[4]),
        positions: 1 + (d[2] % 2),
        channels: 4,
      };
    case "pairs":
      return { step: "pairs", ...on, loop };
    case "bytes":
      return { step: "bytes", ...on, buffer, dtype: d[4] % 2 ? "u8" : "i8" };
    case "recentre":
      return { step: "recentre", ...on, buffer };
    case "quads":
      return { step: "quads", ...on, loop };
    case "windows": {
      const [size, dtype] = d[4] % 2 ? ([2, "i16"] as const) : ([4, "u8"] as const);
      return { step: "windows", ...on, buffer, position: loop, tap: after, size, phases: pick([1, 2], d[2]), dtype, lanes: 4 };
    }
    case "cache": {
      const rank = pick(kernel.buffers, d[3]).shape.length;
      const dims = Array.from({ length: rank }, (_, dim) => ({ dim }));
      const parts = [{ dim: d[2] % rank, div: 4 }, ...dims.filter((p) => p.dim !== d[2] % rank), { dim: d[2] % rank, mod: 4 }];
      return {
        step: "cache",
        ...on,
        buffer,
        ...(d[4] % 2 ? { layout: parts } : {}),
        ...(d[4] % 3 === 2 ? { dtype: "i16" } : {}),
      };
    }
    case "tile": {
      const at = kernel.stages.indexOf(stage);
      const names = kernel.stages.slice(Math.max(0, at - 1), at + 2).map((s) => s.name);
      const tiles = blocks.filter((_, i) => (d[3] >> i) % 2).map((l) => ({ loop: l, factor: pick([2, 3, 4, 5], d[4]), tail }));
      const order = blocks.map((l) => (tiles.some((t) => t.loop === l) ? `${l}.o` : l));
      return { step: "tile", stages: names, tiles, order: d[2] % 2 ? order : order.reverse() };
    }
  }
}

describe("legal sequences of steps keep the meaning", () => {
  for (const [name, { kernel }] of Object.entries(GROUPS)) {
    const want = outputs(kernel, name);
    it(name, () => {
      const fired = new Set<string>();
      fc.assert(
        fc.property(
          fc.array(fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }), { minLength: 10, maxLength: 60 }),
          (draws) => {
            let k = kernel;
            const steps: Step[] = [];
            for (const d of draws) {
              const step = drawStep(k, d);
              if (!step || steps.length >= 8 || legal(stepDef(step.step), k, step as never)) continue;
              k = applyStep(k, step);
              steps.push(step);
              fired.add(step.step);
            }
            const text = JSON.stringify(steps);
            verifyKernel(k);
            expect(applySteps(kernel, JSON.parse(text)), text).toEqual(k);
            const got = outputs(k, name);
            for (const [buffer, data] of Object.entries(want)) {
              const scale = Math.max(...Array.from<number | bigint>(data).map((v) => Math.abs(Number(v))));
              const far = [...(data as Float32Array)].findIndex(
                (v, i) => !(Math.abs(v - Number(got[buffer][i])) <= (data instanceof Float32Array ? 1e-5 * scale : 0)),
              );
              expect(far, `${buffer} differs after ${text}`).toBe(-1);
            }
          },
        ),
        { numRuns: 120 },
      );
      expect(fired.size, `steps that were legal: ${[...fired].join(" ")}`).toBeGreaterThan(4);
    });
  }
});

describe("steps say why they are not legal", () => {
  const conv = GROUPS.conv.kernel;
  it.each<[Step, RegExp]>([
    [{ step: "split", stage: "contract", loop: "i2", factor: 4, tail: "cut" }, /4 does not divide 6/],
    [{ step: "split", stage: "contract", loop: "i2", factor: 4, tail: "overlap" }, /may not run twice/],
    [{ step: "split", stage: "contract", loop: "i2", factor: 4, tail: "guard" }, /a reduction would run over/],
    [{ step: "split", stage: "nowhere", loop: "i2", factor: 4, tail: "cut" }, /no stage 'nowhere'/],
    [{ step: "parallel", stage: "contract", loop: "i3" }, /not the outermost loop/],
    [{ step: "vectorize", stage: "contract", loop: "nothing" }, /no loop 'nothing'/],
    [{ step: "cache", stage: "contract", buffer: "x0", dtype: "i16" }, /do not fit i16/],
    [{ step: "prefetch", stage: "contract", buffer: "x0", distance: 64 }, /'x0' is no constant/],
    [{ step: "prefetch", stage: "contract", buffer: "c0", distance: 64 }, /no vector of 'c0' is read/],
    [{ step: "prefetch", stage: "contract", buffer: "c0", distance: 0 }, /no positive whole number/],
    [{ step: "join", stage: "contract", loops: ["r0", "r1"] }, /'x0' does not hold the elements of 'r1' whole/],
    [{ step: "join", stage: "contract", loops: ["r0", "r2"] }, /do not follow each other/],
    [{ step: "join", stage: "contract", loops: ["i1", "i2"] }, /the sums are indexed by the loops/],
    [{ step: "collapse", loops: ["i1", "i2"] }, /'x0' is indexed by one of the loops alone/],
    [
      { step: "tile", stages: ["contract.init", "contract"], tiles: [], order: ["i1", "i2"] },
      /uses the accumulator|order must list/,
    ],
  ])("%j", (step, message) => {
    const why = legal(stepDef(step.step), conv, step as never);
    expect(why?.message).toMatch(message);
    expect(() => applyStep(conv, step)).toThrow(message);
  });
});
