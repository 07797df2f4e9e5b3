import { attr } from "../attr/attr.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import { defineOp, type OpDef } from "../op/define.js";
import { alongAxis } from "../op/layout.js";
import { numbersOf, type Tensor, tensorOf } from "../op/tensor.js";
import { isFloat } from "../type/dtype.js";
import { checkAxis, checkDType, checkNoQuant, present } from "./shared/check.js";
import { drawDType } from "./shared/elementwise.js";
import { computeDType, constOf, loadWide } from "./shared/lowering.js";
import { reducedGroups } from "./shared/reduction.js";
import { bigintsOf, tensorOfBigints } from "./shared/values.js";

/** All partial results of a row, in the order of its elements. */
function scan<T>(row: readonly T[], first: T, f: (a: T, b: T) => T, exclusive: boolean): T[] {
  let acc = first;
  return row.map((v) => {
    const before = acc;
    acc = f(acc, v);
    return exclusive ? before : acc;
  });
}

function cumulative(name: "cumsum" | "cumprod", doc: string): OpDef {
  const start = name === "cumsum" ? 0 : 1;
  const numbers = (a: number, b: number) => (name === "cumsum" ? a + b : a * b);
  const bigints = (a: bigint, b: bigint) => (name === "cumsum" ? a + b : a * b);
  return defineOp({
    name,
    doc: `y[k] = ${doc} of x[0..k] along \`axis\`; exclusive: of x[0..k-1]; reverse: from the end.`,
    attrs: {
      axis: attr.int("axis to accumulate along"),
      exclusive: attr.bool("leave the element itself out", false),
      reverse: attr.bool("from the end", false),
    },
    operands: [{ name: "x" }],
    traits: [],
    layout: { transpose: alongAxis },
    infer(types, { axis }, fail) {
      const x = present(types, 0);
      checkNoQuant(name, x, fail);
      checkDType(name, x, "numeric", fail);
      checkAxis(name, axis, x, fail);
      return [x];
    },
    eval(inputs, { axis, exclusive, reverse }, [type]) {
      const x: Tensor = present(inputs, 0);
      const rows = reducedGroups(type.shape, [axis]).map((p) => (reverse ? Array.from(p).reverse() : Array.from(p)));
      if (isFloat(type.dtype)) {
        const values = numbersOf(x);
        const out = new Float64Array(values.length);
        for (const row of rows)
          scan(
            row.map((p) => values[p]),
            start,
            numbers,
            exclusive,
          ).forEach((v, j) => {
            out[row[j]] = v;
          });
        return [tensorOf(type, out)];
      }
      const values = bigintsOf(x);
      const out = [...values];
      for (const row of rows)
        scan(
          row.map((p) => values[p]),
          BigInt(start),
          bigints,
          exclusive,
        ).forEach((v, j) => {
          out[row[j]] = v;
        });
      return [tensorOfBigints(type, out)];
    },
    lower(b, { ins, outs: [y] }, { axis, exclusive, reverse }) {
      const x = present(ins, 0);
      const { shape, dtype } = x.type;
      const acc = computeDType(dtype);
      const target = acc === dtype ? y : b.temp(acc, shape, "acc");
      const last = make.index(shape[axis] - 1);
      b.forEach(
        name,
        shape.filter((_, k) => k !== axis),
        (i) => {
          const at = (k: Expr) => [...i.slice(0, axis), reverse ? make.sub(last, k) : k, ...i.slice(axis)];
          const k = make.variable("k");
          const next = make.add(k, make.index(1));
          const first = exclusive ? constOf(acc, start) : loadWide(b, x, at(make.index(0)));
          const step = make.bin(
            name === "cumsum" ? "add" : "mul",
            b.load(target, at(k)),
            loadWide(b, x, at(exclusive ? k : next)),
          );
          return make.seq(
            make.store(target.name, at(make.index(0)), first),
            make.loop("k", shape[axis] - 1, make.store(target.name, at(next), step)),
          );
        },
      );
      if (target !== y) b.elementwise(y, (i) => make.cast(dtype, b.load(target, i)), `${name}.narrow`);
    },
    sample(g) {
      const shape = g.shape(g.int(1, 4));
      const dtype = drawDType(g, "numeric");
      const x = g.tensor({ dtype, shape, ...(isFloat(dtype) ? { min: 0.2, max: 2 } : { min: 0, max: 9 }) });
      return { inputs: [x], attrs: { axis: g.int(0, shape.length - 1), exclusive: g.bool(), reverse: g.bool() } };
    },
  }) as OpDef;
}

export const cumulativeOps: readonly OpDef[] = [cumulative("cumsum", "the sum"), cumulative("cumprod", "the product")];
