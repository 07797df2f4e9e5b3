import { type Attrs, attr } from "../attr/attr.js";
import { defineOp } from "../op/define.js";
import { type CommutesWithTranspose, perDimension } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, numbersOf, tensorOf } from "../op/tensor.js";
import { dtypeInfo, isFloat } from "../type/dtype.js";
import { perTensor } from "../type/quant.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { lowerResize, type ResizeAttrs } from "./shared/resize-lowering.js";
import {
  axisMap,
  COORDINATES,
  isIdentityAxis,
  NEAREST_MODES,
  type NearestMode,
  type SampleMode,
  tapRange,
} from "./shared/sampling.js";
import { eachIndex, offsetOf } from "./shared/spatial.js";
import { roundHalfEven } from "./shared/values.js";

const NEAREST: Readonly<Record<NearestMode, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
};

/** Weight of a sample at distance d. Cubic: Keys 1981, equation 15, with free parameter a. */
function weight(mode: SampleMode, d: number, a: number): number {
  const x = Math.abs(d);
  if (mode === "linear") return Math.max(0, 1 - x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

function geometryOf(a: ResizeAttrs, input: number, d: number) {
  const roi = a.roi.length ? ([a.roi[d], a.roi[a.shape.length + d]] as const) : ([0, 1] as const);
  return { input, output: a.shape[d], scale: a.scales[d], roi };
}

/** Samples of output i along axis d: input positions and weights; null where the value is the extrapolated one. */
function samplesAt(a: ResizeAttrs, input: number, d: number, i: number): { at: number; weight: number }[] | null {
  const geometry = geometryOf(a, input, d);
  if (isIdentityAxis(a.coordinates, geometry)) return [{ at: i, weight: 1 }];
  const m = axisMap(a.coordinates, geometry);
  const x = ((i + m.before) * m.times) / m.over + m.after;
  if (a.coordinates === "tf_crop_and_resize" && (x < 0 || x > input - 1)) return null;
  const clamp = (p: number) => Math.min(Math.max(p, 0), input - 1);
  if (a.mode === "nearest") return [{ at: clamp(NEAREST[a.nearest](x)), weight: 1 }];
  const { first, count, shrink } = tapRange(a.mode, a.antialias, a.scales[d]);
  const base = Math.floor(x);
  const taps = Array.from({ length: count }, (_, j) => {
    const p = base + first + j;
    const outside = p < 0 || p >= input;
    return {
      at: clamp(p),
      weight: a.exclude_outside && outside ? 0 : weight(a.mode, (first + j - (x - base)) * shrink, a.cubic_a),
    };
  });
  if (!a.antialias && !a.exclude_outside) return taps;
  const sum = taps.reduce((s, t) => s + t.weight, 0);
  return taps.map((t) => ({ at: t.at, weight: t.weight / sum }));
}

const everyAxis = perDimension<ResizeAttrs & Attrs>({ shape: 1, scales: 1, roi: 2 });

/** Interpolated integers are rounded once, from a sum whose terms come axis by axis: resampled axes keep their order. */
const inTheSameOrder: CommutesWithTranspose<ResizeAttrs & Attrs> = {
  operands: "all",
  behind(a, p, types) {
    const [x] = types;
    if (a.mode !== "nearest" && x && !isFloat(x.dtype)) {
      const resampled = p.filter((_, d) => !isIdentityAxis(a.coordinates, geometryOf(a, x.shape[d], d)));
      if (resampled.some((axis, i) => i > 0 && axis < resampled[i - 1])) return null;
    }
    return everyAxis.behind(a, p, types);
  },
};

/** Resampling along every axis whose size changes. ONNX Resize-19, Upsample-9; TFLite RESIZE_NEAREST_NEIGHBOR, RESIZE_BILINEAR. */
export const resize = defineOp({
  name: "resize",
  doc:
    "y = samples of x at positions given by `coordinates` per axis, interpolated. Nearest copies elements and keeps any quantization. " +
    "Linear and cubic: the weighted sum in the element type; integers in double, rounded half to even where quantized and toward zero " +
    "where not, saturating.",
  attrs: {
    shape: attr.ints("result shape"),
    scales: attr.floats("output length / input length per axis, before rounding"),
    mode: attr.oneOf("interpolation", ["nearest", "linear", "cubic"]),
    coordinates: attr.oneOf("how output positions lie in the input", COORDINATES, "half_pixel"),
    nearest: attr.oneOf("rounding of positions, nearest", NEAREST_MODES, "round_prefer_floor"),
    cubic_a: attr.f32("free parameter, cubic", -0.75),
    exclude_outside: attr.bool("samples outside weigh nothing, the others are scaled up", false),
    antialias: attr.bool("widen the filter by the scale where it shrinks", false),
    roi: attr.floats("tf_crop_and_resize: begins and ends per axis as fractions; none: all", []),
    extrapolation: attr.f32("tf_crop_and_resize: value outside the input", 0),
  },
  operands: [{ name: "x" }],
  traits: ["same-scale"],
  layout: { transpose: inTheSameOrder, wantsChannelsLast: true },
  quantize: {
    ...movesElements,
    // a value from outside the input, the model's own float, need not lie on the grid
    refuses: ({ mode, coordinates }) =>
      mode !== "nearest" ? `it interpolates (${mode})` : coordinates === "tf_crop_and_resize" ? "it extrapolates" : null,
  },
  infer([x], a, fail) {
    if (!x) return fail("QC-NN-005", "resize: x is required");
    const rank = x.shape.length;
    if (a.shape.length !== rank || a.scales.length !== rank || (a.roi.length !== 0 && a.roi.length !== 2 * rank)) {
      return fail("QC-NN-060", `resize: shape, scales (and roi) must have ${rank} entries per axis (twice that)`);
    }
    if (a.scales.some((s) => !(s > 0)) || a.shape.some((s) => s < 1))
      fail("QC-NN-061", "resize: sizes and scales must be positive");
    if (a.mode !== "nearest" && x.quant && x.quant.kind !== "tensor") fail("QC-NN-062", "resize: x must be quantized per tensor");
    if (a.mode !== "nearest" && !isFloat(x.dtype) && dtypeInfo(x.dtype).bits > 32)
      fail("QC-NN-063", `resize: no ${a.mode} of ${x.dtype}`);
    return [tensorType(x.dtype, a.shape, x.quant)];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("resize: absent operand");
    const axes = a.shape.map((n, d) => Array.from({ length: n }, (_, i) => samplesAt(a, x.type.shape[d], d, i)));
    if (a.mode === "nearest" && a.coordinates !== "tf_crop_and_resize") {
      const data = emptyData(type.dtype, numElements(type.shape));
      eachIndex(type.shape, (i) => {
        data[offsetOf(type.shape, i)] =
          x.data[
            offsetOf(
              x.type.shape,
              i.map((v, d) => axes[d][v]?.[0].at ?? 0),
            )
          ];
      });
      return [{ type, data }];
    }
    const values = numbersOf(x);
    const y = new Float64Array(numElements(type.shape));
    const { min, max } = dtypeInfo(type.dtype);
    const store = (v: number) => {
      if (isFloat(type.dtype)) return v;
      return Math.min(Math.max(type.quant ? roundHalfEven(v) : Math.trunc(v), min), max);
    };
    eachIndex(type.shape, (i) => {
      const taps = i.map((v, d) => axes[d][v]);
      let sum = 0;
      if (taps.some((t) => t === null)) sum = a.extrapolation;
      else {
        eachIndex(
          taps.map((t) => t?.length ?? 0),
          (r) => {
            const chosen = r.map((j, d) => taps[d]?.[j] ?? { at: 0, weight: 0 });
            sum +=
              chosen.reduce((w, t) => w * t.weight, 1) *
              values[
                offsetOf(
                  x.type.shape,
                  chosen.map((t) => t.at),
                )
              ];
          },
        );
      }
      y[offsetOf(type.shape, i)] = store(sum);
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("resize: absent operand");
    lowerResize(b, x, y, a);
  },
  sample(g) {
    const input = [g.int(1, 2), g.int(1, 2), g.int(2, 5), g.int(2, 5)];
    const shape = [input[0], input[1], g.int(1, 9), g.int(1, 9)];
    const mode = g.pick(["nearest", "linear", "cubic"] as const);
    const coordinates = g.pick(COORDINATES);
    const kind = g.pick([
      { dtype: "f32" },
      { dtype: "f32" },
      { dtype: "f16" },
      { dtype: "f64" },
      { dtype: "u8", quant: perTensor(0.5, 3) },
    ] as const);
    return {
      inputs: [g.tensor({ ...kind, shape: input })],
      attrs: {
        shape,
        scales: shape.map((s, d) => (d < 2 ? 1 : Math.fround((s + g.pick([0, 0.25])) / input[d]))),
        mode,
        coordinates,
        nearest: g.pick(NEAREST_MODES),
        exclude_outside: mode !== "nearest" && g.bool(),
        antialias: mode !== "nearest" && coordinates !== "tf_crop_and_resize" && g.bool(),
        roi: coordinates === "tf_crop_and_resize" ? [0, 0, 0.2, -0.1, 1, 1, 0.8, 1.2] : [],
        extrapolation: 7,
      },
    };
  },
});
