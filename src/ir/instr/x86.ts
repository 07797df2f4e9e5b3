import { invariant } from "../../support/assert.js";
import * as make from "../loop/make.js";
import type { InstrDef } from "./define.js";

/** The old lanes plus the sums of two neighbouring i16 products; LLVM makes one vpdpwssd of it where the processor has VNNI. */
export const vpmaddwd: InstrDef = {
  name: "vpmaddwd",
  doc: "d[l] += a[2l] b[2l] + a[2l+1] b[2l+1]: i16 x 2L operands, i32 x L result, wrapping. VPMADDWD and VPADDD, or VPDPWSSD.",
  needs: ["avx2"],
  body(dst, args) {
    invariant(args.length === 2, "vpmaddwd takes two operands");
    return make.reduce("add", dst.buffer, dst.index, make.madd(args[0], args[1]));
  },
  emit: {},
};

/** Instructions of x86 processors. */
export const x86Instrs: readonly InstrDef[] = [vpmaddwd];
