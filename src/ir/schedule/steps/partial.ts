import type { Expr } from "../../loop/expr.js";
import * as make from "../../loop/make.js";
import type { Buffer, Stmt } from "../../loop/stmt.js";
import { loadsOf, nestOf, ofNest, substituteIn, usesVar } from "../../loop/visit.js";
import { freshBuffer, illegal, replaceStage, type StepDef, stageNamed } from "../step.js";

export const partial: StepDef<"partial"> = {
  name: "partial",
  doc:
    "for i.. for r.. for k in [0, n): y[i] op= e(k)  -->  for i..: local p[F]: { for k.z: p[k.z] = identity; for r..: { for k.o for k.i in [0, F): " +
    "p[k.i] op= e(F k.o + k.i); for k.t: y[i] op= e(..) }; for k.p in [0, F): y[i] op= p[k.p] }: F partial results, which are vectors when k.i is. " +
    "Legal where k is the innermost of the loops that the result does not depend on, and n is at least F.",
  apply(kernel, step) {
    const stage = stageNamed(kernel, step.stage, step);
    const { loops, body } = nestOf(stage.body);
    const k = loops[loops.length - 1];
    if (body.k !== "reduce") return illegal(step, `stage '${step.stage}' is no nest around a reduction`);
    if (k?.name !== step.loop) return illegal(step, `'${step.loop}' is not the innermost loop`);
    const { factor } = step;
    if (factor < 2 || k.extent < factor) illegal(step, `${k.extent} iterations make no ${factor} partial results`);
    if (loadsOf(body.value).some((l) => l.buffer === body.buffer)) illegal(step, "the result is read");
    const uses = (name: string) => body.index.some((i) => usesVar(i, new Set([name])));
    const inner = loops.findLastIndex((l) => uses(l.name)) + 1;
    if (inner === loops.length) illegal(step, `the result depends on '${step.loop}'`);
    const holdsVectors = [...body.index, body.value].some((e) => e.lanes > 1);
    if (holdsVectors || loops.some((l) => l.kind !== "serial")) illegal(step, "the loops are scheduled already");
    const t = body.value.t as Buffer["dtype"];
    const local: Buffer = { name: freshBuffer(kernel, "partial"), dtype: t, shape: [factor], role: "local" };
    const name = (suffix: string) => `${k.name}.${suffix}`;
    const at = (suffix: string) => make.variable(name(suffix));
    const element = (index: Expr, s: Stmt): Stmt => substituteIn(s, new Map([[k.name, index]]));
    const blocks = Math.floor(k.extent / factor);
    const main = make.loop(
      name("o"),
      blocks,
      make.loop(
        name("i"),
        factor,
        element(make.add(make.mul(at("o"), make.index(factor)), at("i")), { ...body, buffer: local.name, index: [at("i")] }),
      ),
    );
    const rest = k.extent - blocks * factor;
    const tail = rest ? [make.loop(name("t"), rest, element(make.add(at("t"), make.index(blocks * factor)), body))] : [];
    const reduced = ofNest({ loops: loops.slice(inner, -1), body: make.seq(main, ...tail) });
    const parts = make.seq(
      make.loop(name("z"), factor, make.store(local.name, [at("z")], make.constant(t, make.reduceIdentity(body.op, t)))),
      reduced,
      make.loop(name("p"), factor, make.reduce(body.op, body.buffer, body.index, make.load(local.name, t, [at("p")]))),
    );
    const whole = ofNest({ loops: loops.slice(0, inner), body: { k: "alloc", buffer: local, body: parts } });
    return replaceStage(kernel, stage.name, [{ ...stage, body: whole }]);
  },
};
