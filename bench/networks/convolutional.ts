/** Published convolutional classifiers, 224 x 224, 1000 classes. BatchNorm is folded into the convolutions, as exporters do. */
import { add, concat, conv, gemm, globalPool, maxPool, maxPoolCeil } from "./layers.js";
import { activationType, createModel, type Kind, type Model, type ModelBuilder, type Tensor } from "./model-builder.js";

const CLASSES = 1000;
const image = (b: ModelBuilder): Tensor => b.input("image", activationType(b.kind), [1, 3, 224, 224]);
const classify = (b: ModelBuilder, x: Tensor): Model => b.finish([gemm(b, globalPool(b, x), CLASSES)]);

/** He et al. 2016, table 1. Strides of bottlenecks in the 3x3, as torchvision has them. */
export function resnet(depth: 18 | 50, kind?: Kind): Model {
  const b = createModel(`resnet-${depth}`, depth, kind);
  const blocks = { 18: [2, 2, 2, 2], 50: [3, 4, 6, 3] }[depth];
  let x = maxPool(b, conv(b, image(b), 64, 7, { stride: 2, act: "relu" }), 3, { stride: 2 });
  blocks.forEach((n, stage) => {
    const width = 64 << stage;
    for (let i = 0; i < n; i++) x = residual(b, x, width, depth === 50, i === 0 && stage > 0 ? 2 : 1);
  });
  return classify(b, x);
}

function residual(b: ModelBuilder, x: Tensor, width: number, bottleneck: boolean, stride: number): Tensor {
  const k = bottleneck ? 4 * width : width;
  const shortcut = stride !== 1 || x.shape[1] !== k ? conv(b, x, k, 1, { stride }) : x;
  const y = bottleneck
    ? conv(b, conv(b, conv(b, x, width, 1, { act: "relu" }), width, 3, { stride, act: "relu" }), k, 1)
    : conv(b, conv(b, x, width, 3, { stride, act: "relu" }), k, 3);
  return add(b, y, shortcut, "relu");
}

/** Howard et al. 2017, table 1, width 1. */
export function mobilenetV1(kind?: Kind): Model {
  const b = createModel("mobilenet-v1", 101, kind);
  let x = conv(b, image(b), 32, 3, { stride: 2, act: "relu" });
  const layers: readonly (readonly [channels: number, stride: number])[] = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    ...Array.from({ length: 5 }, () => [512, 1] as const),
    [1024, 2],
    [1024, 1],
  ];
  for (const [k, stride] of layers) {
    x = conv(b, conv(b, x, x.shape[1], 3, { stride, group: x.shape[1], act: "relu" }), k, 1, { act: "relu" });
  }
  return classify(b, x);
}

interface Stage {
  readonly expand: number;
  readonly channels: number;
  readonly repeat: number;
  readonly stride: number;
  readonly kernel: number;
}

/** Expansion 1x1, depthwise, linear projection 1x1, residual where shapes allow it. */
function invertedResidual(b: ModelBuilder, x: Tensor, s: Stage, stride: number, pad?: "same"): Tensor {
  const wide = x.shape[1] * s.expand;
  const expanded = s.expand === 1 ? x : conv(b, x, wide, 1, { act: "relu6" });
  const filtered = conv(b, expanded, wide, s.kernel, { stride, group: wide, act: "relu6", pad });
  const y = conv(b, filtered, s.channels, 1);
  return stride === 1 && x.shape[1] === s.channels ? add(b, y, x) : y;
}

function stages(b: ModelBuilder, x: Tensor, list: readonly Stage[], pad?: "same"): Tensor {
  let y = x;
  for (const s of list) for (let i = 0; i < s.repeat; i++) y = invertedResidual(b, y, s, i === 0 ? s.stride : 1, pad);
  return y;
}

const stage = (expand: number, channels: number, repeat: number, stride: number, kernel = 3): Stage => ({
  expand,
  channels,
  repeat,
  stride,
  kernel,
});

/** Sandler et al. 2018, table 2, width 1. */
export function mobilenetV2(kind?: Kind): Model {
  const b = createModel("mobilenet-v2", 102, kind);
  const list = [
    stage(1, 16, 1, 1),
    stage(6, 24, 2, 2),
    stage(6, 32, 3, 2),
    stage(6, 64, 4, 2),
    stage(6, 96, 3, 1),
    stage(6, 160, 3, 2),
    stage(6, 320, 1, 1),
  ];
  const x = stages(b, conv(b, image(b), 32, 3, { stride: 2, act: "relu6" }), list);
  return classify(b, conv(b, x, 1280, 1, { act: "relu6" }));
}

/** Tan and Le 2019, table 1 (B0), in its Lite form: no squeeze-and-excitation, ReLU6. TensorFlow's padding. */
export function efficientnetLite0(kind?: Kind): Model {
  const b = createModel("efficientnet-lite0", 103, kind);
  const list = [
    stage(1, 16, 1, 1, 3),
    stage(6, 24, 2, 2, 3),
    stage(6, 40, 2, 2, 5),
    stage(6, 80, 3, 2, 3),
    stage(6, 112, 3, 1, 5),
    stage(6, 192, 4, 2, 5),
    stage(6, 320, 1, 1, 3),
  ];
  const x = stages(b, conv(b, image(b), 32, 3, { stride: 2, act: "relu6", pad: "same" }), list, "same");
  return classify(b, conv(b, x, 1280, 1, { act: "relu6" }));
}

/** Iandola et al. 2016, in the form 1.1 of the authors' repository: 2.4 times fewer operations than 1.0. */
export function squeezenet(kind?: Kind): Model {
  const b = createModel("squeezenet-1.1", 104, kind);
  let x = maxPoolCeil(b, conv(b, image(b), 64, 3, { stride: 2, pad: 0, act: "relu" }), 3, 2);
  const fires: readonly (readonly [squeeze: number, expand: number, pool?: "pool"])[] = [
    [16, 64],
    [16, 64, "pool"],
    [32, 128],
    [32, 128, "pool"],
    [48, 192],
    [48, 192],
    [64, 256],
    [64, 256],
  ];
  for (const [squeeze, expand, pool] of fires) {
    const s = conv(b, x, squeeze, 1, { act: "relu" });
    const sides = [conv(b, s, expand, 1, { act: "relu" }), conv(b, s, expand, 3, { act: "relu" })];
    x = concat(b, sides);
    if (pool) x = maxPoolCeil(b, x, 3, 2);
  }
  return b.finish([globalPool(b, conv(b, x, CLASSES, 1, { act: "relu" }))]);
}
