/** Makers of elementwise ops from an element function on numbers and one on loop expressions. */
import type { AttrSchema, Attrs, AttrsOf } from "../../attr/attr.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { OpAffine } from "../../op/affine.js";
import { defineOp, type OpDef, type Trait } from "../../op/define.js";
import type { Gen } from "../../op/sample.js";
import type { DType } from "../../type/dtype.js";
import { tensorType } from "../../type/tensor-type.js";
import { checkBroadcast, checkDType, checkNoQuant, checkSameDType, type DTypeClass, present } from "./check.js";
import { broadcastAt, loadWide } from "./lowering.js";
import { mapBroadcast } from "./values.js";

/** Element types that samples of a class are drawn from, the common ones more often. */
const DRAWN: Readonly<Record<DTypeClass, readonly DType[]>> = {
  float: ["f32", "f32", "f32", "f16", "bf16", "f64"],
  int: ["i32", "i64", "i8", "u8", "u16"],
  signed: ["f32", "f32", "f16", "i32", "i64", "i8"],
  numeric: ["f32", "f32", "f16", "f64", "i32", "i64", "i8", "u8"],
  bool: ["bool"],
  any: ["f32", "f16", "i32", "i64", "u8", "bool"],
};
export const drawDType = (g: Gen, c: DTypeClass): DType => g.pick(DRAWN[c]);

export interface UnarySpec<S extends AttrSchema> {
  readonly name: string;
  readonly doc: string;
  readonly on: DTypeClass;
  readonly attrs?: S;
  readonly result?: DType;
  readonly traits?: readonly Trait[];
  /** Element function on doubles; the result is rounded once. */
  readonly float?: (v: number, attrs: AttrsOf<S>) => number;
  /** Element function on integers and bools; the result wraps. */
  readonly int?: (v: bigint, attrs: AttrsOf<S>) => bigint;
  readonly lower: (x: Expr, attrs: AttrsOf<S>) => Expr;
  /** One IEEE operation, or a choice between such: the same bits on every target. Others are tables where they are quantized. */
  readonly exact?: boolean;
  /** Values to draw, where not every float is in the domain. */
  readonly range?: { readonly min: number; readonly max: number };
  readonly drawAttrs?: (g: Gen) => Attrs;
}

/** y[i] = f(x[i]). f16 and bf16 are computed in f32. */
export function unaryOp<const S extends AttrSchema = Readonly<Record<never, never>>>(s: UnarySpec<S>): OpDef<S> {
  return defineOp<S>({
    name: s.name,
    doc: s.doc,
    attrs: s.attrs ?? ({} as S),
    operands: [{ name: "x" }],
    traits: ["elementwise", ...(s.traits ?? [])],
    ...(!s.exact && s.float && !s.result && { quantize: { form: "table" } as const }),
    infer(types, _attrs, fail) {
      const x = present(types, 0);
      checkNoQuant(s.name, x, fail);
      checkDType(s.name, x, s.on, fail);
      return [tensorType(s.result ?? x.dtype, x.shape)];
    },
    eval: (inputs, attrs, [type]) => {
      const { float, int } = s;
      return [
        mapBroadcast([present(inputs, 0)], type, {
          float: float && ((v) => float(v, attrs)),
          int: int && ((v) => int(v, attrs)),
        }),
      ];
    },
    lower(b, { ins, outs }, attrs) {
      const x = present(ins, 0);
      b.elementwise(outs[0], (i) => make.cast(outs[0].type.dtype, s.lower(loadWide(b, x, i), attrs)), s.name);
    },
    sample(g) {
      const dtype = drawDType(g, s.on);
      return { inputs: [g.tensor({ dtype, ...(s.on === "float" ? s.range : {}) })], attrs: s.drawAttrs?.(g) ?? {} };
    },
  });
}

export interface BinarySpec<S extends AttrSchema> {
  readonly name: string;
  readonly doc: string;
  readonly on: DTypeClass;
  readonly attrs?: S;
  readonly result?: "bool";
  readonly affine?: OpAffine<AttrsOf<S>>;
  readonly traits?: readonly Trait[];
  readonly float?: (a: number, b: number, attrs: AttrsOf<S>) => number;
  readonly int?: (a: bigint, b: bigint, attrs: AttrsOf<S>, dtype: DType) => bigint;
  readonly lower: (a: Expr, b: Expr, attrs: AttrsOf<S>) => Expr;
  /** Depends on the order of the elements only: exact on operands of one per-tensor quantization. */
  readonly orderOnly?: boolean;
  /** The result has the shape of the first operand. */
  readonly broadcastsOnlySecond?: boolean;
  /** Values of the second operand to draw. */
  readonly rangeB?: { readonly min: number; readonly max: number };
  readonly rangeA?: { readonly min: number; readonly max: number };
  readonly drawAttrs?: (g: Gen, dtype: DType) => Attrs;
}

/** y = f(a, b) with NumPy broadcasting. f16 and bf16 are computed in f32. */
export function binaryOp<const S extends AttrSchema = Readonly<Record<never, never>>>(s: BinarySpec<S>): OpDef<S> {
  return defineOp<S>({
    name: s.name,
    doc: `${s.doc} With NumPy broadcasting.`,
    attrs: s.attrs ?? ({} as S),
    operands: [{ name: "a" }, { name: "b" }],
    traits: ["elementwise", ...(s.traits ?? [])],
    ...(s.affine && { affine: s.affine }),
    infer(types, _attrs, fail) {
      const both = [present(types, 0), present(types, 1)];
      const dtype = checkSameDType(s.name, both, fail);
      const shape = checkBroadcast(s.name, both, fail);
      const [a, b] = both;
      if (s.broadcastsOnlySecond && tensorType(dtype, shape) !== tensorType(dtype, a.shape)) {
        fail("QC-OP-004", `${s.name}: the second operand's shape [${b.shape}] does not broadcast to the first's [${a.shape}]`);
      }
      const alike = s.orderOnly && a.quant?.kind === "tensor" && JSON.stringify(a.quant) === JSON.stringify(b.quant);
      if (!alike) for (const t of both) checkNoQuant(s.name, t, fail);
      for (const t of both) checkDType(s.name, t, s.on, fail);
      return [s.result ? tensorType(s.result, shape) : tensorType(dtype, shape, alike ? a.quant : null)];
    },
    eval: (inputs, attrs, [type]) => {
      const { float, int } = s;
      const operands = [present(inputs, 0), present(inputs, 1)];
      return [
        mapBroadcast(operands, type, {
          float: float && ((x, y) => float(x, y, attrs)),
          int: int && ((x, y) => int(x, y, attrs, operands[0].type.dtype)),
        }),
      ];
    },
    lower(b, { ins, outs }, attrs) {
      const operands = [present(ins, 0), present(ins, 1)];
      b.elementwise(
        outs[0],
        (i) => {
          const [x, y] = operands.map((t) => loadWide(b, t, broadcastAt(t.type.shape, i)));
          return make.cast(outs[0].type.dtype, s.lower(x, y, attrs));
        },
        s.name,
      );
    },
    sample(g) {
      const dtype = drawDType(g, s.on);
      const shape = g.shape(g.int(0, 4), 4);
      const other = g.broadcastable(shape);
      const swap = !s.broadcastsOnlySecond && g.bool();
      const a = g.tensor({ dtype, shape: swap ? other : shape, ...s.rangeA });
      const b = g.tensor({ dtype, shape: swap ? shape : other, ...s.rangeB });
      return { inputs: [a, b], attrs: s.drawAttrs?.(g, dtype) ?? {} };
    },
  });
}
