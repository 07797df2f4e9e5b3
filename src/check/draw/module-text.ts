import { bytesOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { elementsText } from "../../ir/text/literal.js";
import { printModule } from "../../ir/text/print-module.js";
import { typeText } from "../../ir/type/tensor-type.js";
import type { RandomModule } from "./random-module.js";

/** The module as IR text with all its constants; behind it, as comments, what its parameters hold. */
export function moduleText({ module, inputs }: RandomModule, ctx: IrContext): string {
  const { params } = module.funcs[0];
  const values = params.map((p, i) => `// ${p.id} : ${typeText(p.type)} = ${elementsText(p.type.dtype, bytesOf(inputs[i]))}\n`);
  return `${printModule({ ...module, props: {} }, ctx, { inlineElements: Number.POSITIVE_INFINITY })}${values.join("")}`;
}
