/** Random loop IR of every form, typed as the constructors type it; what no lowering of an op makes comes from here. */
import type { Expr, Scalar } from "../../src/ir/loop/expr.js";
import * as make from "../../src/ir/loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../src/ir/loop/stmt.js";
import { createGen, type Gen } from "../../src/ir/op/sample.js";
import type { DType } from "../../src/ir/type/dtype.js";

const FLOATS = [0, -0, 1.5, -2, 1e-9, 3e30, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const NAMES = ["x", "y", "w.packed", "in", "for", "f32", "a b", "q", "axis", "_t0", "1st", "min"];

interface Names {
  readonly vars: readonly (readonly [name: string, t: Scalar, lanes: number])[];
  readonly buffers: readonly Buffer[];
}

/** A kernel that the seed determines. It is well typed; whether it makes sense to run is another matter. */
export function randomLoops(seed: number): Kernel {
  const g = createGen(seed);
  return randomKernelOf(g, g.int(0, 2));
}

function randomKernelOf(g: Gen, prepares: number): Kernel {
  const names = NAMES.slice(g.int(0, 6)).slice(0, g.int(1, 5));
  const roles = ["in", "out", "inout", "const", "scratch"] as const;
  const buffers = names.map((name): Buffer => ({ name, dtype: drawDType(g), shape: g.shape(g.int(0, 3)), role: g.pick(roles) }));
  const scope: Names = { vars: [], buffers };
  return {
    name: g.pick(["f32_conv_4x16_relu_avx2", "a kernel", "k.1"]),
    buffers,
    stages: Array.from({ length: g.int(0, 2) }, (_, i) => ({
      name: g.pick(["s", "main.init", "stage", "0"]) + i,
      body: stmt(g, scope, 4),
    })),
    prepare: Array.from({ length: prepares }, () => ({ buffer: g.pick(names), kernel: randomKernelOf(g, 0) })),
  };
}

const drawDType = (g: Gen): DType => g.pick(["f32", "f64", "i8", "u8", "i16", "i32", "i64", "bool"] as const);

function literal(g: Gen, t: Scalar, lanes: number): Expr {
  const value =
    t === "i64"
      ? BigInt(g.int(-9, 9)) * 2n ** 58n
      : t === "f32" || t === "f64"
        ? g.pick(FLOATS)
        : g.int(t === "index" || t === "u8" ? 0 : -5, 5);
  const e = make.constant(t, t === "bool" ? g.int(0, 1) : value);
  return g.int(0, 4) ? make.splat(e, lanes) : { ...e, lanes };
}

/** An expression of the wanted type. */
function expr(g: Gen, n: Names, t: Scalar, lanes: number, depth: number): Expr {
  const sub = (st: Scalar = t, sl: number = lanes) => expr(g, n, st, sl, depth - 1);
  const vars = n.vars.filter((v) => v[1] === t && v[2] === lanes);
  if (depth <= 0) return vars.length && g.bool() ? make.variable(g.pick(vars)[0], t, lanes) : literal(g, t, lanes);
  const choices: (() => Expr)[] = [
    () => literal(g, t, lanes),
    () => ({
      k: "bin",
      op: g.pick(["add", "sub", "mul", "div", "mod", "min", "max", "and", "or", "xor", "shl", "shr"] as const),
      a: sub(),
      b: sub(),
      t,
      lanes,
    }),
    () => ({ k: "select", cond: sub("bool"), a: sub(), b: sub(), t, lanes }),
    () => ({ k: "cast", x: sub(drawDType(g)), t, lanes, inRange: g.bool() }),
    () => make.call(g.pick(["neg", "abs", "sqrt", "exp", "not"] as const), [sub()]),
    () => make.call("fma", [sub(), sub(), sub()]),
    () => make.variable("elsewhere", t, lanes),
  ];
  if (lanes > 1)
    choices.push(
      () => ({ k: "splat", x: sub(t, 1), t, lanes }),
      () => make.ramp(sub(t, 1), g.int(-2, 3), lanes),
    );
  if (vars.length) choices.push(() => make.variable(g.pick(vars)[0], t, lanes));
  if (t === "bool") {
    choices.push(() => {
      const of = drawDType(g);
      return { k: "bin", op: g.pick(["eq", "ne", "lt", "le", "gt", "ge"] as const), a: sub(of), b: sub(of), t, lanes };
    });
    choices.push(() => make.call("isnan", [sub("f32")]));
  }
  if (t === "i32")
    choices.push(
      () => make.madd(sub("i16", lanes * 2), sub("i16", lanes * 2)),
      () => make.dot4(sub(g.pick(["u8", "i8"] as const), lanes * 4), sub("i8", lanes * 4)),
      () => make.bitcast("i32", sub("i8", lanes * 4)),
    );
  const loads = n.buffers.filter((b) => b.dtype === t);
  if (loads.length) {
    choices.push(() => {
      const b = g.pick(loads);
      const at = b.shape.map(() => sub("index", lanes));
      const pred = g.bool() ? sub("bool", lanes) : null;
      return { ...make.load(b.name, t as DType, at, pred), lanes };
    });
  }
  return g.pick(choices)();
}

function stmt(g: Gen, n: Names, depth: number): Stmt {
  const inner = (more: Partial<Names> = {}) => stmt(g, { ...n, ...more }, depth - 1);
  const buffer = g.pick(n.buffers);
  const lanes = g.pick([1, 1, 4, 8]);
  const at = buffer.shape.map(() => expr(g, n, "index", lanes, 1));
  const value = () => expr(g, n, buffer.dtype, lanes, 3);
  const store = (): Stmt => make.store(buffer.name, at, value(), g.int(0, 3) ? null : expr(g, n, "bool", lanes, 2));
  if (depth <= 0) return store();
  const name = g.pick(["i", "i0.o", "let", "x", "j"]);
  const t = drawDType(g);
  return g.pick<() => Stmt>([
    store,
    () => make.reduce(g.pick(["add", "mul", "min", "max", "and", "or"] as const), buffer.name, at, value()),
    () => ({
      k: "for",
      name,
      extent: g.int(0, 9),
      kind: g.pick(["serial", "parallel", "unroll"] as const),
      body: inner({ vars: [...n.vars.filter((v) => v[0] !== name), [name, "index", 1]] }),
    }),
    () => ({ k: "seq", body: Array.from({ length: g.int(0, 3) }, () => inner()) }),
    () => ({ k: "seq", body: Array.from({ length: g.int(0, 3) }, () => inner()) }),
    () => make.ifThen(expr(g, n, "bool", 1, 2), inner(), g.bool() ? inner() : null),
    () => make.letIn(name, expr(g, n, t, lanes, 2), inner({ vars: [...n.vars.filter((v) => v[0] !== name), [name, t, lanes]] })),
    () => {
      const local: Buffer = {
        name: g.pick(["acc", "x", "local"]),
        dtype: t,
        shape: g.shape(g.int(0, 2)),
        role: g.pick(["local", "local", "scratch"] as const),
      };
      return { k: "alloc", buffer: local, body: inner({ buffers: [...n.buffers.filter((b) => b.name !== local.name), local] }) };
    },
  ])();
}
