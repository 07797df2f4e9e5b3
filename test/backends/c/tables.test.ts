import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { memoryName, pragmas, typedefs } from "../../../src/backends/c/prelude.js";
import { type Table, tablePieces, tablePragmas, tableText } from "../../../src/backends/c/tables.js";
import { type DType, dtypeInfo } from "../../../src/ir/type/dtype.js";
import { COMPILERS, STRICT } from "./compilers.js";

const work = mkdtempSync(join(tmpdir(), "qc-c-tables-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Every byte beside every other one. */
const PAIRS = Uint8Array.from({ length: 2 * 65536 }, (_, i) => (i % 2 ? (i >> 1) & 255 : i >> 9));

const table = (name: string, dtype: DType, count: number): Table => ({ name, dtype, count, comment: `${dtype} ${count}` });
const bytesOf = ({ dtype, count }: Table): Uint8Array => PAIRS.slice(0, count * dtypeInfo(dtype).bytes);

const TABLES = [
  table("few", "i8", 4096),
  table("many", "i8", 4097),
  table("pairs", "u8", PAIRS.length),
  table("wide", "i32", 5000),
  table("widest", "i64", 5001),
  table("halves", "f16", 60000),
];

const PROGRAM = [
  "#include <stdint.h>\n#include <stdio.h>",
  pragmas(false),
  tablePragmas(TABLES),
  typedefs(TABLES.map((t) => memoryName(t.dtype, false)).join(" "), false),
  ...TABLES.flatMap((t) => [...tablePieces(t, () => bytesOf(t))]),
  "int main(void) {",
  ...TABLES.map((t) => `  fwrite(${tableText(t)}, ${bytesOf(t).length}, 1, stdout);`),
  "  return 0;\n}\n",
].join("\n");

describe("tables of C", () => {
  for (const compiler of COMPILERS) {
    it.skipIf(!compiler.path)(`${compiler.name}: numbers and literals hold the bytes`, () => {
      writeFileSync(join(work, "tables.c"), PROGRAM);
      const flags = [...STRICT, ...compiler.flags];
      execFileSync(compiler.path ?? "cc", [...flags, "tables.c", "-o", "tables"], { cwd: work });
      const [command, ...args] = [...compiler.runner, join(work, "tables")];
      const got = execFileSync(command, args, { cwd: work, maxBuffer: 1 << 24 });
      expect(got.equals(Buffer.concat(TABLES.map(bytesOf)))).toBe(true);
    });
  }
});
