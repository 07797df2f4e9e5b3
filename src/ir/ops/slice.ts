import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { perDimension } from "../op/layout.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, type Tensor } from "../op/tensor.js";
import { sliced } from "../type/strided-view.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { present } from "./shared/check.js";
import { drawMoved, gatherInto, movedQuant, offsetsBy } from "./shared/movement.js";

/** Number of elements from `start` to before `end`. */
const extent = (start: number, end: number, step: number): number => Math.max(0, Math.ceil((end - start) / step));

/** start + i step, with a negative step as a difference: an index is never negative. */
const along = (i: Expr, start: number, step: number): Expr => {
  const offset = make.mul(i, make.index(Math.abs(step)));
  return step > 0 ? make.add(offset, make.index(start)) : make.sub(make.index(start), offset);
};

/** A range of every dimension. ONNX Slice-13 with its starts and ends resolved by the importer. */
export const slice = defineOp({
  name: "slice",
  doc:
    "y[i] = x[starts + i steps]. One entry per dimension, resolved: every index that is read lies in [0, dim); `ends` is exclusive, so a " +
    "negative step that runs to the front has end -1. A range that is empty gives a dimension of 0.",
  attrs: {
    starts: attr.ints("first index of each dimension"),
    ends: attr.ints("the index before which each dimension stops"),
    steps: attr.ints("distance of neighbouring indices, not 0"),
  },
  operands: [{ name: "x" }],
  traits: ["movement", "same-scale"],
  quantize: movesElements,
  layout: {
    transpose: perDimension({ starts: 1, ends: 1, steps: 1 }),
    view(v, { starts, steps }, { result: { shape } }) {
      if (steps.some((s) => s < 1) || shape.includes(0)) return null;
      return starts.reduce((w, start, axis) => sliced(w, axis, start, shape[axis], steps[axis]), v);
    },
  },
  infer(types, { starts, ends, steps }, fail) {
    const x: TensorType = present(types, 0);
    if ([starts, ends, steps].some((l) => l.length !== x.shape.length) || steps.includes(0)) {
      fail("QC-TENSOR-014", `slice: ${typeText(x)} needs ${x.shape.length} starts, ends and steps other than 0`);
    }
    const shape = x.shape.map((d, k) => {
      const n = extent(starts[k], ends[k], steps[k]);
      const last = starts[k] + (n - 1) * steps[k];
      if (n > 0 && (Math.min(starts[k], last) < 0 || Math.max(starts[k], last) >= d)) {
        fail("QC-TENSOR-014", `slice: [${starts[k]}, ${ends[k]}) step ${steps[k]} leaves dimension ${k} of ${typeText(x)}`);
      }
      return n;
    });
    const quant = movedQuant("slice", x, fail, (axis) => ({
      axis,
      from: Array.from({ length: shape[axis] }, (_, i) => starts[axis] + i * steps[axis]),
    }));
    return [tensorType(x.dtype, shape, quant)];
  },
  eval(inputs, { starts, steps }, [type]) {
    const x: Tensor = present(inputs, 0);
    const strides = stridesOf(x.type.shape);
    const data = emptyData(type.dtype, numElements(type.shape));
    if (data.length) {
      gatherInto(
        data,
        x.data,
        type.shape.map((n, d) => offsetsBy(n, (i) => (starts[d] + i * steps[d]) * strides[d])),
      );
    }
    return [{ type, data }];
  },
  lower(b, { ins, outs: [y] }, { starts, steps }) {
    const x = present(ins, 0);
    b.elementwise(
      y,
      (i) =>
        b.load(
          x,
          i.map((v, d) => along(v, starts[d], steps[d])),
        ),
      "slice",
    );
  },
  sample(g) {
    const x = drawMoved(g, g.shape(g.int(0, 4), 7));
    const steps = x.type.shape.map(() => g.pick([1, 1, 2, 3, -1, -2]));
    const starts = x.type.shape.map((d) => g.int(0, Math.max(0, d - 1)));
    const ends = x.type.shape.map((d, k) => (d === 0 ? starts[k] : steps[k] > 0 ? g.int(starts[k], d) : g.int(-1, starts[k])));
    return { inputs: [x], attrs: { starts, ends, steps } };
  },
});
