/**
 * Depthwise convolutions of bytes: the taps of a row side by side (windows), then groups of products as in dense contractions.
 *   quads   windows of four bytes, a row of 3 taps of two outputs in one: 3 VPDPBUSD an output of a 3x3 convolution
 *   pairs   windows of two i16: 6 VPMADDWD
 */
import type { Step } from "../step.js";
import { windowsOf } from "../steps/quads-windows.js";
import { byteOperand } from "./integer.js";
import type { Machine, TileShape } from "./machine.js";
import { after, attempt, type Scheduled } from "./session.js";
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

/** As few products as possible, then the most accumulators; phases divide the tile and the tile the outputs. */
function shapeOf(m: Machine, q: DepthwiseQuestion, size: number): Shape | null {
  const shapes: (Shape & { readonly score: number })[] = [];
  for (const phases of [4, 2, 1]) {
    const hop = q.stride * phases;
    const windows = windowsOf(q.tap.extent, q.stride, phases, size);
    if (hop > size || (windows > 1 && size % hop !== 0)) continue;
    for (let positions = phases; positions <= q.position.extent; positions += phases) {
      if (q.position.extent % positions !== 0) continue;
      for (const vectors of [1, 2, 4]) {
        const accumulators = positions * vectors;
        if (accumulators > m.vectorRegisters - SPARE || q.channel.extent % (vectors * q.lanes) !== 0) continue;
        // a product and its load take a slot each; what is filled is stored and read again, once for all phases
        const time = windows * (1 + 1 / phases) + (4 / phases) * (size / q.stride / 4) + 4 / Math.min(accumulators, 12);
        shapes.push({ positions, vectors, phases, windows, score: 1 / time });
      }
    }
  }
  return shapes.reduce<(typeof shapes)[number] | null>((best, x) => (best && best.score >= x.score ? best : x), null);
}

/** Null where the machine or the shape does not allow it. */
export function inWindows(s: Scheduled, m: Machine, q: DepthwiseQuestion): Scheduled | null {
  const [, name, ...maps] = q.stages;
  const byte = byteOperand(m, q.activation.dtype);
  const size = byte ? 4 : 2;
  const shape = shapeOf(m, q, size);
  if (!shape || q.channel.extent % q.lanes !== 0) return null;
  const width = shape.vectors * q.lanes;
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
      lanes: q.lanes,
    },
    {
      step: "tile",
      stages: q.stages,
      tiles: [
        { loop: q.position.name, factor: shape.positions, tail: "cut" },
        { loop: q.channel.name, factor: width, tail: "cut" },
      ],
      order: [...q.outside, `${q.channel.name}.o`, `${q.position.name}.o`],
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
  return out;
}
