import { fail } from "../../support/diag.js";
import type { Expr } from "../loop/expr.js";
import type { InstrStmt, Stmt } from "../loop/stmt.js";

/** Where an instruction writes: an element, or a run of them where the index holds a ramp. */
export type InstrDst = InstrStmt["dst"];

/** A hardware instruction as data: what it means as loop IR, and how a backend spells it. */
export interface InstrDef {
  readonly name: string;
  readonly doc: string;
  /** Target features, as LLVM spells them, all of which must be present. */
  readonly needs: readonly string[];
  /** The meaning: a statement over the operands as they stand. */
  body(dst: InstrDst, args: readonly Expr[]): Stmt;
  readonly emit: {
    /** LLVM IR of the result, `$0` ... the operands and `$d` the old destination; absent: the body is emitted and selected by pattern. */
    readonly llvm?: { readonly declare: string; readonly call: string };
  };
}

export type InstrTable = ReadonlyMap<string, InstrDef>;

export const instrTable = (defs: readonly InstrDef[]): InstrTable => new Map(defs.map((d) => [d.name, d]));

/** The statement that means the same without the instruction. QC-INSTR-001 where the table does not know it. */
export function expandInstr(s: InstrStmt, table: InstrTable): Stmt {
  const def =
    table.get(s.name) ??
    fail("QC-INSTR-001", `unknown instruction '${s.name}'`, { help: "the plugin that defines it must be loaded" });
  return def.body(s.dst, s.args);
}
