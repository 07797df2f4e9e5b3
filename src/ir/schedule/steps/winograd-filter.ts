/** The transform of the weights for Winograd's algorithm: a kernel that runs when the model is compiled. */
import type { Ranges } from "../../loop/affine.js";
import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Kernel } from "../../loop/stmt.js";
import { loadsOf, substitute } from "../../loop/visit.js";
import { blocksOf, splitVars } from "../tail.js";
import { exactFilter } from "./winograd-exact.js";
import { isExact } from "./winograd-form.js";
import { createLets, filterTransform } from "./winograd-math.js";
import { filterBuffer, type WinogradPlan } from "./winograd-parts.js";
import { planeOf } from "./winograd-tiles.js";

const v = make.variable;
const at = make.index;

/** U = G g G^T from the weights, when the kernel is compiled: in f64, rounded once; whole numbers for integers. Behind k: zeros. */
export function filterKernel(p: WinogradPlan, kernel: Kernel): Kernel {
  const { form, m, names, channels } = p;
  const { size, vars } = form;
  const buffer = filterBuffer(p);
  const [exact, panels] = [isExact(form), blocksOf(size.k, channels)];
  const t = exact ? "i32" : "f64";
  const transform = (row: readonly Expr[]) => (exact ? exactFilter(m, row) : filterTransform(m, 1, row));
  const [panel, c, k] = [v("k.o"), v("c"), v("k.i")];
  const lets = createLets("g");
  const g = [0, 1, 2].map((r) =>
    [0, 1, 2].map((s) => {
      const taps = new Map<string, Expr>([
        [vars.r, at(r)],
        [vars.s, at(s)],
        [vars.c, c],
      ]);
      return lets.bind(make.cast(t, substitute(form.weight, taps)));
    }),
  );
  const columns = [0, 1, 2].map((s) => transform(g.map((row) => row[s])).map(lets.bind));
  const points = Array.from({ length: m + 2 }, (_, i) => i);
  const stores = points.flatMap((i) =>
    transform(columns.map((column) => column[i])).map((value, j) => {
      const place = exact ? [make.div(c, at(2)), make.add(make.mul(k, at(2)), make.mod(c, at(2)))] : [c, k];
      return make.store(names.u, [panel, at(planeOf(p.tiling, i, j).plane), ...place], make.cast(buffer.dtype, value, true));
    }),
  );
  const read = new Set(loadsOf(form.weight).map((l) => l.buffer));
  const operands = kernel.buffers.filter((x) => read.has(x.name));
  const known = new Map([...operands, buffer].map((x) => [x.name, x]));
  const value = make.add(make.mul(panel, at(channels)), k);
  const env: Ranges = new Map([
    ["k.o", [0, panels - 1]],
    ["k.i", [0, channels - 1]],
    ["c", [0, size.c - 1]],
  ]);
  const runsOver = size.k % channels !== 0;
  const fill = splitVars(
    lets.around(make.seq(...stores)),
    [{ name: vars.k, extent: size.k, value, runsOver }],
    env,
    (name) => known.get(name),
    new Set([names.u]),
  );
  const body = make.loop("k.o", panels, make.loop("c", size.c, make.loop("k.i", channels, fill ?? make.seq())));
  return {
    name: `${kernel.name}_winograd_${[...read].join("_")}`,
    buffers: [...operands.map((x): Buffer => ({ ...x, role: "const" })), { ...buffer, role: "out" }],
    stages: [{ name: "filter", body }],
    prepare: [],
  };
}
