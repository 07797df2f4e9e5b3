/** What the rules of a default schedule choose for one convolution, beside what they might have chosen; one thread, operands in the caches. */

import { count, flag, listOf, oneOf, option, runScript, UsageError } from "../../../scripts/command-line.mjs";
import { runPrepares } from "../../../src/backends/js/run-kernel.js";
import type { Kernel } from "../../../src/ir/loop/stmt.js";
import type { Machine } from "../../../src/ir/target/machine.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import type { Choice, Decisions } from "../../../src/support/choose.js";
import { median } from "../../../src/support/statistics.js";
import { buildNative, openNative } from "../../backends/llvm/native.js";
import { convolution, operands } from "../../ir/schedule/winograd-cases.js";

/** A sample takes about so many operations. */
const SAMPLE = 1e8;

const command = {
  run: "node --import jiti/register test/schedules/cpu/choices-speed.ts",
  about: `Times a convolution with its default schedule and with other choices, in turns, and prints medians and how many GFLOP/s (GOP/s) they are.
Choices are named as in tuning logs, without the name of the stage, and with _ for spaces.`,
  options: {
    target: option("TEXT", "as for qc compile", "llvm"),
    dtype: option("DTYPE", "f32, or u8 or i8 with weights of i8", "f32" as const, oneOf(["f32", "u8", "i8"] as const)),
    image: option("HxWxC", "the image, NHWC", "56x56x64"),
    filters: option("N", "output channels; as many as input channels unless given", undefined, count),
    window: option("N", "height and width of the window", 3, count),
    stride: option("N", "steps of the window", 1, count),
    depthwise: flag("each channel on its own"),
    strict: flag("direct sums only"),
    choose: option('"A=1,B=2 A=3"', "what to compare with; without it every other option of every choice", undefined, (text) =>
      text.split(" ").filter(Boolean).map(decisions),
    ),
    rounds: option("N", "samples of each", 25, count),
  },
  examples: [
    [
      "... --image 224x224x3 --filters 64 --window 7 --stride 2 --choose halo=true",
      "a first layer, its border apart and with a halo",
    ],
    ['... --image 28x28x128 --strict --choose "positions=4,vectors=2 positions=14,vectors=1"', "register tiles of direct sums"],
  ],
} as const;

const choiceOf = (text: string): Choice =>
  text === "true" || text === "false" ? text === "true" : Number.isNaN(Number(text)) ? text : Number(text);

function decisions(text: string): Decisions {
  const pairs = text.split(",").map((part) => part.split("="));
  if (pairs.some((p) => p.length !== 2)) throw new UsageError("choices like positions=4,vectors=2");
  return Object.fromEntries(pairs.map(([site, value]) => [site, choiceOf(value.replaceAll("_", " "))]));
}

const textOf = (d: Decisions): string => Object.entries(d).map((pair) => pair.join("=").replaceAll(" ", "_")).join(","); // biome-ignore format: one idea

/** The kernel with these choices, by the names of sites without their stage. */
function scheduled(kernel: Kernel, target: Machine, wanted: Decisions): Kernel {
  const left = new Set(Object.keys(wanted));
  const done = scheduleKernel(kernel, target, (site, options, fallback) => {
    const name = shortName(site);
    const found = options.find((v) => v === wanted[name]);
    if (found !== undefined) left.delete(name);
    return found ?? fallback;
  });
  if (left.size > 0)
    throw new UsageError(
      `${textOf(wanted)}: there is no such choice of ${[...left].join(", ")} here; without --choose all are listed`,
    );
  return done.kernel;
}

/** What the rules choose, and all else that they might. */
function choicesOf(kernel: Kernel, target: Machine): { readonly taken: Decisions; readonly others: readonly Decisions[] } {
  const taken: Record<string, Choice> = {};
  const others: Decisions[] = [];
  scheduleKernel(kernel, target, (site, options, fallback) => {
    taken[shortName(site)] = fallback;
    others.push(...options.filter((v) => v !== fallback).map((v) => ({ [shortName(site)]: v })));
    return fallback;
  });
  return { taken, others };
}

const shortName = (site: string): string => site.slice(site.indexOf(".") + 1);

await runScript(command, (o) => {
  const [h, w, c] = listOf(count)(o.image.replaceAll("x", ","));
  const [k, groups] = o.depthwise ? [c, c] : [o.filters ?? c, 1];
  const pad = (o.window - 1) >> 1;
  const geometry = { n: 1, h, w, c, k, window: o.window, strides: [o.stride, o.stride], pads: [pad, pad, pad, pad], groups };
  const kernel = convolution({ ...geometry, dtype: o.dtype, zero: o.dtype === "f32" ? 0 : 3, activation: false });
  const native = openNative();
  const target = { ...native.target(o.target), strictFloat: o.strict };
  const { taken, others } = choicesOf(kernel, target);
  const wanted = [{}, ...(o.choose ?? others)];
  const kernels = wanted.map((d) => scheduled(kernel, target, d));
  const built = buildNative(native, kernels, target);
  const data = kernels.map((x) => runPrepares(x, operands(x, 1)));

  const [rows, columns] = [h, w].map((n) => Math.floor((n + 2 * pad - o.window) / o.stride) + 1);
  const operations = (2 * rows * columns * k * o.window ** 2 * c) / groups;
  const repeats = Math.max(1, Math.round(SAMPLE / operations));
  const samples = kernels.map((): number[] => []);
  for (let round = 0; round < o.rounds; round++)
    for (const [i, of] of samples.entries()) of.push(built.time(i, data[i], repeats, 1));
  for (const [i, of] of samples.entries()) {
    const seconds = median(of);
    const rate = (operations / seconds / 1e9).toFixed(0).padStart(6);
    console.log(`${(seconds * 1e6).toFixed(1).padStart(9)} us ${rate}  ${textOf(wanted[i]) || `default: ${textOf(taken)}`}`);
  }
});
