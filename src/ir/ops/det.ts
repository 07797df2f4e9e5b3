import * as make from "../loop/make.js";
import { defineOp } from "../op/define.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { numElements, type TensorType, tensorType, typeText } from "../type/tensor-type.js";
import { checkDType, present } from "./shared/check.js";

/** Determinants by elimination with the greatest element of a column as its pivot, in double. Golub and Van Loan, section 3.4. */
export const det = defineOp({
  name: "det",
  doc: "y[..] = det x[.., :, :], computed in double. ONNX Det-22.",
  attrs: {},
  operands: [{ name: "x" }],
  traits: [],
  infer(types, _attrs, fail) {
    const x: TensorType = present(types, 0);
    checkDType("det", x, "float", fail);
    if (x.shape.length < 2 || x.shape.at(-1) !== x.shape.at(-2))
      fail("QC-TENSOR-029", `det of ${typeText(x)}, expected square matrices`);
    return [tensorType(x.dtype, x.shape.slice(0, -2))];
  },
  eval(inputs, _attrs, [type]) {
    const x: Tensor = present(inputs, 0);
    const n = x.type.shape[x.type.shape.length - 1];
    const values = numbersOf(x);
    const out = Float64Array.from({ length: numElements(type.shape) }, (_, m) => {
      const rows = Array.from({ length: n }, (_, r) => Array.from(values.subarray((m * n + r) * n, (m * n + r + 1) * n)));
      return determinant(rows);
    });
    return [tensorOf(type, out)];
  },
  lower(b, { ins, outs: [y] }) {
    const x = present(ins, 0);
    const batch = y.type.shape;
    const n = x.type.shape[x.type.shape.length - 1];
    const work = b.temp("f64", x.type.shape, "work");
    const product = b.temp("f64", batch, "product");
    const best = b.temp("i32", batch, "best");
    const dtype = y.type.dtype;
    const f64 = (v: number) => make.constant("f64", v);
    b.elementwise(work, (i) => make.cast("f64", b.load(x, i)), "det.copy");
    b.forEach("det", batch, (i) => {
      const [p, r, c] = ["p", "r", "c"].map((name) => make.variable(name));
      const pivot = make.variable("pivot");
      const at = (row: typeof p, column: typeof p) => b.load(work, [...i, row, column]);
      const set = (row: typeof p, column: typeof p, v: typeof p) => make.store(work.name, [...i, row, column], v);
      const size = (e: typeof p) => make.call("abs", [e]);
      const below = make.bin("gt", r, p);
      const leading = make.cast("index", b.load(best, i));
      const search = make.seq(
        make.store(best.name, i, make.cast("i32", p)),
        make.loop(
          "r",
          n,
          make.ifThen(
            make.and(below, make.bin("gt", size(at(r, p)), size(at(leading, p)))),
            make.store(best.name, i, make.cast("i32", r)),
          ),
        ),
      );
      const swap = make.loop(
        "c",
        n,
        make.letIn("held", at(p, c), make.seq(set(p, c, at(pivot, c)), set(pivot, c, make.variable("held", "f64")))),
      );
      const sign = make.select(make.bin("eq", pivot, p), f64(1), f64(-1));
      const multiply = make.store(product.name, i, make.mul(b.load(product, i), make.mul(sign, at(p, p))));
      const eliminate = make.loop(
        "r",
        n,
        make.ifThen(
          make.and(below, make.bin("ne", at(p, p), f64(0))),
          make.letIn(
            "factor",
            make.div(at(r, p), at(p, p)),
            make.loop("c", n, set(r, c, make.sub(at(r, c), make.mul(make.variable("factor", "f64"), at(p, c))))),
          ),
        ),
      );
      return make.seq(
        make.store(product.name, i, f64(1)),
        make.loop("p", n, make.seq(search, make.letIn("pivot", leading, make.seq(swap, multiply, eliminate)))),
      );
    });
    b.elementwise(y, (i) => make.cast(dtype, b.load(product, i)), "round");
  },
  sample(g) {
    const n = g.int(0, 4);
    return {
      inputs: [g.tensor({ dtype: g.pick(["f32", "f64"] as const), shape: [...g.shape(g.int(0, 2), 3), n, n] })],
      attrs: {},
    };
  },
});

function determinant(rows: number[][]): number {
  const n = rows.length;
  let product = 1;
  for (let p = 0; p < n; p++) {
    let pivot = p;
    for (let r = p + 1; r < n; r++) if (Math.abs(rows[r][p]) > Math.abs(rows[pivot][p])) pivot = r;
    if (pivot !== p) {
      [rows[p], rows[pivot]] = [rows[pivot], rows[p]];
      product = -product;
    }
    product *= rows[p][p];
    if (rows[p][p] === 0) continue;
    for (let r = p + 1; r < n; r++) {
      const factor = rows[r][p] / rows[p][p];
      for (let c = p; c < n; c++) rows[r][c] -= factor * rows[p][c];
    }
  }
  return product;
}
