/**
 * Direct sums beside Winograd's algorithm, one thread: the table of docs/makers/schedules.md.
 *   node --import jiti/register test/schedules/cpu/winograd-speed.ts "llvm -mcpu=znver3" f32|i8 [N,H,W,C,K ...]
 */
import { runPrepares } from "../../../src/backends/js/run-kernel.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { buildNative, openNative } from "../../backends/llvm/native.js";
import { convolution, operands } from "../../ir/schedule/winograd-cases.js";

const SHAPES = [
  "1,56,56,64,64",
  "1,28,28,128,128",
  "1,14,14,256,256",
  "1,7,7,512,512",
  "1,56,56,32,32",
  "1,28,28,24,40",
  "1,13,17,48,48",
  "1,57,55,20,12",
  "8,14,14,64,64",
];
const [, , text = "llvm", kind = "f32", ...given] = process.argv;
const dtype = kind === "i8" ? "i8" : "f32";
const native = openNative();
const target = native.target(text);
for (const shape of given.length ? given : SHAPES) {
  const [n, h, w, c, k] = shape.split(",").map(Number);
  const kernel = convolution({ n, h, w, c, k, pads: [1, 1, 1, 1], dtype, zero: 3 });
  let plan = "direct";
  const kernels = [
    scheduleKernel(kernel, target, (site, options, fallback) => (site.endsWith(".winograd") ? options[0] : fallback)).kernel,
    scheduleKernel(kernel, target, (site, _, fallback) => {
      if (site.endsWith(".winograd")) plan = String(fallback);
      return fallback;
    }).kernel,
  ];
  const built = buildNative(native, kernels, target);
  const data = kernels.map((x) => runPrepares(x, operands(kernel, 1)));
  const operations = 2 * 9 * n * h * w * c * k;
  const repeats = Math.max(1, Math.round(4e8 / operations));
  const seconds = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  // interleaved: the machine's load changes
  for (let round = 0; round < 5; round++)
    for (const i of [0, 1]) seconds[i] = Math.min(seconds[i], built.time(i, data[i], repeats, 5));
  const rate = seconds.map((s) => (operations / s / 1e9).toFixed(0).padStart(5));
  const gain = (seconds[0] / seconds[1]).toFixed(2);
  process.stdout.write(`${shape.padEnd(16)} direct ${rate[0]}  default ${rate[1]} G/s  ${gain}x  ${plan}\n`);
}
