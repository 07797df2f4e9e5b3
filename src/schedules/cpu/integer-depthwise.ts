/**
 * Depthwise convolutions of bytes: the taps of a row side by side (windows), then groups of products as in dense contractions.
 *   quads   windows of four bytes, a row of 3 taps of two outputs in one: 3 VPDPBUSD an output of a 3x3 convolution
 *   pairs   windows of two i16: 6 VPMADDWD
 */
import { accessesOf, nestOf } from "../../ir/loop/visit.js";
import { after, attempt, type Scheduled } from "../../ir/schedule/session.js";
import type { Step } from "../../ir/schedule/step.js";
import { windowsOf } from "../../ir/schedule/steps/quads-windows.js";
import type { Machine } from "../../ir/target/machine.js";
import { dtypeInfo } from "../../ir/type/dtype.js";
import { numElements } from "../../ir/type/tensor-type.js";
import type { Chooser } from "../../support/choose.js";
import { byteOperand } from "./integer.js";
import type { TileShape } from "./machine.js";
import { onVectors } from "./vectors.js";

export interface DepthwiseQuestion {
  /** [init, reduction, maps..] */
  readonly stages: readonly string[];
  readonly activation: { readonly buffer: string; readonly dtype: string };
  /** Loops over the outputs outside of the position, outermost first. */
  readonly outside: readonly string[];
  readonly position: { readonly name: string; readonly extent: number };
  readonly channel: { readonly name: string; readonly extent: number };
  /** Reduction loops around the taps, and the taps. */
  readonly rows: readonly { readonly name: string; readonly extent: number }[];
  readonly tap: { readonly name: string; readonly extent: number };
  readonly stride: number;
  readonly lanes: number;
}

interface Shape extends TileShape {
  readonly phases: number;
  readonly windows: number;
}

/** Registers beside the accumulators: a window, weights, constants of the epilogue. */
const SPARE = 6;

/**
 * Weights of pairs are read beside their products, all channels of a position one after the other: in a loop over positions they would be copied
 * to the stack before. Larger ones leave the first-level cache from one position to the next and are read channel by channel.
 */
const WEIGHT_BYTES = 32 * 1024;

/** Vectors of a product of pairs that are narrowed together at best. */
const NARROWED = 2;

/**
 * As few products as possible, then the most accumulators; phases divide the tile and the tile the outputs. Products of pairs are two instructions
 * each, which keep the ports busy with 4 accumulators; tiles above half of the registers would have their weights copied to the stack
 * (test/schedules/cpu/choices-speed.ts --target "llvm -mcpu=znver3" --dtype i8 --image 112x112x32 --depthwise times all shapes).
 */
function shapeOf(m: Machine, q: DepthwiseQuestion, size: number, choose: Chooser): Shape | null {
  const shapes: (Shape & { readonly score: number })[] = [];
  for (const phases of [4, 2, 1]) {
    const hop = q.stride * phases;
    const windows = windowsOf(q.tap.extent, q.stride, phases, size);
    if (hop > size || (windows > 1 && size % hop !== 0)) continue;
    for (let positions = phases; positions <= q.position.extent; positions += phases) {
      if (q.position.extent % positions !== 0) continue;
      for (const vectors of [1, 2, 4]) {
        const accumulators = positions * vectors;
        if (
          accumulators > (size === 2 ? m.vectorRegisters / 2 : m.vectorRegisters - SPARE) ||
          q.channel.extent % (vectors * q.lanes) !== 0
        )
          continue;
        // a product and its load take a slot each; what is filled is stored and read again, once for all phases
        const narrow = size === 2 && vectors !== NARROWED ? 0.5 : 0;
        const time = windows * (1 + 1 / phases) + (4 / phases) * (size / q.stride / 4) + 4 / Math.min(accumulators, 12) + narrow;
        shapes.push({ positions, vectors, phases, windows, score: 1 / time });
      }
    }
  }
  if (shapes.length === 0) return null;
  const textOf = (x: Shape): string => `${x.positions}x${x.vectors}x${x.phases}`;
  const best = shapes.reduce((a, x) => (a.score >= x.score ? a : x));
  const chosen = choose(`${q.stages[1]}.windows`, [...shapes.map(textOf), "none"], textOf(best));
  return shapes.find((x) => textOf(x) === chosen) ?? null;
}

