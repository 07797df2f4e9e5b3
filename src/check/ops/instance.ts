/** Drawn instances of an op as what properties hold, simplify and show. */
import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import type { OpDef } from "../../ir/op/define.js";
import { inferWith } from "../../ir/op/infer-node.js";
import type { OpCase } from "../../ir/op/sample.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { numElements } from "../../ir/type/tensor-type.js";
import { moduleText } from "../draw/module-text.js";
import { type Drawn, drawCase, inferCase } from "../draw/op-case.js";
import type { RandomModule } from "../draw/random-module.js";
import { simplerLists } from "../draw/simpler-tensors.js";
import type { Property } from "../property.js";

/** What is held of an op: on single instances of it, and on modules around it. */
export interface OpProperties {
  readonly instances: readonly Property<Drawn>[];
  readonly modules: readonly Property<RandomModule>[];
}

/** Every second operand is a constant of the kernel: both ways are held. */
export const isConstant = (operand: number): boolean => operand % 2 === 1;

/** A module of this one application; `isConst` operands are constants, the others parameters. */
export function caseModule(def: OpDef, c: Drawn, ctx: IrContext, isConst = isConstant): RandomModule {
  const b = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const inputs: Tensor[] = [];
  const ids = c.inputs.map((t, i) => {
    if (t === null) return "";
    if (isConst(i)) return b.constant(t.type, bytesOf(t), `c${i}`);
    inputs.push(t);
    return b.param(`x${i}`, t.type);
  });
  const results = b.nodes(
    def.name,
    ids,
    c.attrs,
    { file: "check", node: def.name },
    c.types.map((_, i) => `y${i}`),
  );
  const { func, consts } = b.finish(
    results,
    results.map((_, i) => `y${i}`),
  );
  return { module: { version: 1, name: def.name, funcs: [func], consts, states: [], props: {} }, inputs };
}

/** What all properties of single instances of an op share. */
export function ofInstances(
  def: OpDef,
  ctx: IrContext,
  rest: Pick<Property<Drawn>, "name" | "differs"> & Partial<Property<Drawn>>,
): Property<Drawn> {
  return {
    own: (def.cases ?? []).map((c: OpCase) => inferCase(def, c)),
    draw: (seed) => drawCase(def, seed),
    size: (c) => c.inputs.reduce((n, t) => n + (t ? numElements(t.type.shape) : 0), 0),
    *simpler(c) {
      for (const inputs of simplerLists(c.inputs)) yield { ...c, inputs };
    },
    text: (c) => moduleText(caseModule(def, c, ctx), ctx),
    ...rest,
  };
}
