import { describe, expect, it } from "vitest";
import { compare } from "../../bench/compare.js";
import { drawPeerInput } from "../../bench/inputs.js";
import { measureMachine } from "../../bench/machine.js";
import { NETWORKS } from "../../bench/networks/networks.js";
import { openPeer } from "../../bench/peer.js";
import { subjects } from "../../bench/subjects.js";
import { bandwidthFor } from "../../src/ir/target/roofline.js";

const only = (group: string, name: string) => [...subjects("absent", (g, n) => g === group && n === name)];

describe("bench networks", () => {
  const machine = measureMachine();

  it("measures a machine that multiplies and reads", () => {
    expect(machine.gflops).toBeGreaterThan(1);
    expect(machine.gflops).toBeLessThan(2000);
    expect(bandwidthFor(machine, 1000)).toBe(machine.bandwidth[0].gbytes);
    expect(bandwidthFor(machine, 2 ** 40)).toBe(machine.bandwidth.at(-1)?.gbytes);
  });

  it.each(["squeezenet-1.1", "bert-mini"])("%s computes what ONNX Runtime computes", { timeout: 180_000 }, async (name) => {
    const [subject, ...others] = only("networks", name);
    expect(others).toEqual([]);
    const [row] = await compare(subject, machine, { threads: [1], least: 1, sampleMs: 0 });
    expect(row.error).toBeLessThan(2e-4);
    expect(row.peers.map((p) => p.name)).toEqual(["fp32"]);
    expect(row.floorMs).toBeGreaterThan(0);
    expect(row.kernels.length).toBeGreaterThan(3);
  });

  it("refuses to time a network that disagrees with the peer", { timeout: 180_000 }, async () => {
    const [subject] = only("kernels", "1x1, 7x7, 960->320");
    const strict = { ...subject, tolerance: -1 };
    await expect(compare(strict, machine, { threads: [1], least: 1, sampleMs: 0 })).rejects.toThrow(/differs from the peer/);
  });

  // operations, a multiply-add counted as two: those of torchvision's and Google's model cards
  it.each([
    ["resnet-18", 3.63e9],
    ["mobilenet-v1", 1.14e9],
    ["mobilenet-v2", 0.6e9],
    ["squeezenet-1.1", 0.7e9],
    ["efficientnet-lite0", 0.77e9],
    ["vit-tiny", 2.5e9],
  ])("%s has the published number of operations", (name, flops) => {
    const model = NETWORKS[name].build();
    expect(Math.abs(model.flops / flops - 1)).toBeLessThan(0.03);
  });

  it("draws the same weights at every build", () => {
    const [a, b] = [NETWORKS["squeezenet-1.1"].build(), NETWORKS["squeezenet-1.1"].build()];
    expect(Buffer.compare(a.bytes, b.bytes)).toBe(0);
  });

  it.each(["u8", "s8"] as const)("the %s form of a network runs in the peer", { timeout: 120_000 }, async (kind) => {
    const model = NETWORKS["mobilenet-v2"].buildInteger?.(kind);
    expect(model).toBeDefined();
    if (!model) return;
    const peer = await openPeer(model.bytes, model.inputs.map(drawPeerInput), 1);
    const [scores] = Object.values(await peer.run());
    expect(scores.dims).toEqual([1, 1000]);
    expect(new Set(scores.data as ArrayLike<number> as Iterable<number> & ArrayLike<number>).size).toBeGreaterThan(10);
    await peer.close();
  });
});
