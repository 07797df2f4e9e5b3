import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { Buffer, Stmt } from "../loop/stmt.js";
import type { DType } from "../type/dtype.js";
import { type InstrDef, type InstrDst, sumInstr } from "./define.js";

const BYTES = "<16 x i8>";
const SUMS = "<4 x i32>";

const intrinsic = (name: string) => ({
  declare: `declare ${SUMS} ${name}(${SUMS}, ${BYTES}, ${BYTES})`,
  call: `call ${SUMS} ${name}(${SUMS} $d, ${BYTES} $0, ${BYTES} $1)`,
});

const sdot = sumInstr({
  name: "sdot",
  doc: "d[l] += sum of four a[4l+j] b[4l+j]: i8 operands, i32 result, wrapping.",
  needs: ["dotprod"],
  fn: "dot4",
  of: ["i8", "i8"],
  lanes: 4,
  llvm: intrinsic("@llvm.aarch64.neon.sdot.v4i32.v16i8"),
});

const usdot = sumInstr({
  name: "usdot",
  doc: "d[l] += sum of four a[4l+j] b[4l+j]: u8 and i8 operands, i32 result, wrapping.",
  needs: ["i8mm"],
  fn: "dot4",
  of: ["u8", "i8"],
  lanes: 4,
  llvm: intrinsic("@llvm.aarch64.neon.usdot.v4i32.v16i8"),
});

/** d[2i+j] += sum over k < 8 of a[8i+k] b[8j+k]: the product of a 2 x 8 matrix and the transpose of another one. */
function matrixBody(name: string, dst: InstrDst, args: readonly Expr[]): Stmt {
  const locals = args.map((x, n): Buffer => ({ name: `${name}.${"ab"[n]}`, dtype: x.t as DType, shape: [16], role: "local" }));
  const [i, j, k] = ["i", "j", "k"].map((v) => make.variable(`${name}.${v}`));
  const last = dst.index[dst.index.length - 1];
  const place = make.add(last.k === "ramp" ? last.base : last, make.add(make.mul(i, make.index(2)), j));
  const operand = (n: number, row: Expr): Expr =>
    make.cast("i32", make.load(locals[n].name, locals[n].dtype, [make.add(make.mul(row, make.index(8)), k)]));
  const sum = make.reduce("add", dst.buffer, [...dst.index.slice(0, -1), place], make.mul(operand(0, i), operand(1, j)));
  const loops = make.loop(`${name}.i`, 2, make.loop(`${name}.j`, 2, make.loop(`${name}.k`, 8, sum)));
  const filled = make.seq(...args.map((x, n) => make.store(locals[n].name, [make.ramp(make.index(0), 1, 16)], x)), loops);
  return locals.reduceRight<Stmt>((body, buffer) => ({ k: "alloc", buffer, body }), filled);
}

const matrixInstr = (name: string, of: DType, what: string): InstrDef => ({
  name,
  doc: `d[2i+j] += sum of eight a[8i+k] b[8j+k]: ${what}, i32 result, wrapping.`,
  needs: ["i8mm"],
  operands: [
    { t: of, lanes: 16 },
    { t: "i8", lanes: 16 },
  ],
  result: { t: "i32", lanes: 4 },
  body: (dst, args) => matrixBody(name, dst, args),
  emit: { llvm: intrinsic(`@llvm.aarch64.neon.${name}.v4i32.v16i8`) },
});

/** Instructions of 64-bit ARM processors. */
export const armInstrs: readonly InstrDef[] = [
  sdot,
  usdot,
  matrixInstr("smmla", "i8", "i8 operands"),
  matrixInstr("usmmla", "u8", "u8 and i8 operands"),
];
