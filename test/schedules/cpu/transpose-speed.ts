/**
 * Transposes beside an element-wise kernel of the same size and the plain loops, one thread: the table of docs/makers/schedules.md.
 *   node --import jiti/register test/schedules/cpu/transpose-speed.ts llvm|"llvm -mcpu=znver3" f32|i8|i16|f64 [ROWSxCOLUMNS ...]
 */
import { createGen } from "../../../src/ir/op/sample.js";
import { type DType, dtypeInfo } from "../../../src/ir/type/dtype.js";
import { tensorType } from "../../../src/ir/type/tensor-type.js";
import { scheduleKernel } from "../../../src/schedules/cpu/schedule.js";
import { following } from "../../../src/support/choose.js";
import { buildNative, openNative } from "../../backends/llvm/native.js";
import { groupOf } from "../../ir/loop/build.js";

const SHAPES = ["3136x256", "256x3136", "196x1024", "1024x196"];
const [, , text = "llvm", kind = "f32", ...given] = process.argv;
const dtype = kind as DType;
const native = openNative();
const target = native.target(text);
for (const shape of given.length ? given : SHAPES) {
  const dims = shape.split("x").map(Number);
  const count = dims[0] * dims[1];
  const moved = groupOf({ "%x": tensorType(dtype, dims) }, [["transpose", ["%x"], { perm: [1, 0] }, "%y"]]).kernel;
  const copied = groupOf({ "%x": tensorType(dtype, [count]) }, [["neg", ["%x"], {}, "%y"]]).kernel;
  const kernels = [
    scheduleKernel(copied, target).kernel,
    scheduleKernel(moved, target, following({ "transpose.transpose": "plain" })).kernel,
    scheduleKernel(moved, target).kernel,
  ];
  const built = buildNative(native, kernels, target);
  const x0 = createGen(3).tensor({ dtype, shape: dims }).data;
  const seconds = kernels.map(() => Number.POSITIVE_INFINITY);
  // interleaved: the machine's load changes
  for (let round = 0; round < 6; round++)
    kernels.forEach((_, i) => {
      seconds[i] = Math.min(seconds[i], built.time(i, { x0 }, Math.max(1, Math.round(2e6 / count)), 3));
    });
  const rates = seconds.map((s) => ((2 * count * dtypeInfo(dtype).bytes) / s / 1e9).toFixed(1).padStart(6));
  process.stdout.write(`${dtype} ${shape.padEnd(12)} neg ${rates[0]}  plain ${rates[1]}  transposed ${rates[2]} GB/s\n`);
}
