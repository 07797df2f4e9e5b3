import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import { cast, constant, div, index, mod, store } from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { movesElements } from "../op/quantize.js";
import { emptyData, tensorOf } from "../op/tensor.js";
import { perTensor } from "../type/quant.js";
import { numElements, stridesOf, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { eachIndex, offsetOf } from "./shared/spatial.js";

/** The stored element that is a real 0. */
const zeroOf = ({ quant }: TensorType): number => (quant?.kind === "tensor" ? quant.zero : 0);

/** Partial inverse of max pooling. ONNX MaxUnpool-22. */
export const maxUnpool = defineOp({
  name: "max_unpool",
  doc:
    "y = real 0 but for y[p] = x[i] where p is the position positions[i], flat in a tensor of shape `stored_shape`; the result, of `shape`, may " +
    "be larger. Positions outside are undefined.",
  attrs: { shape: attr.ints("result shape"), stored_shape: attr.ints("shape in which positions count") },
  operands: [{ name: "x" }, { name: "positions", doc: "i64, of x's shape" }],
  traits: ["movement"],
  quantize: movesElements,
  infer([x, positions], a, fail) {
    if (!x || !positions) return fail("QC-NN-005", "max_unpool: x and positions are required");
    if (positions.dtype !== "i64" || positions.shape.join() !== x.shape.join()) {
      return fail("QC-NN-064", `max_unpool: positions must be i64[${x.shape}]`);
    }
    const fits = a.shape.length === a.stored_shape.length && a.shape.every((s, d) => s >= a.stored_shape[d]);
    if (!fits || a.shape.length !== x.shape.length)
      fail("QC-NN-065", `max_unpool: [${a.stored_shape}] does not fit into [${a.shape}]`);
    if (x.quant && x.quant.kind !== "tensor") fail("QC-NN-092", `max_unpool: ${typeText(x)} must be quantized per tensor`);
    return [tensorType(x.dtype, a.shape, x.quant)];
  },
  eval([x, positions], a, [type]) {
    if (!x || !positions) throw new Error("max_unpool: absent operand");
    const data = emptyData(type.dtype, numElements(type.shape)) as Float64Array;
    data.fill(zeroOf(type));
    const strides = stridesOf(a.stored_shape);
    for (let i = 0; i < x.data.length; i++) {
      const p = Number(positions.data[i]);
      const at = a.stored_shape.map((s, d) => Math.floor(p / strides[d]) % s);
      data[offsetOf(type.shape, at)] = x.data[i] as number;
    }
    return [{ type, data }];
  },
  lower(b, { ins: [x, positions], outs: [y] }, a) {
    if (!x || !positions) throw new Error("max_unpool: absent operand");
    const zero = constant(y.type.dtype, zeroOf(y.type));
    b.elementwise(y, () => zero, "clear");
    const strides = stridesOf(a.stored_shape);
    b.forEach("scatter", x.type.shape, (i: readonly Expr[]) => {
      const p = cast("index", b.load(positions, i));
      const at = a.stored_shape.map((s, d) => mod(div(p, index(strides[d])), index(s)));
      return store(y.name, at, b.load(x, i));
    });
  },
  sample(g) {
    const [n, c, h, w] = [g.int(1, 2), g.int(1, 2), g.int(1, 3), g.int(1, 3)];
    const stored = [n, c, 2 * h, 2 * w];
    const positions: number[] = [];
    eachIndex([n, c, h, w], ([i, j, y, x]) => positions.push(offsetOf(stored, [i, j, 2 * y + g.int(0, 1), 2 * x + g.int(0, 1)])));
    return {
      inputs: [
        g.bool()
          ? g.tensor({ dtype: g.pick(["f32", "f16", "i8"] as const), shape: [n, c, h, w] })
          : g.tensor({ dtype: "i8", shape: [n, c, h, w], quant: perTensor(0.1, g.int(0, 9)) }),
        tensorOf(tensorType("i64", [n, c, h, w]), positions),
      ],
      attrs: { shape: g.bool() ? stored : [n, c, 2 * h + 1, 2 * w], stored_shape: stored },
    };
  },
});
