import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import { simplifyStage } from "../../loop/simplify.js";
import type { Buffer, ForStmt, Kernel, Stage, Stmt } from "../../loop/stmt.js";
import { accessesOf, loadsOf, mapExpr, mapStmt } from "../../loop/visit.js";
import type { DType } from "../../type/dtype.js";
import { freshBuffer, illegal, type StepDef, type StepOf } from "../step.js";
import { blocksOf } from "../tail.js";
import { filterKernel } from "./winograd-filter.js";
import { convForm, tilesOf } from "./winograd-form.js";
import { transformOutput } from "./winograd-output.js";
import { filterBuffer, inputBuffer, multiply, productBuffer, transformInput, type WinogradPlan } from "./winograd-parts.js";
import { mayBeShort, tilingOf } from "./winograd-tiles.js";

function planOf(kernel: Kernel, step: StepOf<"winograd">): WinogradPlan {
  const { m, block, positions, channels, short = false } = step;
  if (m !== 2 && m !== 4) illegal(step, "m is 2 or 4");
  if ([block, positions, channels].some((n) => !Number.isInteger(n) || n < 1))
    illegal(step, "sizes must be positive whole numbers");
  const form = convForm(kernel, step);
  const { all } = tilesOf(form.size, m);
  if (block > all) illegal(step, `there are ${all} tiles`);
  if (positions > block) illegal(step, `a block has ${block} tiles`);
  if (short && !mayBeShort(form.size, m, block)) illegal(step, "no axis ends with a short tile, or a block is not one image");
  const tiling = tilingOf(form.size, m, short);
  const packed = loadsOf(form.weight).find((l) => kernel.prepare.some((x) => x.buffer === l.buffer));
  if (packed) illegal(step, `'${packed.buffer}' is packed already`);
  const name = (hint: string) => freshBuffer(kernel, hint);
  return {
    form,
    m,
    tiling,
    block,
    positions,
    channels,
    names: { v: name("wv"), m: name("wm"), u: name("wu"), acc: name("wacc") },
  };
}

/** b = b.k div panels, k.o = b.k mod panels */
function perPanel(body: Stmt, panels: number): Stmt {
  const both = make.variable("b.k");
  const inner = make.letIn("k.o", make.mod(both, make.index(panels)), body);
  return make.letIn("b", make.div(both, make.index(panels)), inner);
}

/** Accesses of a buffer get the block in front. */
const withBlock = (body: Stmt, buffer: string, b: Expr): Stmt =>
  mapStmt(
    body,
    (e) =>
      mapExpr(e, (x) => (x.k === "load" && x.buffer === buffer ? make.load(buffer, x.t as DType, [b, ...x.index], x.pred) : x)),
    (x) => (x.k === "store" && x.buffer === buffer ? { ...x, index: [b, ...x.index] } : x),
  );

const alloc = (buffer: Buffer, body: Stmt): Stmt => ({ k: "alloc", buffer, body });

export const winograd: StepDef<"winograd"> = {
  name: "winograd",
  doc:
    "A 3x3 convolution of stride 1 [init, y += x w, maps..]  -->  for blocks of tiles: V = B^T d B for every tile of (m + 2)^2 elements; " +
    "M = V U, (m + 2)^2 products of matrices; maps on init + A^T M A. U = G g G^T is made when the kernel is compiled. Blocks run in parallel, unless `serial`; " +
    "the last one is moved back to end with the tiles and computes some again. `staged`: V of all blocks first, in a stage of its own, then " +
    "blocks and panels of channels in parallel. `short`: of an axis that ends with one or two results the last tile has two of them, by four of " +
    "the six points; m = 4, all tiles of one image in one block. Floats within `winogradBound`; integers exactly, modulo 2^32, for m = 2 with G doubled. Legal " +
    "on the unscheduled stages of a channels-last convolution of one group with constant weights, in f32, or in integers whose range fits.",
  apply(kernel, step) {
    const p = planOf(kernel, step);
    const { form } = p;
    const blocks = blocksOf(tilesOf(form.size, p.m).all, p.block);
    const panels = blocksOf(form.size.k, p.channels);
    const kind = step.serial ? "serial" : "parallel";
    const eachBlock = (name: string, extent: number, body: Stmt): ForStmt => ({ k: "for", name, extent, kind, body });
    const [b, panel] = [make.variable("b"), make.variable("k.o")];
    const onPanel = alloc(productBuffer(p), make.seq(multiply(p, panel), transformOutput(p, kernel, b, panel)));
    const input = inputBuffer(p);
    const inBlock = (body: Stmt) => withBlock(body, input.name, b);
    const scratch: Buffer = { ...input, shape: [blocks, ...input.shape], role: "scratch" };
    const name = form.stages[1].name;
    const stages: readonly Stage[] = step.staged
      ? [
          { name: `${name}.in`, body: eachBlock("b", blocks, inBlock(transformInput(p, b))) },
          { name, body: eachBlock("b.k", blocks * panels, perPanel(inBlock(onPanel), panels)) },
        ]
      : [
          {
            name,
            body: eachBlock("b", blocks, alloc(input, make.seq(transformInput(p, b), make.loop("k.o", panels, onPanel)))),
          },
        ];
    const others = kernel.stages.filter((s) => !form.stages.includes(s));
    const weights = new Set(loadsOf(form.weight).map((l) => l.buffer));
    const read = new Set([...stages, ...others].flatMap((s) => [...accessesOf(s.body).reads]));
    const isGone = (x: Buffer) => x.name === form.acc.name || (weights.has(x.name) && !read.has(x.name));
    const buffers = [...kernel.buffers.filter((x) => !isGone(x)), ...(step.staged ? [scratch] : [])];
    const at = kernel.buffers.findIndex((x) => weights.has(x.name));
    const before = kernel.buffers.slice(0, at).filter((x) => !isGone(x)).length;
    return {
      ...kernel,
      buffers: [...buffers.slice(0, before), filterBuffer(p), ...buffers.slice(before)],
      stages: kernel.stages.flatMap((s) =>
        s === form.stages[1] ? stages.map(simplifyStage) : form.stages.includes(s) ? [] : [s],
      ),
      prepare: [...kernel.prepare, { buffer: p.names.u, kernel: filterKernel(p, kernel) }],
    };
  },
};
