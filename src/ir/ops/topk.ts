import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import { emptyData, numbersOf, type Tensor } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkAxis, checkDType, present } from "./shared/check.js";
import { drawDType } from "./shared/elementwise.js";
import { computeDType } from "./shared/lowering.js";
import { movedQuant } from "./shared/movement.js";
import { bigintsOf } from "./shared/values.js";

/** Does a stand before b? NaN is greater than every number, as in NumPy. */
function before<T extends number | bigint>(a: T, b: T, largest: boolean): boolean {
  const [p, q] = largest ? [a, b] : [b, a];
  return p > q || (Number.isNaN(p) && !Number.isNaN(q));
}

function beforeExpr(a: Expr, b: Expr, largest: boolean): Expr {
  const [p, q] = largest ? [a, b] : [b, a];
  const greater = make.bin("gt", p, q);
  if (p.t === "index" || !isFloat(p.t)) return greater;
  return make.or(greater, make.and(make.call("isnan", [p]), make.call("not", [make.call("isnan", [q])])));
}

/**
 * The k greatest or least elements along an axis, in order. Lowered as insertion into a sorted list of k: random data is inserted about
 * k ln(n / k) times, all other elements cost one comparison. ONNX TopK-24.
 */
export const topk = defineOp({
  name: "topk",
  doc:
    "values, indices (i64) = the k first elements of x along `axis` in descending (largest) or ascending order, the lower index first " +
    "among equal ones; NaN counts as greatest. `sorted` false allows any order; the result is sorted all the same.",
  attrs: {
    k: attr.int("how many"),
    axis: attr.int("the axis that is sorted"),
    largest: attr.bool("greatest first", true),
    sorted: attr.bool("the order matters", true),
  },
  operands: [{ name: "x" }],
  traits: ["same-scale"],
  layout: { transpose: alongAxis },
  infer(types, { k, axis }, fail) {
    const x: TensorType = present(types, 0);
    checkAxis("topk", axis, x, fail);
    checkDType("topk", x, "numeric", fail);
    if (k < 0 || k > x.shape[axis]) fail("QC-TENSOR-027", `topk: k ${k} of dimension ${axis} of ${typeText(x)}`);
    const shape = x.shape.with(axis, k);
    return [
      tensorType(
        x.dtype,
        shape,
        movedQuant("topk", x, fail, (a) => (a === axis ? null : { axis: a })),
      ),
      tensorType("i64", shape),
    ];
  },
  eval(inputs, { k, axis, largest }, [type, indexType]) {
    const x: Tensor = present(inputs, 0);
    const length = x.type.shape[axis];
    const inner = numElements(x.type.shape.slice(axis + 1));
    const outer = numElements(x.type.shape.slice(0, axis));
    const keys: ArrayLike<number | bigint> = isFloat(x.type.dtype) ? numbersOf(x) : bigintsOf(x);
    const values = emptyData(type.dtype, outer * k * inner) as Float64Array;
    const indices = new BigInt64Array(outer * k * inner);
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++) {
        const at = (i: number) => (o * length + i) * inner + c;
        const order = Array.from({ length }, (_, i) => i).sort((i, j) => {
          if (before(keys[at(i)], keys[at(j)], largest)) return -1;
          return before(keys[at(j)], keys[at(i)], largest) ? 1 : i - j;
        });
        for (let r = 0; r < k; r++) {
          values[(o * k + r) * inner + c] = x.data[at(order[r])] as number;
          indices[(o * k + r) * inner + c] = BigInt(order[r]);
        }
      }
    }
    return [
      { type, data: values },
      { type: indexType, data: indices },
    ];
  },
  lower(b, { ins, outs: [values, indices] }, { k, axis, largest }) {
    const x = present(ins, 0);
    if (k === 0) return;
    const { dtype, shape } = x.type;
    const wide = computeDType(dtype);
    const free = make.constant("i64", -1);
    b.elementwise(indices, () => free, "topk.clear");
    b.elementwise(values, () => make.constant(dtype, 0), "topk.clear");
    b.forEach("topk", shape.toSpliced(axis, 1), (i) => {
      const put = (place: Expr) => i.toSpliced(axis, 0, place);
      const [j, s] = [make.variable("j"), make.variable("s")];
      const v = make.variable("v", wide);
      const ahead = (place: Expr) =>
        make.or(
          make.bin("eq", b.load(indices, put(place)), free),
          beforeExpr(v, make.cast(wide, b.load(values, put(place))), largest),
        );
      const place = make.sub(make.index(k - 1), s);
      // from the back: while v stands before the entry in front, that entry moves back by one; then v takes its place
      const previous = make.max(make.sub(make.index(k - 1), make.add(s, make.index(1))), make.index(0));
      const moves = make.and(make.bin("gt", place, make.index(0)), ahead(previous));
      const shift = make.letIn(
        "moves",
        moves,
        make.seq(
          make.store(
            values.name,
            put(place),
            make.select(make.variable("moves", "bool"), b.load(values, put(previous)), make.cast(dtype, v)),
          ),
          make.store(
            indices.name,
            put(place),
            make.select(make.variable("moves", "bool"), b.load(indices, put(previous)), make.cast("i64", j)),
          ),
        ),
      );
      const insert = make.ifThen(ahead(make.index(k - 1)), make.loop("s", k, make.ifThen(ahead(place), shift)));
      return make.loop("j", shape[axis], make.letIn("v", make.cast(wide, b.load(x, put(j))), insert));
    });
  },
  sample(g) {
    const shape = g.shape(g.int(1, 3), 6);
    const axis = g.int(0, shape.length - 1);
    const x = g.tensor({ dtype: drawDType(g, "numeric"), shape, min: 0, max: 5 });
    return { inputs: [x], attrs: { k: g.int(0, shape[axis]), axis, largest: g.bool(), sorted: g.bool() } };
  },
});
