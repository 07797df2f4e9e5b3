/** Element types. i4 and u4 are stored one per byte in memory and packed only in files. */
export type DType =
  | "f32"
  | "f16"
  | "bf16"
  | "f64"
  | "i4"
  | "u4"
  | "i8"
  | "u8"
  | "i16"
  | "u16"
  | "i32"
  | "u32"
  | "i64"
  | "u64"
  | "bool";

interface DTypeInfo {
  /** Bytes of one element in memory. */
  readonly bytes: number;
  readonly bits: number;
  readonly kind: "float" | "int" | "bool";
  readonly signed: boolean;
  /** Least and greatest value; for i64 and u64 rounded to a double. */
  readonly min: number;
  readonly max: number;
}

const F32_MAX = 3.4028234663852886e38;
const int = (bits: number, signed: boolean, bytes = Math.max(1, bits / 8)): DTypeInfo => ({
  bytes,
  bits,
  kind: "int",
  signed,
  min: signed ? -(2 ** (bits - 1)) : 0,
  max: signed ? 2 ** (bits - 1) - 1 : 2 ** bits - 1,
});
const float = (bits: number, max: number): DTypeInfo => ({ bytes: bits / 8, bits, kind: "float", signed: true, min: -max, max });

const INFO: Readonly<Record<DType, DTypeInfo>> = {
  f32: float(32, F32_MAX),
  f16: float(16, 65504),
  bf16: float(16, 3.3895313892515355e38),
  f64: float(64, Number.MAX_VALUE),
  i4: int(4, true),
  u4: int(4, false),
  i8: int(8, true),
  u8: int(8, false),
  i16: int(16, true),
  u16: int(16, false),
  i32: int(32, true),
  u32: int(32, false),
  i64: int(64, true),
  u64: int(64, false),
  bool: { bytes: 1, bits: 1, kind: "bool", signed: false, min: 0, max: 1 },
};

export const DTYPES = Object.keys(INFO) as readonly DType[];
export const dtypeInfo = (d: DType): DTypeInfo => INFO[d];
export const isFloat = (d: DType): boolean => INFO[d].kind === "float";
export const isInt = (d: DType): boolean => INFO[d].kind === "int";
export const isDType = (s: string): s is DType => Object.hasOwn(INFO, s);
