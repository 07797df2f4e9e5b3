import { fail } from "../../support/diag.js";
import type { Expr } from "../loop/expr.js";
import * as make from "../loop/make.js";
import type { InstrStmt, Stmt } from "../loop/stmt.js";
import type { DType } from "../type/dtype.js";

/** Where an instruction writes: an element, or a run of them where the index holds a ramp. */
export type InstrDst = InstrStmt["dst"];

/** LLVM IR of an instruction's result: a call of an intrinsic. */
export interface LlvmCall {
  readonly declare: string;
  /** `$0` ... the operands and `$d` the old destination. */
  readonly call: string;
  /** LLVM type that an operand's bits are given as; null: as the operand's own. */
  readonly as?: readonly (string | null)[];
}

/** A hardware instruction as data: what it means as loop IR, and how a backend spells it. */
export interface InstrDef {
  readonly name: string;
  readonly doc: string;
  /** Target features, as LLVM spells them, all of which must be present. */
  readonly needs: readonly string[];
  /** Element type and lanes of each operand, by which a test can draw them. */
  readonly operands: readonly { readonly t: DType; readonly lanes: number }[];
  /** Element type and lanes of the destination. */
  readonly result: { readonly t: DType; readonly lanes: number };
  /** Where the meaning is dst += fn(operands): the function of the loop IR, which a backend selects the instruction for. */
  readonly sums?: "madd" | "dot4";
  /** The meaning: a statement over the operands as they stand. */
  body(dst: InstrDst, args: readonly Expr[]): Stmt;
  readonly emit: {
    /** Absent: the body is emitted and selected by pattern. */
    readonly llvm?: LlvmCall;
  };
}

export type InstrTable = ReadonlyMap<string, InstrDef>;

export const instrTable = (defs: readonly InstrDef[]): InstrTable => new Map(defs.map((d) => [d.name, d]));

/** The statement that means the same without the instruction. QC-INSTR-001 where the table does not know it, QC-INSTR-002 for other operands. */
export function expandInstr(s: InstrStmt, table: InstrTable): Stmt {
  const def =
    table.get(s.name) ??
    fail("QC-INSTR-001", `unknown instruction '${s.name}'`, { help: "the plugin that defines it must be loaded" });
  const shown = (os: readonly { readonly t: string; readonly lanes: number }[]) =>
    os.map((o) => `${o.t} x ${o.lanes}`).join(", ");
  if (shown(s.args) !== shown(def.operands))
    fail("QC-INSTR-002", `instruction '${s.name}' takes ${shown(def.operands)}, not ${shown(s.args)}`, {
      help: "vectors of that many lanes",
    });
  return def.body(s.dst, s.args);
}

interface SumShape {
  readonly name: string;
  readonly needs: readonly string[];
  readonly fn: "madd" | "dot4";
  readonly of: readonly [DType, DType];
  /** i32 lanes of the result. */
  readonly lanes: number;
  readonly doc: string;
  readonly llvm?: LlvmCall;
}

/** An instruction that adds sums of neighbouring products to i32 lanes, wrapping. */
export function sumInstr({ name, needs, fn, of, lanes, doc, llvm }: SumShape): InstrDef {
  const count = lanes * (fn === "madd" ? 2 : 4);
  return {
    name,
    doc,
    needs,
    operands: of.map((t) => ({ t, lanes: count })),
    result: { t: "i32", lanes },
    sums: fn,
    body: (dst, [a, b]) => make.reduce("add", dst.buffer, dst.index, (fn === "madd" ? make.madd : make.dot4)(a, b)),
    emit: llvm ? { llvm } : {},
  };
}
