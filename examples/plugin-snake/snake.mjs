/**
 * A plugin of all parts: an op, its ONNX importer, a pass that finds it spelled out, and where that pass runs.
 * @param {import("../../dist/plugin.js").PluginTools} qc
 * @returns {import("../../dist/plugin.js").Plugin}
 */
export default function snakePlugin({ attr, expr, unaryOp, definePass, sweep }) {
  /** The op: what it means on numbers (the reference), and the same as a loop expression (what is compiled). */
  const snake = unaryOp({
    name: "snake",
    doc: "y = x + sin(alpha x)^2 / alpha. Ziyin, Hartwig, Ueda 2020, equation 3.",
    on: "float",
    attrs: { alpha: attr.f32("frequency", 1) },
    float: (x, { alpha }) => x + Math.sin(Math.fround(alpha) * x) ** 2 / Math.fround(alpha),
    lower: (x, { alpha }) => {
      const a = expr.constant(x.t, Math.fround(alpha));
      const s = expr.call("sin", [expr.mul(a, x)]);
      return expr.add(x, expr.div(expr.mul(s, s), a));
    },
    drawAttrs: (g) => ({ alpha: g.f32({ min: 0.25, max: 4 }) }),
  });

  /** add(x, mul(s, s)) = snake(x) {alpha = 1},   s = sin(x) */
  const findSnake = definePass({
    name: "find-snake",
    doc: "x + sin(x)^2 becomes snake(x).",
    options: {},
    requires: [],
    establishes: [],
    breaks: ["live"], // what only the sum used stays behind
    tolerance: 1e-6, // rounded once, where the spelled out form rounds three times
    examples: [
      `module "spelled out" version 1
func @main(%x: f32[2, 3]) -> f32[2, 3] {
  %s = sin(%x)
  %q = mul(%s, %s)
  %y = add(%x, %q)
  return %y
}`,
    ],
    run: (m, ctx) =>
      sweep(m, ctx, "find-snake", (view) => {
        const { node, inputs, b, producer, loc } = view;
        if (node.op !== "add") return null;
        for (const [x, square] of [inputs, [...inputs].reverse()]) {
          const mul = producer(square);
          const sin = mul?.op === "mul" && mul.inputs[0] === mul.inputs[1] ? producer(mul.inputs[0]) : undefined;
          if (sin?.op === "sin" && sin.inputs[0] === x) return [b.node("snake", [x], { alpha: 1 }, loc(mul, sin))];
        }
        return null;
      }),
  });

  return {
    name: "snake",
    apiVersion: 1,
    ops: [snake],
    passes: [findSnake],
    importers: { "com.example::Snake": (n) => n.emit("snake", [n.input(0)], { alpha: n.float("alpha", 1) }) },
    pipeline: [{ after: "simplify-movement", passes: "find-snake,dce" }],
  };
}