/** Null where the machine or the shape does not allow it, or it is not chosen. */
export function inWindows(s: Scheduled, m: Machine, q: DepthwiseQuestion, choose: Chooser): Scheduled | null {
  const [, name, ...maps] = q.stages;
  const byte = byteOperand(m, q.activation.dtype);
  const size = byte ? 4 : 2;
  if (q.channel.extent % q.lanes !== 0) return null;
  const shape = shapeOf(m, q, size, choose);
  if (!shape) return null;
  const width = shape.vectors * q.lanes;
  const [along, across] = [`${q.position.name}.o`, `${q.channel.name}.o`];
  const weightBytes = q.rows.reduce((n, l) => n * l.extent, 4 * shape.phases * shape.windows) * q.channel.extent;
  const steps: readonly Step[] = [
    ...(byte ? [{ step: "bytes", stage: name, buffer: q.activation.buffer, dtype: byte } as const] : []),
    {
      step: "windows",
      stage: name,
      buffer: q.activation.buffer,
      position: q.position.name,
      tap: q.tap.name,
      size,
      phases: shape.phases,
      dtype: byte ?? "i16",
      // as many as two vectors hold pairs of
      lanes: !byte && q.channel.extent % (2 * q.lanes) === 0 ? 2 * q.lanes : q.lanes,
    },
    {
      step: "tile",
      stages: q.stages,
      tiles: [
        { loop: q.position.name, factor: shape.positions, tail: "cut" },
        { loop: q.channel.name, factor: width, tail: "cut" },
      ],
      order: [...q.outside, ...(byte || weightBytes > WEIGHT_BYTES ? [across, along] : [along, across])],
    },
  ];
  let out = steps.reduce<Scheduled | null>((done, step) => done && attempt(done, step), s);
  if (!out) return null;
  const [k, p] = [q.channel.name, q.position.name];
  for (const prefix of ["init.", "", ...maps.map((_, i) => (i === 0 ? "out." : `out${i + 1}.`))])
    out = onVectors(out, name, prefix, k, p, shape, q.lanes);
  out = after(out, { step: size === 4 ? "quads" : "pairs", stage: name, loop: `${q.tap.name}.t` });
  for (const l of [...q.rows.map((r) => r.name), `${q.tap.name}.w`])
    out = attempt(out, { step: "unroll", stage: name, loop: l }) ?? out;
  return inBlocks(out, name, q, choose);
}

/**
 * Half of a small second-level cache: windows of an image up to this size are made before the sums, larger ones a block of rows at a time, as large as this at most
 * (test/schedules/cpu/choices-speed.ts --dtype i8 --image 112x112x64 --depthwise --stride 2 --choose block=0 times them whole).
 */
const BLOCK_BYTES = 256 * 1024;

/** Blocks of rows are shared among threads: an even number, four at least. */
const isShared = (blocks: number): boolean => blocks >= 4 && blocks % 2 === 0;

/** Rows made for each row that is needed, at most. */
const MOST_TWICE = 1.5;

/** Windows of a block of rows are made just before its sums, where those of the whole image would leave the cache. */
function inBlocks(s: Scheduled, stage: string, q: DepthwiseQuestion, choose: Chooser): Scheduled {
  const rows = q.outside[q.outside.length - 1];
  const at = s.kernel.stages.findIndex((x) => x.name === stage);
  const fill = s.kernel.stages[at - 1];
  const windows = fill && s.kernel.buffers.find((b) => b.role === "scratch" && accessesOf(fill.body).writes.has(b.name));
  const count = nestOf(s.kernel.stages[at].body).loops.find((l) => l.name === rows)?.extent ?? 1;
  if (!windows || !rows) return s;
  const { bytes } = dtypeInfo(windows.dtype);
  if (numElements(windows.shape) * bytes <= BLOCK_BYTES) return s;
  const rowBytes = windows.shape.slice(-2).reduce((n, d) => n * d, bytes);
  const taps = q.rows[q.rows.length - 1]?.extent ?? 1;
  const made = (block: number): number => (block - 1) * q.stride + taps;
  const fits = (block: number): boolean =>
    count % block === 0 &&
    isShared(count / block) &&
    made(block) * rowBytes <= BLOCK_BYTES &&
    made(block) <= MOST_TWICE * block * q.stride;
  const blocks = Array.from({ length: count }, (_, i) => count - i).filter(fits);
  const block = blocks.length ? choose(`${stage}.block`, [0, ...blocks], blocks[0]) : 0;
  if (block === 0) return s;
  const split = attempt(s, { step: "split", stage, loop: rows, factor: block, tail: "cut" });
  return (split && attempt(split, { step: "attach", stage: fill.name, to: stage, loop: `${rows}.o` })) ?? s;
}
