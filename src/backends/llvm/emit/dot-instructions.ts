import type { DType } from "../../../ir/type/dtype.js";

/** An instruction d[l] += sum over j < 4 of a[4l+j] b[4l+j] on i32 lanes, wrapping. Those that saturate (VPDPBUSDS, VPMADDUBSW) are not here. */
export interface DotInstruction {
  /** As assembly spells it. */
  readonly name: string;
  /** Target features, as LLVM spells them, all of which must be present. */
  readonly needs: readonly string[];
  /** Of `a` and `b`. */
  readonly of: readonly [DType, DType];
  /** i32 lanes of the result. */
  readonly lanes: number;
  /** LLVM's intrinsic of (d, a, b). */
  readonly intrinsic: string;
  /** LLVM type that the intrinsic takes the bits of `a` and `b` as. */
  readonly operand: string;
}

const vpdpbusd = (lanes: number, ...needs: readonly string[]): DotInstruction => ({
  name: "vpdpbusd",
  needs,
  of: ["u8", "i8"],
  lanes,
  intrinsic: `@llvm.x86.avx512.vpdpbusd.${lanes * 32}`,
  operand: `<${lanes} x i32>`,
});

const armDot = (name: string, feature: string, a: DType): DotInstruction => ({
  name,
  needs: [feature],
  of: [a, "i8"],
  lanes: 4,
  intrinsic: `@llvm.aarch64.neon.${name}.v4i32.v16i8`,
  operand: "<16 x i8>",
});

/** Of x86 (encoded by EVEX for AVX-512 VNNI, by VEX for AVX-VNNI) and 64-bit ARM; the widest that fits is taken. */
export const dotInstructions: readonly DotInstruction[] = [
  vpdpbusd(16, "avx512vnni"),
  vpdpbusd(8, "avx512vnni", "avx512vl"),
  vpdpbusd(4, "avx512vnni", "avx512vl"),
  vpdpbusd(8, "avxvnni"),
  vpdpbusd(4, "avxvnni"),
  armDot("sdot", "dotprod", "i8"),
  armDot("usdot", "i8mm", "u8"),
];
