/** Damaged and hostile variants of ONNX models, drawn from a seed. */
import onnxProto from "onnx-proto";

const { onnx } = onnxProto;
type Model = onnxProto.onnx.IModelProto;
type Node = onnxProto.onnx.INodeProto;
type Tensor = onnxProto.onnx.ITensorProto;
type Attribute = onnxProto.onnx.IAttributeProto;

export interface Random {
  /** A whole number in [0, n). */
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)] };
}

const INTEGERS = [
  0,
  -1,
  1,
  2,
  3,
  7,
  255,
  65536,
  1e6,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 40,
  2 ** 53,
  -2,
  -(2 ** 31),
  -(2 ** 53),
  "9223372036854775807",
  "-9223372036854775808",
];
const FLOATS = [0, -0, 1, -1, 0.5, 1e-30, 1e30, 3.4e38, Number.NaN, Infinity, -Infinity];
/** Names that plain objects inherit, and the like. */
const NAMES = [
  "",
  "constructor",
  "__proto__",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "#c",
  "%x",
  "a:b/c",
  "\0",
  "é".repeat(300),
];

/** Bytes cut, flipped, doubled, moved and overwritten. */
export function mutateBytes(bytes: Uint8Array, r: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  // most bytes are weights: half of the damage goes into the first and last kilobyte, where structure is
  const position = () =>
    r.below(2)
      ? r.below(out.length + 1)
      : r.below(2)
        ? r.below(Math.min(1024, out.length + 1))
        : Math.max(0, out.length - r.below(1024));
  for (let k = r.pick([0, 0, 0, 1, 3]); k >= 0; k--) {
    const at = position();
    const length = r.pick([1, 1, 2, 4, 16, 100, 1000]);
    const range = out.slice(at, at + length);
    switch (r.below(6)) {
      case 0:
        out = out.slice(0, at);
        break;
      case 1:
        out = concat(out.slice(0, at), out.slice(at + length));
        break;
      case 2:
        out = concat(out.slice(0, at), range, range, out.slice(at + length));
        break;
      case 3:
        out.set(range, Math.min(position(), Math.max(0, out.length - range.length)));
        break;
      case 4:
        for (let i = at; i < Math.min(out.length, at + length); i++) out[i] = r.pick([0, 255, 127, 128, r.below(256)]);
        break;
      default:
        if (at < out.length) out[at] ^= 1 << r.below(8);
    }
  }
  return out;
}

function concat(...parts: Uint8Array[]) {
  return Uint8Array.from(Buffer.concat(parts));
}

/** A model with one to three fields changed to something legal on the wire and wrong in meaning. */
export function mutateFields(bytes: Uint8Array, ops: readonly string[], r: Random): Uint8Array {
  const model = onnx.ModelProto.toObject(onnx.ModelProto.decode(bytes), { longs: String, defaults: false }) as Model;
  for (let k = r.pick([0, 0, 0, 1, 2]); k >= 0; k--) r.pick(EDITS)(model, r, ops);
  return onnx.ModelProto.encode(onnx.ModelProto.fromObject(model)).finish();
}

type Edit = (m: Model, r: Random, ops: readonly string[]) => void;

function nodesOf(m: Model): Node[] {
  m.graph ??= {};
  m.graph.node ??= [];
  return m.graph.node;
}
const aNode = (m: Model, r: Random): Node => r.pick(nodesOf(m)) ?? {};
const anInteger = (r: Random) => r.pick(INTEGERS) as number;

function editAttribute(a: Attribute, r: Random): void {
  const list = (values: readonly (number | string)[], of: () => number) => {
    const out = [...values] as number[];
    if (out.length && r.below(3)) out[r.below(out.length)] = of();
    else if (r.below(2)) out.push(...Array.from({ length: r.pick([1, 3, 1000]) }, of));
    else out.pop();
    return out;
  };
  if (a.ints?.length) a.ints = list(a.ints as number[], () => anInteger(r));
  else if (a.floats?.length) a.floats = list(a.floats, () => r.pick(FLOATS));
  else if (a.t) editTensor(a.t, r);
  else if (a.f != null) a.f = r.pick(FLOATS);
  else if (a.s != null) a.s = Buffer.from(r.pick(["", "VALID", "SAME_UPPER", "nearest", "\xff", "x".repeat(5000)]));
  else a.i = anInteger(r);
}

function editTensor(t: Tensor, r: Random): void {
  switch (r.below(5)) {
    case 0:
      t.dataType = r.below(27);
      break;
    case 1: {
      const dims = (t.dims ?? []) as number[];
      if (dims.length && r.below(4)) dims[r.below(dims.length)] = anInteger(r);
      else t.dims = r.below(2) ? [] : Array.from({ length: r.pick([1, 5, 40]) }, () => r.pick([0, 1, 1, 2]));
      break;
    }
    case 2:
      editValues(t, r);
      break;
    case 3:
      t.dataLocation = 1;
      t.externalData = [
        {
          key: r.pick(["location", "offset", ""]),
          value: r.pick(["../../etc/passwd", "/etc/passwd", "nowhere.bin", "", ".", "1e99", "-5"]),
        },
      ];
      break;
    default:
      t.rawData = new Uint8Array(r.pick([0, 1, 3, 8, 4096]));
  }
}

