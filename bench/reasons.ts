/** Why a kernel stays below 80 % of its roofline: the first pattern that fits the kernel's name and its work, from analysis and measurements. */
export interface SlowKernel {
  readonly name: string;
  readonly ms: number;
  readonly flops: number;
  readonly bytes: number;
}

interface Reason {
  readonly kernel: RegExp;
  /** Of the kernels whose name fits. */
  readonly when?: (k: SlowKernel) => boolean;
  readonly reason: string;
}

/** Operations a byte: a depthwise 3x3 in floats has 2, in bytes 4 to 10; other contractions have tens. */
const intensity = (k: SlowKernel): number => k.flops / Math.max(1, k.bytes);
const isTiny = (k: SlowKernel): boolean => k.ms < 0.004;

export const REASONS: readonly Reason[] = [
  {
    kernel: /(?<!conv.*_)transpose/,
    reason:
      "between the caller's NCHW and NHWC inside: strided on one side; at the end it also touches the pages of the result for the first time",
  },
  { kernel: /softmax/, reason: "exp is a polynomial of about 12 operations an element, counted as 1; rows of few elements" },
  {
    kernel: /lstm|gru|rnn/,
    reason: "one matrix by one vector a step: weights are streamed once, every step waits for the one before",
  },
  {
    kernel: /dense|matmul|gemm/,
    when: (k) => intensity(k) < 1,
    reason:
      "one row: bound by loads of the weights (2 operations of every 4 bytes), which come from the second level of the cache",
  },
  { kernel: /.*/, when: isTiny, reason: "under 4 us: the call, first touches of the caches and the last, partly filled vectors" },
  {
    kernel: /conv/,
    when: (k) => intensity(k) < 12 && !/quantize/.test(k.name),
    reason:
      "depthwise, or few channels: about two loads a multiply-add, where the roofline counts multiply-adds and bytes of memory only",
  },
  {
    kernel: /conv.*quantize/,
    when: (k) => intensity(k) < 12,
    reason:
      "depthwise in bytes: no instruction sums bytes of one channel, products are widened to 16 bits (an eighth of the counted peak)",
  },
  {
    kernel: /Conv_0\b|^246|expanded_conv|Plus30|\/conv1\//,
    reason:
      "few input channels: vectors of taps and channels are padded, and requantizing or writing back weighs more than in deep sums",
  },
  {
    kernel: /pool/,
    reason: "overlapping windows: loads and maxima, three to nine of each a result, are not counted as memory traffic",
  },
  {
    kernel: /quantize|dequantize/,
    reason: "the epilogue (convert, scale, round, clamp: five or more instructions a vector) beside few multiply-adds a result",
  },
  { kernel: /conv/, reason: "the ends of register tiles, and weights or rows that come from the second level of the cache" },
];

export const reasonFor = (k: SlowKernel): string =>
  REASONS.find(({ kernel, when }) => kernel.test(k.name) && (when?.(k) ?? true))?.reason ?? "not analysed yet";
