import type { Port, Program } from "../../../ir/loop/program.js";
import type { Target } from "../../../ir/target/target.js";
import type { DType } from "../../../ir/type/dtype.js";
import { byteSize } from "../../../ir/type/tensor-type.js";
import { escapeText, floatText } from "./types.js";

export const WEIGHTS = "qc_weights";

/** What the descriptor says besides the program. */
export interface ModuleFacts {
  readonly targetText: string;
  readonly producer: string;
  /** Offset of the initial state behind the weights; null: zeros. */
  readonly stateInitOffset: number | null;
}

/** QC_ABI_VERSION and QC_MAGIC of runtime-c/qc.h. */
export const ABI_VERSION = 1;
const MAGIC = 0x4c444d51;
const ARENA_ALIGN = 64;

const DTYPE_CODES: Readonly<Record<DType, number>> = {
  f32: 0,
  f16: 1,
  bf16: 2,
  f64: 3,
  i4: 4,
  u4: 5,
  i8: 6,
  u8: 7,
  i16: 8,
  u16: 9,
  i32: 10,
  u32: 11,
  i64: 12,
  u64: 13,
  bool: 14,
};
const QUANT_CODES = { none: 0, tensor: 1, axis: 2 } as const;

const TENSOR_TYPE = "%qc_tensor = type { ptr, ptr, ptr, ptr, i64, i32, i32, i32, i32, i32, i32 }";
const PHASE_TYPE = "%qc_phase = type { ptr, double, double }";
const DESCRIPTOR_FIELDS = [
  ...["i32", "i32", "i32", "i32", "ptr", "ptr", "ptr", "ptr", "i64", "i64", "i64", "i64", "ptr"],
  ...["i32", "i32", "ptr", "ptr", "i32", "i32", "ptr", "ptr"],
];
/** sizeof(qc_descriptor): every field is naturally aligned as it stands. */
const DESCRIPTOR_BYTES = DESCRIPTOR_FIELDS.reduce((sum, t) => sum + (t === "i32" ? 4 : 8), 0);

/** Constants that other constants point to. */
interface Pool {
  readonly text: readonly string[];
  string(s: string): string;
  array(element: string, values: readonly string[]): string;
}

function createPool(): Pool {
  const text: string[] = [];
  const known = new Map<string, string>();
  const add = (type: string, value: string): string => {
    const key = `${type} ${value}`;
    const name = known.get(key) ?? `@c${known.size}`;
    if (!known.has(key)) text.push(`${name} = private unnamed_addr constant ${key}`);
    known.set(key, name);
    return `ptr ${name}`;
  };
  return {
    text,
    string: (s) => add(`[${Buffer.byteLength(s) + 1} x i8]`, `c"${escapeText(s)}\\00"`),
    array: (element, values) =>
      values.length === 0
        ? "ptr null"
        : add(`[${values.length} x ${element}]`, `[${values.map((v) => `${element} ${v}`).join(", ")}]`),
  };
}

function tensorText(port: Port, pool: Pool): string {
  const { dtype, shape, quant } = port.type;
  const known = quant && quant.kind !== "block" ? quant : null;
  const scales = known === null ? [] : known.kind === "tensor" ? [known.scale] : known.scales;
  const zeros = known === null ? [] : known.kind === "tensor" ? [known.zero] : known.zeros;
  const fields = [
    pool.string(port.name),
    pool.array("i64", shape.map(String)),
    pool.array("float", scales.map(floatText)),
    pool.array("i32", zeros.map(String)),
    `i64 ${byteSize(port.type)}`,
    `i32 ${DTYPE_CODES[dtype]}`,
    `i32 ${shape.length}`,
    `i32 ${QUANT_CODES[known?.kind ?? "none"]}`,
    `i32 ${known?.kind === "axis" ? known.axis : 0}`,
    `i32 ${scales.length}`,
    "i32 0",
  ];
  return `{ ${fields.join(", ")} }`;
}

function tableText(name: string, type: string, rows: readonly string[]): { readonly define: string; readonly ref: string } {
  if (rows.length === 0) return { define: "", ref: "ptr null" };
  const body = rows.map((r) => `  ${type} ${r}`).join(",\n");
  return { define: `@${name} = internal constant [${rows.length} x ${type}] [\n${body}\n]`, ref: `ptr @${name}` };
}

/** Features that the code may use; matrix tiles are never emitted, and need a permission that a process may lack. */
export const neededFeatures = (target: Target): string => target.features.filter((f) => !f.startsWith("amx")).join(",");

/** The exported constant `qc_model`, a qc_descriptor, and what it points to. */
export function descriptorText(program: Program, target: Target, facts: ModuleFacts): string {
  const pool = createPool();
  const inputs = program.inputs.map((p) => tensorText(p, pool));
  const outputs = program.outputs.map((p) => tensorText(p, pool));
  const phases = program.launches.map(
    (l) => `{ ${pool.string(l.label)}, double ${floatText(l.flops)}, double ${floatText(l.bytes)} }`,
  );
  const [inputTable, outputTable, phaseTable] = [
    tableText("inputs", "%qc_tensor", inputs),
    tableText("outputs", "%qc_tensor", outputs),
    tableText("phases", "%qc_phase", phases),
  ];
  const values = [
    ...[MAGIC, ABI_VERSION, DESCRIPTOR_BYTES, 0].map((v) => `i32 ${v}`),
    ...[program.name, facts.targetText, neededFeatures(target), facts.producer].map((s) => pool.string(s)),
    ...[program.arenaBytes, ARENA_ALIGN, program.weightBytes, program.stateBytes].map((v) => `i64 ${v}`),
    facts.stateInitOffset === null
      ? "ptr null"
      : `ptr getelementptr inbounds (i8, ptr @${WEIGHTS}, i64 ${facts.stateInitOffset})`,
    `i32 ${program.inputs.length}`,
    `i32 ${program.outputs.length}`,
    inputTable.ref,
    outputTable.ref,
    `i32 ${program.launches.length}`,
    "i32 0",
    phaseTable.ref,
    "ptr @run",
  ];
  return [
    TENSOR_TYPE,
    PHASE_TYPE,
    ...pool.text,
    ...[inputTable, outputTable, phaseTable].map((t) => t.define).filter(Boolean),
    `@qc_model = constant { ${DESCRIPTOR_FIELDS.join(", ")} } { ${values.join(", ")} }, align 8`,
  ].join("\n");
}
