import { describe, expect, it } from "vitest";
import type { Expr } from "../../../src/ir/loop/expr.js";
import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../../src/ir/loop/stmt.js";
import { buildNative, openNative } from "./native.js";

const v = make.variable;
const c = make.index;
const unroll = (name: string, extent: number, body: Stmt): Stmt => ({ k: "for", name, extent, kind: "unroll", body });

interface Tile {
  readonly rows: number;
  readonly vectors: number;
  readonly lanes: number;
}
const [BLOCKS, PANELS, DEPTH] = [8, 4, 256];

/** C[rows * BLOCKS, width * PANELS] = A B with B packed [panel][k][width], accumulators in a local tile. */
function tiledProduct({ rows, vectors, lanes }: Tile): Kernel {
  const width = vectors * lanes;
  const tile = [v("m"), make.ramp(make.mul(v("n"), c(lanes)), 1, lanes)];
  const each = (body: Stmt): Stmt => unroll("m", rows, unroll("n", vectors, body));
  const row: Expr = make.add(make.mul(v("mo"), c(rows)), v("m"));
  const column = make.ramp(make.add(make.mul(v("no"), c(width)), make.mul(v("n"), c(lanes))), 1, lanes);
  const a = make.splat(make.load("A", "f32", [row, v("k")]), lanes);
  const b = make.load("B", "f32", [v("no"), v("k"), make.ramp(make.mul(v("n"), c(lanes)), 1, lanes)]);
  const body = make.seq(
    each(make.store("acc", tile, make.splat(make.constant("f32", 0), lanes))),
    make.loop("k", DEPTH, each(make.reduce("add", "acc", tile, make.mul(a, b)))),
    each(make.store("C", [row, column], make.load("acc", "f32", tile))),
  );
  const acc: Buffer = { name: "acc", dtype: "f32", shape: [rows, width], role: "local" };
  const buffer = (name: string, shape: readonly number[], role: Buffer["role"]): Buffer => ({ name, dtype: "f32", shape, role });
  const inner = make.loop("mo", BLOCKS, { k: "alloc", buffer: acc, body });
  return {
    name: "f32_dense",
    buffers: [
      buffer("A", [rows * BLOCKS, DEPTH], "in"),
      buffer("B", [PANELS, DEPTH, width], "const"),
      buffer("C", [rows * BLOCKS, width * PANELS], "out"),
    ],
    stages: [{ name: "dense", body: { k: "for", name: "no", extent: PANELS, kind: "parallel", body: inner } }],
    prepare: [],
  };
}

/** The loop with the most multiply-adds: its lines between label and backward jump. */
function hotLoop(asm: string): readonly string[] {
  const lines = asm.split("\n").map((l) => l.trim());
  const loops = lines.flatMap((line, end) => {
    const target = /^j\w+\s+(\.L\w+)$/.exec(line)?.[1];
    const start = target === undefined ? -1 : lines.lastIndexOf(`${target}:`, end);
    return start < 0 ? [] : [lines.slice(start + 1, end + 1).filter((l) => !l.startsWith("."))];
  });
  const innermost = loops.filter((l) => l.slice(0, -1).every((line) => !/^j/.test(line)));
  const fmas = (l: readonly string[]): number => l.filter((line) => line.startsWith("vfmadd")).length;
  return innermost.reduce((best, l) => (fmas(l) > fmas(best) ? l : best), []);
}

const native = openNative();

describe("a register tile", () => {
  const cases = [
    { name: "llvm -mcpu=haswell", rows: 6, vectors: 2, lanes: 8 },
    { name: "llvm -mcpu=skylake-avx512", rows: 14, vectors: 2, lanes: 16 },
  ];
  for (const { name, ...tile } of cases) {
    const target = native.target(name);
    it.skipIf(!native.runsHere(target))(
      `${tile.rows} x ${tile.vectors} of ${tile.lanes} lanes stays in registers, ${name}`,
      () => {
        const built = buildNative(native, [tiledProduct(tile)], target, { asm: true });
        const loop = hotLoop(built.asm);
        const count = (pattern: RegExp): number => loop.filter((l) => pattern.test(l)).length;
        expect(count(/^vfmadd/)).toBe(tile.rows * tile.vectors);
        // loads of B, broadcasts of A (some inside a multiply-add), two increments at most, and the jump
        const loads = count(/^v(movaps|movups|broadcastss)/);
        expect(loads).toBeLessThanOrEqual(tile.vectors + tile.rows);
        expect(count(/rsp/)).toBe(0);
        expect(loop.length).toBeLessThanOrEqual(tile.rows * tile.vectors + loads + 4);

        const width = tile.vectors * tile.lanes;
        const columns = width * PANELS;
        const A = Float32Array.from({ length: tile.rows * BLOCKS * DEPTH }, (_, k) => ((k * 7) % 13) - 6);
        const B = Float32Array.from({ length: columns * DEPTH }, (_, k) => ((k * 5) % 11) - 5);
        const { C } = built.run(0, { A, B });
        for (let m = 0; m < tile.rows * BLOCKS; m += 5) {
          for (let n = 0; n < columns; n++) {
            let sum = 0;
            for (let k = 0; k < DEPTH; k++)
              sum += A[m * DEPTH + k] * B[(Math.floor(n / width) * DEPTH + k) * width + (n % width)];
            expect(C[m * columns + n]).toBe(sum);
          }
        }
        if (process.env.QC_PRINT_SPEED) {
          const seconds = built.time(0, { A, B }, 200, 10);
          console.log(name, ((2 * A.length * columns) / seconds / 1e9).toFixed(1), "GFLOP/s");
        }
      },
    );
  }
});