function editValues(t: Tensor, r: Random): void {
  if (t.rawData?.length) {
    const raw = Buffer.from(t.rawData);
    if (t.dataType === 7 && raw.length >= 8)
      raw.writeBigInt64LE(BigInt.asIntN(64, BigInt(r.pick(INTEGERS))), 8 * r.below(Math.floor(raw.length / 8)));
    else if (t.dataType === 1 && raw.length >= 4) raw.writeFloatLE(r.pick(FLOATS), 4 * r.below(Math.floor(raw.length / 4)));
    else raw[r.below(raw.length)] = r.below(256);
    t.rawData = raw;
    return;
  }
  if (t.int64Data?.length) (t.int64Data as number[])[r.below(t.int64Data.length)] = anInteger(r);
  if (t.floatData?.length) t.floatData[r.below(t.floatData.length)] = r.pick(FLOATS);
  if (t.int32Data?.length) t.int32Data[r.below(t.int32Data.length)] = r.below(300) - 20;
}

const EDITS: readonly Edit[] = [
  (m, r) => editAttribute(r.pick(aNode(m, r).attribute ?? []) ?? {}, r),
  (m, r) => editAttribute(r.pick(aNode(m, r).attribute ?? []) ?? {}, r),
  (m, r) => editTensor(r.pick(m.graph?.initializer ?? []) ?? {}, r),
  (m, r) => editTensor(r.pick(m.graph?.initializer ?? []) ?? {}, r),
  (m, r) => editValues(r.pick(m.graph?.initializer ?? []) ?? {}, r),
  // another op on the same operands
  (m, r, ops) => {
    const [domain, name] = `::${r.pick(ops)}`.split("::").slice(-2);
    Object.assign(aNode(m, r), { opType: name, domain });
  },
  (m, r, ops) => {
    const n = aNode(m, r);
    n.opType = r.pick([...NAMES, ...ops]);
    n.attribute = [];
  },
  (m, r) => {
    const n = aNode(m, r);
    const known = nodesOf(m).flatMap((o) => [...(o.input ?? []), ...(o.output ?? [])]);
    n.input ??= [];
    const inputs = n.input;
    inputs[r.below(inputs.length + 1)] = r.pick([...known, "", r.pick(NAMES)]);
  },
  (m, r) => {
    const n = aNode(m, r);
    n[r.pick(["input", "output"] as const)] = r.below(2)
      ? []
      : Array.from({ length: r.pick([1, 2, 3, 20, 3000]) }, () => r.pick(n.input ?? []) ?? "x");
  },
  (m, r) => {
    const n = aNode(m, r);
    const name = r.pick([
      "axis",
      "axes",
      "pads",
      "strides",
      "dilations",
      "kernel_shape",
      "group",
      "perm",
      "to",
      "auto_pad",
      "ceil_mode",
      "value",
      "epsilon",
      "alpha",
    ]);
    const a: Attribute = r.below(2)
      ? { name, type: 2, i: anInteger(r) }
      : { name, type: 7, ints: Array.from({ length: r.below(7) }, () => anInteger(r)) };
    n.attribute = [...(n.attribute ?? []), a];
  },
  (m, r) => nodesOf(m).splice(r.below(nodesOf(m).length), 1),
  (m, r) => nodesOf(m).push({ ...aNode(m, r), name: "twin", output: [r.pick(["twin", ...(aNode(m, r).output ?? [])])] }),
  (m) => nodesOf(m).reverse(),
  (m, r) => {
    const info = r.pick([...(m.graph?.input ?? []), ...(m.graph?.output ?? [])]);
    const tensor = info?.type?.tensorType;
    if (!tensor) return;
    tensor.shape ??= {};
    tensor.shape.dim ??= [];
    const dims = tensor.shape.dim;
    if (r.below(3)) dims[r.below(dims.length + 1)] = r.below(3) ? { dimValue: anInteger(r) } : { dimParam: r.pick(NAMES) };
    else tensor.elemType = r.below(27);
  },
  (m, r) => {
    const infos = [...(m.graph?.input ?? []), ...(m.graph?.output ?? [])];
    if (infos.length) r.pick(infos).name = r.pick([...NAMES, r.pick(infos).name ?? ""]);
  },
  (m, r) => {
    m.opsetImport = [
      { domain: r.pick(["", "ai.onnx", "com.microsoft"]), version: r.pick([0, 1, 6, 7, 9, 11, 13, 17, 21, 24, 28, 99, 2 ** 31]) },
    ];
  },
  // branches inside branches
  (m, r) => {
    const depth = r.pick([1, 3, 40, 400]);
    for (let i = 0; i < depth; i++) {
      const inner = { ...m.graph, input: i === 0 ? [] : m.graph?.input };
      const value: Tensor = { dims: [], dataType: 9, int32Data: [1], name: "yes" };
      const node: Node = {
        opType: "If",
        input: ["yes"],
        output: (m.graph?.output ?? []).map((o) => o.name ?? ""),
        attribute: [
          { name: "then_branch", type: 5, g: inner },
          { name: "else_branch", type: 5, g: inner },
        ],
      };
      m.graph = { name: "outer", node: [node], input: m.graph?.input, output: m.graph?.output, initializer: [value] };
      if (i > 3) (node.attribute as Attribute[]).length = 1;
    }
  },
  // functions that call one another, or themselves
  (m, r) => {
    const n = aNode(m, r);
    const call = (name: string): Node => ({ opType: name, domain: "f", input: ["x"], output: ["y"] });
    const count = r.pick([1, 2, 60]);
    m.functions = Array.from({ length: count }, (_, i) => ({
      name: `f${i}`,
      domain: "f",
      input: ["x"],
      output: ["y"],
      opsetImport: [{ domain: "", version: 13 }],
      node:
        i + 1 < count
          ? [call(`f${i + 1}`), { ...call(`f${i + 1}`), output: ["z"] }]
          : [r.below(2) ? call("f0") : { opType: "Relu", input: ["x"], output: ["y"] }],
    }));
    n.opType = "f0";
    n.domain = "f";
  },
];
