/** What stands before the kernels: types of memory, and what compilers must know. */
import { DTYPES, type DType, dtypeInfo } from "../../ir/type/dtype.js";
import { elementType } from "./types.js";

/** Name of the type of memory that holds `t`. Memory of the caller's may have any alignment where the runtime hands it over. */
export const memoryName = (t: DType, caller: boolean): string => {
  const stored = t === "f16" || t === "bf16" ? "u16" : t === "bool" || t === "u4" ? "u8" : t === "i4" ? "i8" : t;
  return caller ? `${stored}_io` : stored;
};

const STORED = DTYPES.filter((t) => memoryName(t, false) === t && dtypeInfo(t).bytes > 0);

/** Types of memory that occur in a text. */
export function typedefs(text: string, isLibrary: boolean): string {
  const used = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  return STORED.flatMap((t) => [
    ...(used(t) ? [`typedef ${elementType(t)} ${t} QC_MEMORY;`] : []),
    ...(used(`${t}_io`) ? [`typedef ${elementType(t)} ${t}_io ${isLibrary ? "QC_UNALIGNED" : "QC_MEMORY"};`] : []),
  ]).join("\n");
}

/** Floats are rounded as written, and memory may hold values of one type after those of another. */
export const pragmas = (isLibrary: boolean): string =>
  [
    "#if defined(__clang__)",
    "#pragma STDC FP_CONTRACT OFF",
    "#elif defined(__GNUC__)",
    '#pragma GCC optimize("fp-contract=off")',
    "#endif",
    "#if defined(__GNUC__)",
    "#define QC_MEMORY __attribute__((__may_alias__))",
    ...(isLibrary ? ["#define QC_UNALIGNED __attribute__((__may_alias__, __aligned__(1)))"] : []),
    "#else",
    "#define QC_MEMORY",
    ...(isLibrary ? ["#define QC_UNALIGNED"] : []),
    "#endif",
  ].join("\n");
