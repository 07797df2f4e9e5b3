/** Plugins of one part each, right but for one fault. */
import type { OpDef } from "../../src/ir/op/define.js";
import { numbersOf, tensorOf } from "../../src/ir/op/tensor.js";
import type { Range } from "../../src/ir/quant/calibrator.js";
import type { Grids, SchemeOptions } from "../../src/ir/quant/scheme.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";
import { PLUGIN_API, type Plugin, pluginTools } from "../../src/plugin.js";

const { attr, defineOp, expr, unaryOp, definePass, sweep, schedule } = pluginTools;
const plugin = (parts: Partial<Plugin>): Plugin => ({ name: "faulty", apiVersion: PLUGIN_API, ...parts });

const double = (x: Parameters<Parameters<typeof unaryOp>[0]["lower"]>[0]) => expr.mul(x, expr.constant(x.t, 2));

/** y = 2 x, as told by all its members. */
const twice = unaryOp({ name: "twice", doc: "y = 2 x.", on: "float", float: (x) => 2 * x, lower: double });

/** y = x w, of x [N, C] and w [C, K], weights and all. */
const product: OpDef = defineOp({
  name: "product",
  doc: "y = x w.",
  attrs: {},
  operands: [{ name: "x" }, { name: "w" }],
  traits: [],
  weights: { operand: 1, bias: null, axes: () => ({ out: 1, in: 0, result: 1, groups: 1 }) },
  infer: ([x, w]) => [tensorType(x!.dtype, [x!.shape[0], w!.shape[1]])],
  eval([x, w], _attrs, [type]) {
    const [n, k] = type.shape;
    const c = x!.type.shape[1];
    const [a, b] = [numbersOf(x!), numbersOf(w!)];
    const at = (i: number, j: number) =>
      Array.from({ length: c }, (_, l) => a[i * c + l] * b[l * k + j]).reduce((s, v) => s + v, 0);
    return [
      tensorOf(
        type,
        Array.from({ length: n * k }, (_, i) => at(Math.floor(i / k), i % k)),
      ),
    ];
  },
  lower(b, { ins: [x, w], outs: [y] }) {
    b.reduction(y, "add", [x!.type.shape[1]], ([i, j], [l]) => expr.mul(b.load(x!, [i, l]), b.load(w!, [l, j])));
  },
  sample(g) {
    const [n, c, k] = [g.int(1, 3), g.int(2, 4), g.int(2, 4)];
    return { inputs: [g.tensor({ shape: [n, c] }), g.tensor({ shape: [c, k] })], attrs: {} };
  },
}) as OpDef;

/** y[n, i, ..] = x[n, size - 1 - i, ..], wherever the channels are: `last` changes nothing. */
const mirrored: OpDef = defineOp({
  name: "mirrored",
  doc: "y = x with axis 1 from the end.",
  attrs: { last: attr.bool("does nothing", false) },
  operands: [{ name: "x" }],
  traits: [],
  infer: ([x]) => [x!],
  eval([x], _attrs, [type]) {
    const [n, size, ...rest] = type.shape;
    const run = rest.reduce((a, b) => a * b, 1);
    const values = numbersOf(x!);
    const from = (i: number) => {
      const [row, at] = [Math.floor(i / run / size), Math.floor(i / run) % size];
      return (row * size + (size - 1 - at)) * run + (i % run);
    };
    return [
      tensorOf(
        type,
        Array.from({ length: n * size * run }, (_, i) => values[from(i)]),
      ),
    ];
  },
  lower(b, { ins: [x], outs: [y] }) {
    const end = expr.index(x!.type.shape[1] - 1);
    b.elementwise(y, ([n, i, ...rest]) => b.load(x!, [n, expr.sub(end, i), ...rest]));
  },
  sample: (g) => ({ inputs: [g.tensor({ shape: [g.int(1, 2), g.int(2, 4), g.int(1, 3), g.int(1, 3)] })], attrs: {} }),
}) as OpDef;

const copyOf = (op: OpDef, change: Partial<OpDef>): Plugin => plugin({ ops: [{ ...op, ...change }] });
const rewriting = (change: Partial<Parameters<typeof definePass>[0]>) =>
  plugin({
    passes: [
      definePass({ name: "rewrite", doc: "Rewrites.", options: {}, requires: [], establishes: [], run: (m) => m, ...change }),
    ],
  });

