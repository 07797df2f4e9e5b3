import { fail } from "../../support/diag.js";
import { shortHash } from "../../support/hash.js";
import type { Func, Node, ValueId } from "../graph/module.js";
import { isAbsent } from "../graph/module.js";
import type { TensorType } from "../type/tensor-type.js";
import { mapsAlongSums } from "./along-sums.js";
import { inlineElementwise } from "./inline.js";
import { type BufferRef, createLowerBuilder, type LowerBuilder, type LowerIO } from "./lower-builder.js";
import { shareStage } from "./share.js";
import { simplifyKernel } from "./simplify.js";
import type { Buffer, Kernel, Stage } from "./stmt.js";
import { accessesOf, nestOf } from "./visit.js";

/** Lowers one node into a builder: the op's `lower`, found in a registry. */
export type LowerNode = (node: Node, b: LowerBuilder, io: LowerIO) => void;

/** A kernel and what its operands are: the value of the function behind every buffer that is not scratch, in `buffers` order. */
export interface LoweredGroup {
  readonly kernel: Kernel;
  readonly operands: readonly { readonly buffer: string; readonly value: ValueId }[];
}

/** `f32_conv_add_relu`: element type of the first result, ops in order, views and repetitions left out, at most five. */
function kernelName(nodes: readonly Node[], dtype: string): string {
  const ops = [...new Set(nodes.map((n) => n.op))];
  const shown = ops.length > 5 ? [...ops.slice(0, 4), "more"] : ops;
  return [dtype, ...(shown.length ? shown : ["copy"])].join("_");
}

/**
 * The unscheduled kernel of a fused group. Buffers: `x0`.. for the parameters that are used, `c0`.. for constants, `y0`.. for results, the
 * rest scratch. Elementwise chains are inlined: [conv, add, relu] becomes the stages [init, reduce, map].
 * `typeOf` gives the types of the module's constants; `isView` says which nodes compute nothing.
 */
export function lowerGroup(
  f: Func,
  typeOf: (id: ValueId) => TensorType | undefined,
  lower: LowerNode,
  isView: (node: Node) => boolean,
): LoweredGroup {
  const b = createLowerBuilder();
  const refs = new Map<ValueId, BufferRef>();
  const operands: { buffer: string; value: ValueId }[] = [];
  const buffers: Buffer[] = [];
  const define = (value: ValueId, name: string, type: TensorType, role: Buffer["role"]): BufferRef => {
    const ref = { name, type };
    buffers.push({ name, dtype: type.dtype, shape: type.shape, role });
    operands.push({ buffer: name, value });
    return ref;
  };
  f.params.forEach((p, i) => {
    refs.set(p.id, define(p.id, `x${i}`, p.type, "in"));
  });
  let consts = 0;
  const operand = (id: ValueId): BufferRef | null => {
    if (isAbsent(id)) return null;
    const known = refs.get(id);
    if (known) return known;
    const type = typeOf(id) ?? fail("QC-IR-020", `group '${f.name}': value '${id}' is not defined in it`);
    const ref = define(id, `c${consts++}`, type, "const");
    refs.set(id, ref);
    return ref;
  };

  const made = new Map(f.body.flatMap((n) => n.outputs.map((o) => [o.id, o.type] as const)));
  const results = new Map<ValueId, BufferRef>();
  const copies: { to: BufferRef; from: ValueId }[] = [];
  const ends: (BufferRef | undefined)[] = f.results.map((id, i) => {
    const type = made.get(id) ?? operand(id)?.type;
    if (!type) return undefined;
    const ref = { name: `y${i}`, type };
    if (made.has(id) && !results.has(id)) results.set(id, ref);
    else copies.push({ to: ref, from: id });
    return ref;
  });
  for (const node of f.body) {
    const ins = node.inputs.map(operand);
    const outs = node.outputs.map((o) => {
      const ref = results.get(o.id) ?? { ...b.temp(o.type.dtype, o.type.shape), type: o.type };
      refs.set(o.id, ref);
      return ref;
    });
    lower(node, b, { ins, outs });
  }
  for (const { to, from } of copies) {
    const source = operand(from);
    if (source) b.elementwise(to, (i) => b.load(source, i), "copy");
  }
  f.results.forEach((id, i) => {
    const end = ends[i];
    if (end) define(id, end.name, end.type, "out");
  });

  const { stages, temps } = b.finish();
  const inlined = inlineElementwise(stages, temps);
  const simple = simplifyKernel({
    name: kernelName(
      f.body.filter((n) => !isView(n)),
      buffers.find((x) => x.role === "out")?.dtype ?? "f32",
    ),
    buffers: [...buffers, ...inlined.temps],
    stages: mapsBehindReductions(mapsAlongSums(inlined.stages)),
    prepare: [],
  });
  const kernel = dropUnused({ ...simple, stages: simple.stages.map(shareStage) });
  const kept = new Set(kernel.buffers.map((x) => x.name));
  return { kernel, operands: operands.filter((o) => kept.has(o.buffer)) };
}

/** Whether two stages may change places. */
function independent(a: Stage, b: Stage): boolean {
  const [x, y] = [accessesOf(a.body), accessesOf(b.body)];
  const touches = (written: ReadonlySet<string>, other: typeof x) =>
    [...written].some((w) => other.reads.has(w) || other.writes.has(w));
  return !touches(x.writes, y) && !touches(y.writes, x);
}

const iterations = (s: Stage): number => nestOf(s.body).loops.reduce((n, l) => n * l.extent, 1);

/**
 * init, reduce, others, map of the sums  -->  others, init, reduce, map   where the map runs over the sums one by one and the others are
 * independent of the reduction.
 */
function mapsBehindReductions(stages: readonly Stage[]): readonly Stage[] {
  let out = [...stages];
  for (const reduction of stages) {
    const at = out.indexOf(reduction);
    const [acc] = accessesOf(reduction.body).writes;
    const init = out[at - 1];
    if (!init || !accessesOf(reduction.body).reads.has(acc) || !accessesOf(init.body).writes.has(acc)) continue;
    const map = out.findIndex((s, i) => i > at && accessesOf(s.body).reads.has(acc));
    const between = map < 0 ? [] : out.slice(at + 1, map);
    if (
      between.length === 0 ||
      iterations(out[map]) !== iterations(init) ||
      !between.every((s) => independent(s, init) && independent(s, reduction))
    )
      continue;
    out = [...out.slice(0, at - 1), ...between, init, reduction, ...out.slice(map)];
  }
  return out;
}

/** Without buffers that no stage touches; results stay. */
export function dropUnused(k: Kernel): Kernel {
  const used = new Set(k.stages.flatMap((s) => Object.values(accessesOf(s.body)).flatMap((names) => [...names])));
  return { ...k, buffers: k.buffers.filter((b) => b.role === "out" || used.has(b.name)) };
}

/** A text that is equal for kernels that do the same on buffers of the same roles: the name aside, everything. */
export function kernelKey(k: Kernel): string {
  const text = JSON.stringify({ ...k, name: "" }, (_, v: unknown) => {
    if (typeof v === "bigint") return `${v}n`;
    if (typeof v === "number" && (!Number.isFinite(v) || Object.is(v, -0))) return `#${Object.is(v, -0) ? "-0" : v}`;
    return v;
  });
  return shortHash(text, 32);
}
