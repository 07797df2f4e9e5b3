/** An op means the same to `infer`, to `eval`, to `lower` and to the machine. */
import { runKernel } from "../../backends/js/run-kernel.js";
import type { Context } from "../../context.js";
import { verifyKernel } from "../../ir/loop/verify.js";
import type { OpDef } from "../../ir/op/define.js";
import type { IrContext } from "../../ir/pass/context.js";
import { numElements, typeText } from "../../ir/type/tensor-type.js";
import { drawNonFinite } from "../draw/non-finite.js";
import { type Drawn, difference, drawCase, lowerCase, operandData } from "../draw/op-case.js";
import type { NativeRunner } from "../native.js";
import type { Property } from "../property.js";
import { caseModule, isConstant, ofInstances } from "./instance.js";

const evaluated = (def: OpDef, c: Drawn) => def.eval(c.inputs, c.attrs as never, c.types);

/** The results of `eval` have the types that `infer` gives, and all their elements. */
export const inferredAsEvaluated = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "infer = types of eval",
    differs(c) {
      const results = evaluated(def, c);
      if (results.length !== c.types.length) return `infer gives ${c.types.length} results, eval ${results.length}`;
      for (const [i, { type, data }] of results.entries()) {
        if (type !== c.types[i]) return `result ${i}: infer gives ${typeText(c.types[i])}, eval ${typeText(type)}`;
        const count = numElements(type.shape);
        if (data.length !== count) return `result ${i}: ${typeText(type)} has ${count} elements, eval gives ${data.length}`;
      }
      return null;
    },
  });

function loweredDiffers(def: OpDef, c: Drawn): string | null {
  const want = evaluated(def, c);
  const group = lowerCase(def, c, isConstant);
  verifyKernel(group.kernel);
  const got = runKernel(group.kernel, operandData(group, c), { checked: true });
  for (const [i, t] of want.entries()) {
    const differs = difference(t, got[`y${i}`]);
    if (differs) return `result ${i}, ${differs.replace("want", "eval gives").replace("got", "lower")}`;
  }
  return null;
}

/** The loops that `lower` makes, run one by one, give what `eval` gives: exact for integers and bools, within rounding for floats. */
export const loweredAsEvaluated = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, { name: "lower = eval", differs: (c) => loweredDiffers(def, c) });

/** The same with NaN and infinities in float operands: NaN in the same places, infinities of the same sign. */
export const loweredAsEvaluatedNonFinite = (def: OpDef, ctx: IrContext): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "lower = eval on NaN and infinities",
    own: [],
    draw: (seed) => drawNonFinite(def, seed),
    differs: (c) => loweredDiffers(def, c),
  });

/** Native builds cost a compilation each. */
const MOST_NATIVE = 6;

/** Machine code of this machine gives what `eval` gives; every third case holds NaN and infinities. */
export const nativeAsEvaluated = (def: OpDef, ctx: Context, native: NativeRunner): Property<Drawn> =>
  ofInstances(def, ctx, {
    name: "native = eval",
    most: MOST_NATIVE,
    draw: (seed) => (seed % 3 === 0 ? drawNonFinite(def, seed) : null) ?? drawCase(def, seed),
    // loops that leave their buffers would take this process with them
    differs: async (c) => loweredDiffers(def, c) ?? nativeDiffers(def, c, ctx, native),
  });

async function nativeDiffers(def: OpDef, c: Drawn, ctx: Context, native: NativeRunner): Promise<string | null> {
  const { module, inputs } = caseModule(def, c, ctx);
  const got = await native(module, inputs);
  for (const [i, t] of evaluated(def, c).entries()) {
    const differs = difference(t, got[i].data);
    if (differs) return `result ${i}, ${differs.replace("want", "eval gives").replace("got", "native")}`;
  }
  return null;
}