/** By fault: the plugin, and what its failure must say. */
export const FAULTY: Readonly<Record<string, readonly [Plugin, RegExp]>> = {
  "op whose lower means something else than its eval": [
    plugin({
      ops: [
        unaryOp({
          name: "twice",
          doc: "y = 2 x.",
          on: "float",
          float: (x) => 2 * x,
          lower: (x) => expr.add(x, expr.constant(x.t, 2)),
        }),
      ],
    }),
    /lower = eval: result 0.*eval gives .*, lower/s,
  ],
  "op whose lower is wrong on NaN": [
    plugin({
      ops: [
        unaryOp({
          name: "same",
          doc: "y = x.",
          on: "float",
          float: (x) => x,
          lower: (x) => expr.select(expr.bin("lt", x, expr.constant(x.t, 1e30)), x, expr.constant(x.t, 0)),
        }),
      ],
    }),
    /NaN and infinities/,
  ],
  "op whose lower leaves its buffer": [
    copyOf(product, {
      lower(b, { ins: [x, w], outs: [y] }) {
        b.reduction(y, "add", [x!.type.shape[1]], ([i, j], [l]) =>
          expr.mul(b.load(x!, [i, l]), b.load(w!, [expr.add(l, expr.constant("index", 1)), j])),
        );
      },
    }),
    /lower = eval: /,
  ],
  "op whose infer gives another shape than its eval": [
    copyOf(product, { infer: ([x, w]) => [tensorType(x!.dtype, [w!.shape[1], x!.shape[0]])] }),
    /infer = types of eval|lower = eval/,
  ],
  "op whose eval gives another type than its infer": [
    copyOf(twice, { eval: (inputs) => [tensorOf(tensorType("f64", inputs[0]!.type.shape), numbersOf(inputs[0]!))] }),
    /infer = types of eval/,
  ],
  "op that draws cases that it refuses": [
    copyOf(twice, { infer: (_types, _attrs, fail) => fail("QC-TWICE-001", "never") }),
    /does not take a case that it draws: never/,
  ],
  "op that is wrong on a case of its own only": [
    copyOf(product, {
      cases: [
        {
          inputs: [tensorOf(tensorType("f32", [1, 5]), [1, 0, 0, 0, 0]), tensorOf(tensorType("f32", [5, 1]), [1, 0, 0, 0, 0])],
          attrs: {},
        },
      ],
      eval(inputs, attrs, types) {
        const right = product.eval(inputs, attrs, types);
        return inputs[0]!.type.shape[1] === 5 ? [tensorOf(types[0], [7])] : right;
      },
    }),
    /eval gives 7/,
  ],
  "op that says that its weights lie elsewhere": [
    copyOf(product, { weights: { operand: 1, bias: null, axes: () => ({ out: 0, in: 1, result: 1, groups: 1 }) } }),
    /channel k of the weights/,
  ],
  "op that says that it keeps the grid and does not": [
    copyOf(twice, { quantize: { form: "same-grid", grid: [0], moves: false } }),
    /op\(dq\(x\)\) = dq\(op\(x\)\)/,
  ],
  "op that calls itself elementwise and is not": [
    copyOf(product, { quantize: { form: "table" } }),
    /a table stands for an element-wise op/,
  ],
  "op whose rule for transposes is wrong": [
    copyOf(product, { layout: { transpose: { operands: [0], behind: (attrs, perm) => ({ attrs, perm }) } } }),
    /op\(transpose\(x, p\)\) = transpose\(op'\(x\), p'\)/,
  ],
  "op whose channels-last form is another op": [
    copyOf(mirrored, { layout: { channels: { operands: [0], last: ({ last }) => (last ? null : { last: true }) } } }),
    /op\(x\) = to_first\(op_last\(to_last\(x\)\)\)/,
  ],
  "pass that changes values": [
    rewriting({
      run: (m, ctx) =>
        sweep(m, ctx, "rewrite", ({ node, inputs, b, loc }) =>
          node.op === "tanh" ? [b.node("sigmoid", [inputs[0]], {}, loc())] : null,
        ),
    }),
    /eval\(m\) = eval\(pass\(m\)\): result \d/,
  ],
  "pass whose result is not well formed": [
    rewriting({ run: (m) => ({ ...m, funcs: [{ ...m.funcs[0], body: m.funcs[0].body.slice(1) }, ...m.funcs.slice(1)] }) }),
    /not well formed/,
  ],
  "pass that changes its argument": [
    rewriting({
      run(m) {
        (m.funcs[0].resultNames as string[])[0] = "changed";
        return m;
      },
    }),
    /changes its argument/,
  ],
  "pass that claims a fact": [rewriting({ establishes: ["unique"] }), /it establishes 'unique'/],
  "pass that claims to be idempotent": [
    rewriting({ idempotent: true, run: (m) => ({ ...m, name: `${m.name}x` }) }),
    /idempotent/,
  ],
  "pass that throws": [
    rewriting({
      run() {
        throw new TypeError("no such thing");
      },
    }),
    /TypeError: no such thing/,
  ],
  "sketch that changes values": [
    plugin({
      sketches: [
        {
          name: "loses",
          doc: "a stage without its last iteration",
          schedule(s, stage) {
            const { loops } = schedule.nestOf(s.kernel.stages.find((x) => x.name === stage)!.body);
            const loop = loops[loops.length - 1];
            if (!loop || loop.extent < 2) return null;
            const shorter = JSON.parse(
              JSON.stringify(s.kernel.stages).replaceAll(`"extent":${loop.extent}`, `"extent":${loop.extent - 1}`),
            );
            return { ...s, kernel: { ...s.kernel, stages: shorter } };
          },
        },
      ],
    }),
    /scheduled = reference: its 0 steps, applied again|steps/,
  ],
  "scheduler that changes values": [
    plugin({
      schedulers: [
        {
          name: "wrong",
          doc: "negates",
          accepts: (target) => target.kind === "c",
          nameOf: (kernel) => kernel.name,
          schedule: (kernel) => ({ kernel: { ...kernel, stages: kernel.stages.slice(1) }, steps: [] }),
        },
      ],
    }),
    /scheduled = reference/,
  ],
  "scheme whose grid does not hold its range": [
    plugin({
      schemes: [
        {
          name: "narrow",
          doc: "half",
          grids: (ranges, { bits }) => ({
            dtype: "i8",
            lo: -(2 ** (bits - 1)),
            hi: 2 ** (bits - 1) - 1,
            scales: ranges.map((r) => Math.fround(Math.max(1e-9, r.max) / 2 ** bits)),
            zeros: ranges.map(() => 0),
          }),
        },
      ],
    }),
    /grids hold their ranges/,
  ],
  "scheme that draws": [
    plugin({
      schemes: [
        {
          name: "random",
          doc: "never the same",
          grids: (ranges) => ({
            dtype: "i8",
            lo: -2,
            hi: 1,
            scales: ranges.map(() => Math.fround(Math.random() + 1)),
            zeros: ranges.map(() => 0),
          }),
        },
      ],
    }),
    /a second call gives other grids/,
  ],
  "calibrator whose memory grows": [
    plugin({
      calibrators: [
        {
          name: "all",
          doc: "keeps all",
          fold: (known, x) => [...(known ?? []), ...Array.from(x)],
          range: ({ min, max }) => ({ min, max }),
        },
      ],
    }),
    /numbers of 64 samples/,
  ],
  "calibrator whose range is none": [
    plugin({
      calibrators: [{ name: "turned", doc: "the wrong way round", range: ({ min, max }) => ({ min: max + 1, max: min }) }],
    }),
    /is no range/,
  ],
  "repair whose result is not well formed": [
    plugin({
      repairs: [
        {
          name: "cut",
          doc: "cuts",
          invariant: "none",
          apply: (m) => ({ ...m, funcs: [{ ...m.funcs[0], body: m.funcs[0].body.slice(1) }] }),
        },
      ],
    }),
    /not well formed/,
  ],
};

