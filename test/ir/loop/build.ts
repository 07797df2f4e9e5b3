import type { Attrs } from "../../../src/ir/attr/attr.js";
import type { Func, Node } from "../../../src/ir/graph/module.js";
import { type LoweredGroup, lowerGroup } from "../../../src/ir/loop/lower-group.js";
import { inferWith } from "../../../src/ir/op/infer-node.js";
import { createOpRegistry } from "../../../src/ir/op/registry.js";
import { builtinOps } from "../../../src/ir/ops/index.js";
import { type TensorType, tensorType } from "../../../src/ir/type/tensor-type.js";

const registry = createOpRegistry();
for (const def of builtinOps) registry.add(def, "builtin");
const infer = inferWith(registry);
const loc = { file: "test", node: "n" };

/** A group from [op, inputs, attrs, result id] lines; values named `#..` are constants. */
export function groupOf(
  types: Readonly<Record<string, TensorType>>,
  lines: readonly (readonly [op: string, inputs: readonly string[], attrs: Attrs, result: string])[],
  results: readonly string[] = [lines[lines.length - 1][3]],
): LoweredGroup & { types: ReadonlyMap<string, TensorType> } {
  const all = new Map(Object.entries(types));
  const body: Node[] = lines.map(([op, inputs, given, result]) => {
    const done = infer(
      op,
      inputs.map((i) => all.get(i) ?? null),
      given,
      loc,
    );
    all.set(result, done.types[0]);
    return { op, inputs, attrs: done.attrs, outputs: [{ id: result, type: done.types[0] }], loc };
  });
  const params = Object.entries(types).filter(([id]) => id.startsWith("%"));
  const f: Func = {
    name: "group",
    params: params.map(([id, type]) => ({ id, type })),
    body,
    results,
    paramNames: params.map(([id]) => id),
    resultNames: results,
    nextId: 0,
  };
  const group = lowerGroup(
    f,
    (id) => types[id],
    (node, b, io) => registry.get(node.op)?.lower(b, io, node.attrs as never),
    (node) => registry.get(node.op)?.traits.includes("view") ?? false,
  );
  return { ...group, types: all };
}

export const f32 = (...shape: number[]): TensorType => tensorType("f32", shape);
