import { attr } from "../attr/attr.js";
import * as make from "../loop/make.js";
import { defineOp, type OpDef } from "../op/define.js";
import { overAxis } from "../op/layout.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { tensorType } from "../type/tensor-type.js";
import { checkAxis, checkDType, checkNoQuant, present } from "./shared/check.js";
import { drawDType } from "./shared/elementwise.js";
import { isExtreme, loadWide } from "./shared/lowering.js";
import { reducedAt, reducedGroups, reducedShape } from "./shared/reduction.js";
import { bigintsOf } from "./shared/values.js";

/** Index of the greatest or least element along an axis. The order of quantized elements is that of the reals. */
function argExtreme(name: "argmax" | "argmin", better: <T extends number | bigint>(a: T, b: T) => boolean): OpDef {
  return defineOp({
    name,
    doc: `y = index (i64) of the ${name === "argmax" ? "greatest" : "least"} element along \`axis\`, the first or the last of equals; a NaN is found before any number, as in NumPy.`,
    attrs: {
      axis: attr.int("axis to search"),
      keepdims: attr.bool("the axis stays, with length 1", true),
      select_last: attr.bool("the last of equal elements", false),
    },
    operands: [{ name: "x" }],
    traits: [],
    layout: { transpose: overAxis },
    infer(types, { axis, keepdims }, fail) {
      const x = present(types, 0);
      checkDType(name, x, "numeric", fail);
      if (x.quant && x.quant.kind !== "tensor") checkNoQuant(name, x, fail);
      checkAxis(name, axis, x, fail);
      return [tensorType("i64", reducedShape(x.shape, [axis], keepdims))];
    },
    eval(inputs, { axis, select_last }, [type]) {
      const x: Tensor = present(inputs, 0);
      const values: readonly (number | bigint)[] = isFloat(x.type.dtype) ? Array.from(numbersOf(x)) : bigintsOf(x);
      const best = reducedGroups(x.type.shape, [axis]).map((places) => {
        let at = 0;
        places.forEach((p, j) => {
          const [v, top] = [values[p], values[places[at]]];
          const [isNan, wasNan] = [Number.isNaN(v), Number.isNaN(top)];
          const equals = v === top || (isNan && wasNan);
          if (isNan > wasNan || (!wasNan && better(v, top)) || (select_last && equals)) at = j;
        });
        return at;
      });
      return [tensorOf(type, best)];
    },
    lower(b, { ins, outs: [y] }, { axis, keepdims, select_last }) {
      const x = present(ins, 0);
      const { shape } = x.type;
      const place = reducedAt(shape.length, [axis], keepdims);
      const best = b.temp(
        loadWide(
          b,
          x,
          shape.map(() => make.index(0)),
        ).t as Parameters<typeof b.temp>[0],
        y.type.shape,
        "best",
      );
      b.reduction(best, name === "argmax" ? "max" : "min", [shape[axis]], (i, r) => loadWide(b, x, place(i, r)), {
        name: `${name}.best`,
      });
      const at = b.temp("i32", y.type.shape, "at");
      const none = make.constant("i32", select_last ? 0 : shape[axis] - 1);
      b.reduction(
        at,
        select_last ? "max" : "min",
        [shape[axis]],
        (i, r) => make.select(isExtreme(loadWide(b, x, place(i, r)), b.load(best, i)), make.cast("i32", r[0]), none),
        { name, init: () => none },
      );
      b.elementwise(y, (i) => make.cast("i64", b.load(at, i)), `${name}.wide`);
    },
    sample(g) {
      const shape = g.shape(g.int(1, 4));
      const dtype = drawDType(g, "numeric");
      const x = g.tensor({ dtype, shape, ...(isFloat(dtype) ? {} : { min: 0, max: 3 }) });
      return { inputs: [x], attrs: { axis: g.int(0, shape.length - 1), keepdims: g.bool(), select_last: g.bool() } };
    },
  }) as OpDef;
}

export const argOps: readonly OpDef[] = [argExtreme("argmax", (a, b) => a > b), argExtreme("argmin", (a, b) => a < b)];
