import { type Diag, fail, QcError } from "../../support/diag.js";
import type { Kernel, Stage, Stmt } from "../loop/stmt.js";
import { mapBodies, walkStmt } from "../loop/visit.js";

/** What lies beyond the last whole block of a split: nothing (proved), predicates, or a last block moved back to end at the extent. */
export type Tail = "cut" | "guard" | "overlap";

/** A dimension of a packed buffer: (index of `dim` div `div`) mod `mod`. */
export interface LayoutPart {
  readonly dim: number;
  readonly div?: number;
  readonly mod?: number;
}

/** One rewrite of a kernel, as JSON. Loops and stages are named; see the StepDef of the same name for the meaning. */
export type Step =
  | { readonly step: "collapse"; readonly loops: readonly string[] }
  | { readonly step: "writeback"; readonly buffer: string }
  | {
      readonly step: "cache";
      readonly stage: string;
      readonly buffer: string;
      readonly layout?: readonly LayoutPart[];
      readonly dtype?: "i16" | "i8" | "u8";
      /** Elements beyond the end of a row that may be read too: of a halo, or the last two dimensions where there is none. */
      readonly slack?: number;
    }
  | { readonly step: "split"; readonly stage: string; readonly loop: string; readonly factor: number; readonly tail: Tail }
  | { readonly step: "reorder"; readonly stage: string; readonly loops: readonly string[] }
  | { readonly step: "fuse"; readonly stage: string; readonly loops: readonly [string, string] }
  | { readonly step: "unroll"; readonly stage: string; readonly loop: string }
  | { readonly step: "parallel"; readonly stage: string; readonly loop: string }
  | { readonly step: "vectorize"; readonly stage: string; readonly loop: string }
  | {
      readonly step: "tile";
      /** [init, reduction, maps..] */
      readonly stages: readonly string[];
      readonly tiles: readonly { readonly loop: string; readonly factor: number; readonly tail: Tail }[];
      /** Order of the loops over tiles, outermost first: `i.o` for tiled loops, `i` for the others. */
      readonly order: readonly string[];
    }
  | {
      readonly step: "winograd";
      readonly stage: string;
      /** Outputs of a tile along each axis. */
      readonly m: 2 | 4;
      /** Tiles that go through all three transforms together. */
      readonly block: number;
      /** Register tile of the products: tiles by channels. */
      readonly positions: number;
      readonly channels: number;
      /** Transform the whole input first; for few blocks. */
      readonly staged?: boolean;
      /** Blocks run one after the other. */
      readonly serial?: boolean;
      /** The last tile of an axis has two outputs where no more are left; for one block. */
      readonly short?: boolean;
    }
  | {
      readonly step: "attach";
      /** The stage that fills, the one that reads, and its loop. */
      readonly stage: string;
      readonly to: string;
      readonly loop: string;
    }
  | { readonly step: "join"; readonly stage: string; readonly loops: readonly [string, string] }
  | { readonly step: "widen"; readonly stage: string; readonly loop: string; readonly extent: number }
  | {
      readonly step: "border";
      readonly stage: string;
      /** Outermost first, each inside the one before. */
      readonly loops: readonly string[];
    }
  | { readonly step: "partial"; readonly stage: string; readonly loop: string; readonly factor: number }
  | { readonly step: "contract"; readonly stage: string }
  | {
      readonly step: "prefetch";
      readonly stage: string;
      readonly buffer: string;
      /** Bytes. */
      readonly distance: number;
    }
  | { readonly step: "pairs"; readonly stage: string; readonly loop: string }
  | { readonly step: "bytes"; readonly stage: string; readonly buffer: string; readonly dtype: "i8" | "u8" }
  | { readonly step: "recentre"; readonly stage: string; readonly buffer: string }
  | { readonly step: "quads"; readonly stage: string; readonly loop: string }
  | {
      readonly step: "windows";
      readonly stage: string;
      readonly buffer: string;
      /** Loop over the outputs and loop over the taps, along one dimension of the buffer. */
      readonly position: string;
      readonly tap: string;
      /** Elements of a window; 4 bytes. */
      readonly size: 2 | 4;
      /** Neighbouring outputs that share windows. */
      readonly phases: number;
      readonly dtype: "u8" | "i8" | "i16";
      /** Channels that are put together at a time. */
      readonly lanes: number;
    };

export type StepOf<N extends Step["step"]> = Extract<Step, { step: N }>;

/** A schedule step: what it does, and the rewrite. `apply` throws QC-SCHED-001 where the step is not legal. */
export interface StepDef<N extends Step["step"] = Step["step"]> {
  readonly name: N;
  /** before --> after, and when it is legal. */
  readonly doc: string;
  apply(kernel: Kernel, step: StepOf<N>): Kernel;
}

/** Refuses a step. */
export function illegal(step: { readonly step: string }, why: string): never {
  return fail("QC-SCHED-001", `step ${JSON.stringify(step)} is not legal: ${why}`);
}

/** Why a step is not legal on a kernel, or null. */
export function legal<N extends Step["step"]>(def: StepDef<N>, kernel: Kernel, step: StepOf<N>): Diag | null {
  try {
    def.apply(kernel, step);
    return null;
  } catch (e) {
    if (e instanceof QcError && e.code === "QC-SCHED-001") return e.diags[0];
    throw e;
  }
}

export function stageNamed(kernel: Kernel, name: string, step: { readonly step: string }): Stage {
  return kernel.stages.find((s) => s.name === name) ?? illegal(step, `there is no stage '${name}'`);
}

export const replaceStage = (kernel: Kernel, name: string, by: readonly Stage[]): Kernel => ({
  ...kernel,
  stages: kernel.stages.flatMap((s) => (s.name === name ? by : [s])),
});

export type For = Extract<Stmt, { k: "for" }>;

/** The loop of a name in a stage. */
export function loopNamed(s: Stmt, name: string, step: { readonly step: string }): For {
  const found: For[] = [];
  walkStmt(s, (x) => {
    if (x.k === "for" && x.name === name) found.push(x);
  });
  return found[0] ?? illegal(step, `there is no loop '${name}'`);
}

/** Replaces one statement, found by identity. */
export function replaceStmt(s: Stmt, from: Stmt, to: Stmt): Stmt {
  return s === from ? to : mapBodies(s, (b) => replaceStmt(b, from, to));
}

/** Rewrites the body of one stage. */
export function editStage(kernel: Kernel, name: string, step: { readonly step: string }, f: (body: Stmt) => Stmt): Kernel {
  const stage = stageNamed(kernel, name, step);
  return replaceStage(kernel, name, [{ ...stage, body: f(stage.body) }]);
}

/** A buffer name that is free in a kernel. */
export function freshBuffer(kernel: Kernel, hint: string): string {
  const taken = new Set(kernel.buffers.map((b) => b.name));
  for (const s of kernel.stages) walkStmt(s.body, (x) => void (x.k === "alloc" && taken.add(x.buffer.name)));
  if (!taken.has(hint)) return hint;
  for (let n = 1; ; n++) if (!taken.has(`${hint}${n}`)) return `${hint}${n}`;
}
