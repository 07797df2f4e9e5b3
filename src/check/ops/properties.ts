import type { Context } from "../../context.js";
import type { OpDef } from "../../ir/op/define.js";
import type { NativeRunner } from "../native.js";
import { chainKeepsMeaning } from "./chains.js";
import type { OpProperties } from "./instance.js";
import { integerProperties } from "./integers.js";
import { layoutProperties } from "./layout.js";
import { inferredAsEvaluated, loweredAsEvaluated, loweredAsEvaluatedNonFinite, nativeAsEvaluated } from "./meaning.js";
import { weightProperties } from "./weights.js";

/** Without `native` no machine code is made. */
export function opProperties(def: OpDef, ctx: Context, native: NativeRunner | null): OpProperties {
  const integers = integerProperties(def, ctx);
  return {
    instances: [
      inferredAsEvaluated(def, ctx),
      loweredAsEvaluated(def, ctx),
      loweredAsEvaluatedNonFinite(def, ctx),
      ...weightProperties(def, ctx),
      ...layoutProperties(def, ctx),
      ...integers.instances,
      ...(native ? [nativeAsEvaluated(def, ctx, native)] : []),
    ],
    modules: [...integers.modules, chainKeepsMeaning(def, ctx)],
  };
}
