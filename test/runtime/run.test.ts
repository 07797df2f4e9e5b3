import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import vm from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { loadSync, type Net, QcError, type TensorData, type TypedArray } from "../../src/runtime/index.js";
import { buildFake } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-run-"));
const small = join(work, "small.so");
const large = join(work, "large.so");
const ROWS = 2000;
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  buildRuntime({ ifStale: true });
  buildFake(small);
  buildFake(large, [`ROWS=${ROWS}`]);
});

const ramp = (length: number, from = -7) => Float32Array.from({ length }, (_, i) => (i % 100) + from);
const scaled = (x: Float32Array, step: number) => x.map((v) => 2 * v + step);
const n = BigInt64Array.of(40n, 2n);

function errorOf(net: Net, inputs: Record<string, TensorData>, into?: Record<string, TypedArray>): string {
  try {
    net.run(inputs, { into });
  } catch (error) {
    if (error instanceof QcError) return error.code;
    throw error;
  }
  return "no error";
}

describe.each([
  ["small (copied)", () => small, 15],
  ["large (by pointer)", () => large, 3 * ROWS],
])("run, %s tensors", (_, file, count) => {
  it("computes, keeps state, and resets", () => {
    const net = loadSync(file(), { threads: 1 });
    const x = ramp(count);
    for (let step = 1; step <= 3; step++) {
      const got = net.run({ x, n });
      expect(Object.keys(got)).toEqual(["scaled", "codes", "total"]);
      expect(got).toEqual({ scaled: scaled(x, step), codes: Int8Array.of(-7, -6, -5), total: BigInt64Array.of(42n) });
    }
    net.reset();
    expect(net.run({ x, n }).scaled).toEqual(scaled(x, 1));
    net.close();
  });

  it("returns arrays that later runs leave alone", () => {
    const net = loadSync(file(), { threads: 1 });
    const x = ramp(count);
    const first = net.run({ x, n });
    const kept = { ...first, scaled: first.scaled.slice(), codes: first.codes.slice(), total: first.total.slice() };
    x.fill(50);
    const second = net.run({ x, n });
    expect(first).toEqual(kept);
    expect(second.scaled).toEqual(scaled(x, 2));
    // an output as the next input
    expect(net.run({ x: first.scaled as Float32Array, n }).scaled).toEqual(scaled(first.scaled as Float32Array, 3));
    net.close();
  });

  it("writes into arrays that it is given, and into new ones otherwise", () => {
    const net = loadSync(file(), { threads: 1 });
    const x = ramp(count);
    const into = { scaled: new Float32Array(count), codes: new Int8Array(3) };
    const first = net.run({ x, n }, { into });
    expect(first.scaled).toBe(into.scaled);
    expect(first.codes).toBe(into.codes);
    expect(first).toEqual({ scaled: scaled(x, 1), codes: Int8Array.of(-7, -6, -5), total: BigInt64Array.of(42n) });
    const fresh = net.run({ x, n }).scaled;
    expect(fresh).toEqual(scaled(x, 2));
    expect(into.scaled).toEqual(scaled(x, 1));
    const view = new Float32Array(new ArrayBuffer(4 * count + 12), 8, count);
    expect(net.run({ x, n }, { into: { scaled: view } }).scaled).toBe(view);
    expect(view).toEqual(scaled(x, 3));
    expect(net.run({ x, n }, { into }).scaled).toEqual(scaled(x, 4));
    expect(fresh).toEqual(scaled(x, 2));
    const refused = (arrays: Record<string, unknown>) => errorOf(net, { x, n }, arrays as Record<string, Float32Array>);
    expect(refused({ scaled: new Float32Array(count - 1) })).toBe("QC-RT-012");
    expect(refused({ scaled: new Int32Array(count) })).toBe("QC-RT-012");
    expect(refused({ scaled: [] })).toBe("QC-RT-012");
    expect(refused({ scald: new Float32Array(count) })).toBe("QC-RT-012");
    expect(refused({ scaled: x })).toBe("QC-RT-012");
    expect(net.run({ x, n }).scaled).toEqual(scaled(x, 5));
    net.close();
  });

  it("sees arrays, views into buffers, arrays of other realms, and plain lists alike", () => {
    const net = loadSync(file(), { threads: 1 });
    const x = ramp(count);
    const view = new Float32Array(new ArrayBuffer(4 * count + 12), 8, count);
    view.set(x);
    const foreign = vm.runInNewContext(`Float32Array.from(list)`, { list: Array.from(x) }) as Float32Array;
    [view, foreign, Array.from(x), x, view].forEach((data, i) => {
      expect(net.run({ x: data, n: i % 2 ? n : ([40, 2n] as unknown as bigint[]) }).scaled).toEqual(scaled(x, i + 1));
    });
    net.close();
  });

  it("gives the same with every number of threads", () => {
    const x = ramp(count);
    for (const threads of [1, 2, 3, 8]) {
      const net = loadSync(file(), { threads });
      for (let step = 1; step <= 20; step++) expect(net.run({ x, n }).scaled).toEqual(scaled(x, step));
      net.close();
    }
  });

  it("survives garbage collection between runs", () => {
    const net = loadSync(file(), { threads: 1 });
    for (let step = 1; step <= 300; step++) {
      const x = ramp(count, step % 10);
      expect(net.run({ x, n }).scaled.at(-1)).toBe(scaled(x, step).at(-1));
    }
    net.close();
  });

  it("names what is wrong with the inputs", () => {
    const net = loadSync(file(), { threads: 1 });
    const x = ramp(count);
    expect(errorOf(net, {})).toBe("QC-RT-007");
    expect(errorOf(net, { x })).toBe("QC-RT-007");
    expect(errorOf(net, { x, n, m: n })).toBe("QC-RT-008");
    expect(errorOf(net, { x: x.subarray(1), n })).toBe("QC-RT-009");
    expect(errorOf(net, { x: Float64Array.from(x), n })).toBe("QC-RT-009");
    expect(errorOf(net, { x: "text" as unknown as number[], n })).toBe("QC-RT-009");
    expect(errorOf(net, { x: null as unknown as number[], n })).toBe("QC-RT-009");
    expect(errorOf(net, { x, n: [1.5, 2] })).toBe("QC-RT-009");
    expect(errorOf(net, { x, n: [2n ** 63n, 0n] })).toBe("QC-RT-009");
    expect(() => net.run({ x: x.subarray(1), n })).toThrow(
      `input 'x' is f32[${count / 3}, 3]: ${count} elements in a Float32Array`,
    );
    expect(net.run({ x, n }).scaled).toEqual(scaled(x, 1));
    net.close();
  });
});