/** The same parts without a fault. */
export const SOUND = plugin({
  name: "sound",
  ops: [twice as OpDef, product],
  passes: [
    definePass({
      name: "nothing",
      doc: "Changes nothing.",
      options: { on: attr.bool("whether", true) },
      requires: [],
      establishes: [],
      idempotent: true,
      run: (m) => m,
    }),
  ],
  schemes: [{ name: "wide", doc: "one grid", grids: (ranges, o) => symmetricGrids(ranges, o) }],
  calibrators: [
    {
      name: "last",
      doc: "the last sample",
      fold: (_k, x) => [Math.min(...Array.from(x)), Math.max(...Array.from(x))],
      range: ({ data }) => ({ min: data[0], max: data[1] }),
    },
  ],
  repairs: [{ name: "none", doc: "repairs nothing", invariant: "none", apply: (m) => m }],
});

function symmetricGrids(ranges: readonly Range[], { bits, dtype }: SchemeOptions): Grids {
  const isUnsigned = dtype === "u8";
  const hi = isUnsigned ? 2 ** bits - 1 : 2 ** (bits - 1) - 1;
  const scale = (r: Range) => Math.fround(Math.max(Math.abs(r.min), Math.abs(r.max)) / hi) || 1;
  return { dtype: isUnsigned ? "u8" : "i8", lo: isUnsigned ? 0 : -hi, hi, scales: ranges.map(scale), zeros: ranges.map(() => 0) };
}
