/** The kernel list: single convolutions as float models and as the QLinearConv that ONNX Runtime runs. */
import { conv } from "./networks/layers.js";
import { activationType, createModel, type Kind, type Model } from "./networks/model-builder.js";

export interface ConvCase {
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly group: number;
}

const square = (size: number, channels: number): ConvCase => ({
  size,
  channels,
  filters: channels,
  kernel: 3,
  stride: 1,
  group: 1,
});
const pointwise = (size: number, channels: number, filters: number): ConvCase => ({
  ...square(size, channels),
  filters,
  kernel: 1,
});
const depthwise = (size: number, channels: number): ConvCase => ({ ...square(size, channels), group: channels });

/** Layers of ResNet-50 and MobileNetV2: what their networks spend their time in. */
export const KERNELS: readonly ConvCase[] = [
  square(56, 64),
  square(28, 128),
  square(14, 256),
  square(7, 512),
  pointwise(56, 64, 256),
  pointwise(56, 256, 64),
  pointwise(14, 256, 1024),
  pointwise(7, 960, 320),
  depthwise(56, 96),
  depthwise(14, 576),
  { size: 224, channels: 3, filters: 64, kernel: 7, stride: 2, group: 1 },
];

export function kernelName({ size, channels, filters, kernel, stride, group }: ConvCase): string {
  const what = group > 1 ? `depthwise ${kernel}x${kernel}` : `${kernel}x${kernel}`;
  return `${what}${stride > 1 ? ` stride ${stride}` : ""}, ${size}x${size}, ${group > 1 ? channels : `${channels}->${filters}`}`;
}

/** A convolution with bias and nothing else. */
export function convModel({ size, channels, filters, kernel, stride, group }: ConvCase, kind: Kind): Model {
  const b = createModel(`conv_${kind}`, 7, kind);
  const x = b.input("x", activationType(kind), [1, channels, size, size]);
  return b.finish([conv(b, x, filters, kernel, { stride, group })]);
}