describe("a network", () => {
  it("keeps time per phase, when asked", () => {
    const net = loadSync(large, { threads: 1 });
    const feed = { x: ramp(3 * ROWS), n };
    net.run(feed);
    expect(net.profile()).toMatchObject({
      runs: 0,
      phases: [
        { name: "f32_scale", ns: 0 },
        { name: "i8_codes", ns: 0 },
      ],
    });
    net.startProfile();
    net.run(feed);
    net.run(feed);
    net.stopProfile();
    net.run(feed);
    const { runs, phases } = net.profile();
    expect(runs).toBe(2);
    expect(phases[0].ns).toBeGreaterThan(phases[1].ns);
    net.close();
  });

  it("that fails says in which phase, and can run again", () => {
    const net = loadSync(buildFake(join(work, "fails.so"), ["FAIL=2", `ROWS=${ROWS}`]), { threads: 1 });
    for (let i = 0; i < 2; i++) expect(() => net.run({ x: ramp(3 * ROWS), n })).toThrow(/QC-RT-112.*stopped in phase i8_codes/);
    net.close();
  });

  it("that is closed refuses to run", () => {
    const net = loadSync(small, { threads: 2 });
    net.close();
    net.close();
    expect(errorOf(net, { x: ramp(15), n })).toBe("QC-RT-010");
    expect(() => net.reset()).toThrow(/QC-RT-010/);
    expect(() => net.profile()).toThrow(/QC-RT-010/);
  });

  it("costs at most a few microseconds a call", () => {
    const net = loadSync(small, { threads: 1 });
    const feed = { x: ramp(15), n };
    const runs = 2000;
    // processor time, not time: the machine may be busy
    const processorUs = () => {
      const before = process.cpuUsage();
      for (let i = 0; i < runs; i++) net.run(feed);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / runs;
    };
    expect(Math.min(...Array.from({ length: 10 }, processorUs))).toBeLessThan(10);
    net.close();
  });
});
