import { fail } from "../../../support/diag.js";

/** A path inside an assembler string: printable ASCII as it is, every other byte in octal. */
function quotePath(path: string): string {
  const bytes = Array.from(Buffer.from(path, "utf8"), (byte) => {
    const char = String.fromCharCode(byte);
    return byte >= 0x20 && byte < 0x7f && char !== '"' && char !== "\\" ? char : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${bytes.join("")}"`;
}

/**
 * ELF assembly that puts the bytes of a file into read-only data as the hidden symbol `symbol`, aligned to `align` bytes (a power of
 * two). For x86-64 and aarch64. The IR refers to it as `@symbol = external hidden constant [N x i8], align A`.
 */
export function weightsAsm(path: string, symbol: string, align: number): string {
  if (!/^[A-Za-z_.$][\w.$]*$/.test(symbol)) fail("QC-LLVM-017", `'${symbol}' is not a symbol name`);
  if (!Number.isInteger(Math.log2(align))) fail("QC-LLVM-017", `an alignment of ${align} bytes is not a power of two`);
  return [
    `.section .rodata.${symbol},"a",@progbits`,
    `.p2align ${Math.log2(align)}`,
    `.globl ${symbol}`,
    `.hidden ${symbol}`,
    `.type ${symbol}, @object`,
    `${symbol}:`,
    `.incbin ${quotePath(path)}`,
    `.size ${symbol}, . - ${symbol}`,
    ".text",
    "",
  ].join("\n");
}

/** Assembly as lines of an IR module: `module asm "..."`. */
export function moduleAsm(asm: string): string {
  return asm
    .split("\n")
    .filter((line) => line.length > 0)
    .map((line) => `module asm "${line.replaceAll("\\", "\\5C").replaceAll('"', "\\22")}"\n`)
    .join("");
}
