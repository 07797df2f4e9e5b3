/**
 * A plugin whose op answers every question: beside its meaning and its loops, what becomes of it on bytes and with the channels last.
 * @param {import("../../dist/plugin.js").PluginTools} qc
 * @returns {import("../../dist/plugin.js").Plugin}
 */
export default function shufflePlugin({ attr, expr, defineOp }) {
  const LAYOUTS = ["channels_first", "channels_last"];
  const channelAxis = (layout, rank) => (layout === "channels_first" ? 1 : rank - 1);

  const channelShuffle = defineOp({
    name: "channel_shuffle",
    doc: "y[n, c] = x[n, (c mod groups) C / groups + c / groups]. Zhang et al. 2017 (ShuffleNet), section 3.1.",
    attrs: { groups: attr.int("groups of channels"), layout: attr.oneOf("where the channels stand", LAYOUTS) },
    operands: [{ name: "x" }],
    traits: ["movement", "same-scale"],
    // bytes are moved like floats, on the grid of operand 0; nothing is gained by it alone
    quantize: { form: "same-grid", grid: [0], moves: true },
    // shuffle(x) = to_first(shuffle_last(to_last(x)))
    layout: {
      channels: { operands: [0], last: (a) => (a.layout === "channels_last" ? null : { ...a, layout: "channels_last" }) },
    },
    infer([x], { groups, layout }, fail) {
      const channels = x.shape[channelAxis(layout, x.shape.length)];
      if (x.shape.length < 3 || groups < 1 || channels % groups !== 0)
        fail("QC-SHUFFLE-001", `channel_shuffle: [${x.shape}] has no channels in ${groups} equal groups`);
      if (x.quant && x.quant.kind !== "tensor") fail("QC-SHUFFLE-002", "channel_shuffle: x must be quantized per tensor");
      return [x];
    },
    eval([x], { groups, layout }, [type]) {
      const axis = channelAxis(layout, type.shape.length);
      const channels = type.shape[axis];
      const inner = type.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const data = x.data.map((_, i) => {
        const c = Math.floor(i / inner) % channels;
        const from = (c % groups) * (channels / groups) + Math.floor(c / groups);
        return x.data[i + (from - c) * inner];
      });
      return [{ type, data }];
    },
    lower(b, { ins: [x], outs: [y] }, { groups, layout }) {
      const axis = channelAxis(layout, y.type.shape.length);
      const [inGroup, count] = [expr.index(y.type.shape[axis] / groups), expr.index(groups)];
      b.elementwise(y, (i) => {
        const c = i[axis];
        const from = expr.add(expr.mul(expr.mod(c, count), inGroup), expr.div(c, count));
        return b.load(x, i.with(axis, from));
      });
    },
    sample(g) {
      const [groups, layout] = [g.int(1, 3), g.pick(LAYOUTS)];
      const [channels, plane] = [groups * g.int(1, 3), g.shape(g.int(1, 2), 3)];
      const shape = layout === "channels_first" ? [g.int(1, 2), channels, ...plane] : [g.int(1, 2), ...plane, channels];
      return { inputs: [g.tensor({ dtype: g.pick(["f32", "i8"]), shape })], attrs: { groups, layout } };
    },
  });

  return {
    name: "shuffle",
    apiVersion: 1,
    ops: [channelShuffle],
    importers: {
      "com.example::ChannelShuffle": (n) =>
        n.emit("channel_shuffle", [n.input(0)], { groups: n.int("groups", 1), layout: "channels_first" }),
    },
  };
}
