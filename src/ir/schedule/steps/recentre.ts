/** Step recentre: weights whose zero point takes them out of i8 become i8; what they lack is a sum of the activation per position. */
import type { BinExpr, Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { simplifyStage } from "../../loop/simplify.js";
import type { Buffer, Stage } from "../../loop/stmt.js";
import { accessesOf, loadsOf, nestOf, ofNest, usesVar } from "../../loop/visit.js";
import { freshBuffer, illegal, type StepDef, stageNamed } from "../step.js";

/** i32(w) - z with the load of w. */
function zeroOf(e: Expr): { readonly byte: Expr; readonly dtype: "i8" | "u8"; readonly zero: number } | null {
  if (e.k !== "bin" || e.op !== "sub" || e.b.k !== "const" || e.a.k !== "cast" || e.a.t !== "i32" || e.a.x.k !== "load")
    return null;
  const { t } = e.a.x;
  return t === "i8" || t === "u8" ? { byte: e.a, dtype: t, zero: Number(e.b.value) } : null;
}

export const recentre: StepDef<"recentre"> = {
  name: "recentre",
  doc:
    "acc[p, k] = e; acc[p, k] += x[p, r] (w[k, r] - z)  -->  s[p] = 0; s[p] += x[p, r]; acc[p, k] = e + (m - z) s[p]; acc[p, k] += x[p, r] (w[k, r] - m)   " +
    "with m = 128 for u8 and 0 for i8, so that w - m is an i8. Legal for i32 sums, which wrap, where w is read whole and x does not depend on the channel.",
  apply(kernel, step) {
    const stage = stageNamed(kernel, step.stage, step);
    const { loops, body } = nestOf(stage.body);
    const isSum = body.k === "reduce" && body.op === "add" && body.value.k === "bin" && body.value.op === "mul";
    if (!isSum || body.value.t !== "i32" || body.value.lanes > 1) return illegal(step, "it is no sum of i32 products");
    const product = body.value as BinExpr;
    const reads = (e: Expr): boolean => loadsOf(e).some((l) => l.buffer === step.buffer);
    const [w, x] = reads(product.a) ? [product.a, product.b] : [product.b, product.a];
    if (!reads(w) || reads(x)) illegal(step, `'${step.buffer}' is not one factor of the products`);
    const centred = zeroOf(w);
    if (!centred) return illegal(step, `'${step.buffer}' is not read as bytes less a zero point`);
    const middle = centred.dtype === "u8" ? 128 : 0;
    if (centred.zero === middle) illegal(step, "the weights are i8 already");
    const acc = kernel.buffers.find((b) => b.name === body.buffer);
    const channel = body.index[body.index.length - 1];
    const plain = body.index.every((i) => i.k === "var" || make.isConstValue(i, 0));
    if (!acc || !plain || channel?.k !== "var") return illegal(step, "the sums are not indexed by plain loops, the channel last");
    if (usesVar(x, new Set([channel.name]))) illegal(step, "the other factor depends on the channel");
    const init = kernel.stages[kernel.stages.indexOf(stage) - 1];
    if (!init || !accessesOf(init.body).writes.has(acc.name)) return illegal(step, "no stage before it starts the sums");
    const start = nestOf(init.body);
    if (start.body.k !== "store" || start.body.buffer !== acc.name || start.body.pred)
      return illegal(step, "the sums do not start by one store");

    const rows = acc.shape.slice(0, -1);
    const sums: Buffer = {
      name: freshBuffer(kernel, "sums"),
      dtype: "i32",
      shape: rows.length ? rows : [1],
      role: "scratch",
    };
    const at = (index: readonly Expr[]): readonly Expr[] => (rows.length ? index.slice(0, -1) : [make.index(0)]);
    const positions = new Set(body.index.slice(0, -1).flatMap((i) => (i.k === "var" ? [i.name] : [])));
    const zeros: Stage = {
      name: `${sums.name}.init`,
      body: ofNest({
        loops: loops.filter((l) => positions.has(l.name)),
        body: make.store(sums.name, at(body.index), make.constant("i32", 0)),
      }),
    };
    const total: Stage = {
      name: sums.name,
      body: ofNest({
        loops: loops.filter((l) => l.name !== channel.name),
        body: make.reduce("add", sums.name, at(body.index), x),
      }),
    };
    const moved = make.mul(make.load(sums.name, "i32", at(start.body.index)), make.constant("i32", middle - centred.zero));
    const started: Stage = {
      ...init,
      body: ofNest({ loops: start.loops, body: { ...start.body, value: make.add(start.body.value, moved) } }),
    };
    const byte = middle === 0 ? centred.byte : make.sub(centred.byte, make.constant("i32", middle));
    const value = reads(product.a) ? make.mul(byte, x) : make.mul(x, byte);
    const changed: Stage = { ...stage, body: ofNest({ loops, body: { ...body, value } }) };
    return {
      ...kernel,
      buffers: [...kernel.buffers, sums],
      stages: kernel.stages.flatMap((s) =>
        s === init ? [zeros, total, started].map((n) => simplifyStage(n)) : s === stage ? [simplifyStage(changed)] : [s],
      ),
    };
  },
};
