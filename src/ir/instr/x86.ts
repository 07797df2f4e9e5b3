import { type InstrDef, sumInstr } from "./define.js";

/** Encodings by vector width: EVEX ones need AVX-512, those below 512 bits its VL part too; VEX ones AVX-VNNI. */
const VNNI = [
  { suffix: "zmm", lanes: 16, needs: ["avx512vnni"] },
  { suffix: "ymm", lanes: 8, needs: ["avx512vnni", "avx512vl"] },
  { suffix: "xmm", lanes: 4, needs: ["avx512vnni", "avx512vl"] },
  { suffix: "ymm_vex", lanes: 8, needs: ["avxvnni"] },
  { suffix: "xmm_vex", lanes: 4, needs: ["avxvnni"] },
] as const;

/** An intrinsic on the accumulators and two operands, all given as i32 lanes. */
function vnniCall(name: string, lanes: number) {
  const type = `<${lanes} x i32>`;
  const intrinsic = `@llvm.x86.avx512.${name}.${lanes * 32}`;
  return {
    declare: `declare ${type} ${intrinsic}(${type}, ${type}, ${type})`,
    call: `call ${type} ${intrinsic}(${type} $d, ${type} $0, ${type} $1)`,
    as: [type, type],
  };
}

/** d[l] += sum over j < 4 of a[4l+j] b[4l+j], a u8, b i8. The sum of four fits i32, so unlike VPDPBUSDS and VPMADDUBSW nothing saturates. */
const vpdpbusd: readonly InstrDef[] = VNNI.map(({ suffix, lanes, needs }) =>
  sumInstr({
    name: `vpdpbusd_${suffix}`,
    doc: "d[l] += sum of four a[4l+j] b[4l+j]: u8 and i8 operands, i32 result, wrapping.",
    needs,
    fn: "dot4",
    of: ["u8", "i8"],
    lanes,
    llvm: vnniCall("vpdpbusd", lanes),
  }),
);

const vpdpwssd: readonly InstrDef[] = VNNI.map(({ suffix, lanes, needs }) =>
  sumInstr({
    name: `vpdpwssd_${suffix}`,
    doc: "d[l] += a[2l] b[2l] + a[2l+1] b[2l+1]: i16 operands, i32 result, wrapping.",
    needs,
    fn: "madd",
    of: ["i16", "i16"],
    lanes,
    llvm: vnniCall("vpdpwssd", lanes),
  }),
);

/** VPMADDWD and VPADDD: LLVM selects them from the meaning, and VPDPWSSD where the processor has it. */
const vpmaddwd: readonly InstrDef[] = (
  [
    ["zmm", 16, "avx512bw"],
    ["ymm", 8, "avx2"],
    ["xmm", 4, "sse3"],
  ] as const
).map(([suffix, lanes, feature]) =>
  sumInstr({
    name: `vpmaddwd_${suffix}`,
    doc: "d[l] += a[2l] b[2l] + a[2l+1] b[2l+1]: i16 operands, i32 result, wrapping. Two instructions: the pair sums, and their addition.",
    needs: [feature],
    fn: "madd",
    of: ["i16", "i16"],
    lanes,
  }),
);

/** Instructions of x86 processors, the widest form of each first. */
export const x86Instrs: readonly InstrDef[] = [...vpdpbusd, ...vpdpwssd, ...vpmaddwd];
