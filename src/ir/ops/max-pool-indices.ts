import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { add, cast, constant, div, index, mod, mul, select } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { tensorOf } from "../op/tensor.js";
import { numElements, tensorType } from "../type/tensor-type.js";
import { eachMax, reduceMax } from "./max-pool.js";
import { isExtreme } from "./shared/lowering.js";
import { drawPool, poolAttrs, poolShape } from "./shared/pool.js";
import { existingTaps, offsetOf, tapAt } from "./shared/spatial.js";

/** The second output of ONNX MaxPool. */
export const maxPoolIndices = defineOp({
  name: "max_pool_indices",
  doc:
    "y = i64 position of the greatest element of each window (the first one in row-major order, a NaN before any number) in x seen as one flat array; " +
    "with column_major the spatial axes are counted the other way round (ONNX MaxPool storage_order). channels_first only.",
  attrs: { ...poolAttrs, column_major: attr.bool("count spatial positions in column-major order", false) },
  operands: [{ name: "x" }],
  traits: ["window"],
  infer(types, a, fail) {
    if (a.layout !== "channels_first") fail("QC-NN-052", "max_pool_indices: positions are defined for channels_first only");
    return [tensorType("i64", poolShape("max_pool_indices", types[0], a, fail))];
  },
  eval([x], a, [type]) {
    if (!x) throw new Error("max_pool_indices: absent operand");
    const [, channels, ...s] = x.type.shape;
    const y = new Float64Array(numElements(type.shape));
    eachMax(x, a, type.shape, ([n, c, ...o], _, at) => {
      const position = a.column_major ? offsetOf([...s].reverse(), [...at].reverse()) : offsetOf(s, at);
      y[offsetOf(type.shape, [n, c, ...o])] = (n * channels + c) * numElements(s) + position;
    });
    return [tensorOf(type, y)];
  },
  lower(b, { ins: [x], outs: [y] }, a) {
    if (!x) throw new Error("max_pool_indices: absent operand");
    const [, channels, ...s] = x.type.shape;
    const out = y.type.shape.slice(2);
    const window = existingTaps(a, s, out);
    const best = b.temp(x.type.dtype, y.type.shape, "best");
    const first = b.temp("i64", y.type.shape, "first");
    reduceMax(b, x, best, a);
    const flat = (sizes: readonly number[], at: readonly Expr[]) =>
      at.reduce((sum, v, d) => add(mul(sum, index(sizes[d])), v), index(0));
    const absent = constant("i64", numElements(s));
    const init = () => absent;
    // the least row-major position among the window's elements equal to its maximum
    b.reduction(
      first,
      "min",
      window.kernel,
      ([n, c, ...o], r) => {
        const { at, inside } = tapAt(o, r, window, s, out);
        const equal = isExtreme(b.load(x, [n, c, ...at], inside), b.load(best, [n, c, ...o]));
        const position = select(equal, cast("i64", flat(s, at)), absent);
        return inside ? select(inside, position, absent) : position;
      },
      { name: "first", init },
    );
    b.elementwise(y, (i) => {
      const [n, c] = i;
      const plane = mul(add(mul(n, index(channels)), c), index(numElements(s)));
      const position = cast("index", b.load(first, i));
      if (!a.column_major) return cast("i64", add(plane, position));
      const at = s.map((size, d) => mod(div(position, index(numElements(s.slice(d + 1)))), index(size)));
      return cast("i64", add(plane, flat([...s].reverse(), at.reverse())));
    });
  },
  sample(g) {
    const { shape, attrs } = drawPool(g);
    const first = attrs.layout === "channels_first" ? shape : [shape[0], shape[shape.length - 1], ...shape.slice(1, -1)];
    return {
      inputs: [g.tensor({ dtype: g.pick(["f32", "i8", "u8"] as const), shape: first, min: 0, max: 3 })],
      attrs: { ...attrs, layout: "channels_first", column_major: g.bool() },
    };
  },
});
