/** What may run beside what in Node (docs/runtime-abi.md): calls from inside a run, and workers that end at any moment. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { loadSync, type Net } from "../../src/runtime/index.js";
import { buildFake, ROOT, run } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-beside-"));
const [small, large] = [join(work, "small.so"), join(work, "large.so")];
const ROWS = 2000;
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  buildRuntime({ ifStale: true });
  buildFake(small);
  buildFake(large, [`ROWS=${ROWS}`]);
});

const n = BigInt64Array.of(40n, 2n);
const CALLS: Readonly<Record<string, (net: Net, x: Float32Array) => unknown>> = {
  run: (net, x) => net.run({ x: x.map(() => 99), n }),
  step: (net, x) => net.step({ x: x.map(() => 99), n }),
  reset: (net) => net.reset(),
  startProfile: (net) => net.startProfile(),
  stopProfile: (net) => net.stopProfile(),
  profile: (net) => net.profile(),
  close: (net) => net.close(),
};

describe.each([
  ["small (copied)", () => small, 15],
  ["large (by pointer)", () => large, 3 * ROWS],
])("while a run reads its inputs, %s tensors", (_, file, count) => {
  const x = Float32Array.from({ length: count }, (_, i) => i % 100);

  it.each(Object.entries(CALLS))("%s is refused, and the run ends well", (_, call) => {
    const net = loadSync(file(), { threads: 1 });
    let code = "none";
    const acting = {
      valueOf() {
        try {
          call(net, x);
        } catch (error) {
          code = (error as { code: string }).code;
        }
        return 40;
      },
    };
    const got = net.run({ x, n: [acting, 2] as unknown as number[] });
    expect(code).toBe("QC-RT-111");
    expect(got.scaled).toEqual(x.map((v) => 2 * v + 1));
    expect(net.run({ x, n }).scaled).toEqual(x.map((v) => 2 * v + 2));
    net.close();
  });

  it("an array that is given away in between is refused or was copied before", () => {
    const net = loadSync(file(), { threads: 1 });
    const given = x.slice();
    const acting = {
      valueOf() {
        if (given.length > 0) structuredClone(given, { transfer: [given.buffer] });
        return 40;
      },
    };
    const attempt = () => net.run({ x: given, n: [acting, 2] as unknown as number[] });
    if (count > 1024) expect(attempt).toThrow(/QC-RT-009/);
    else expect(attempt().scaled).toEqual(x.map((v) => 2 * v + 1));
    expect(net.run({ x, n }).total).toEqual(BigInt64Array.of(42n));
    net.close();
  });
});

it("a worker that is terminated while it loads takes nothing with it", () => {
  const script = join(work, "workers.mjs");
  const runtime = JSON.stringify(join(ROOT, "dist/runtime/index.js"));
  writeFileSync(
    script,
    `import { isMainThread, parentPort, Worker } from "node:worker_threads";
if (isMainThread)
  for (let round = 0; round < 6; round++)
    await Promise.all([0, 1, 2, 3].map((k) => new Promise((resolve) => {
      const worker = new Worker(new URL(import.meta.url));
      worker.on("message", () => setTimeout(() => worker.terminate(), 3 * round + k));
      worker.on("exit", resolve);
    })));
else {
  const { loadSync } = await import(${runtime});
  parentPort.postMessage("loads");
  for (;;) loadSync(${JSON.stringify(small)}, { threads: 1 }).close();
}
console.log("lives");
`,
  );
  expect(run(process.execPath, [script])).toEqual({ status: 0, stdout: "lives\n", stderr: "" });
});
