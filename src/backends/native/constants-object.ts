import { ARCHS, type NativeArch } from "../../ir/target/arch.js";
import { fail } from "../../support/diag.js";

/** Bytes of read-only data and where they begin in it; in ascending order, without overlap. */
export interface Part {
  readonly offset: number;
  readonly bytes: number;
  /** The bytes, read when their turn comes. */
  readonly data: () => Uint8Array;
}

export interface ConstantsObject {
  /** The hidden symbol at the start of the data. */
  readonly symbol: string;
  /** A power of two. */
  readonly align: number;
  readonly arch: NativeArch;
  /** Size of the data; zeros where no part lies. */
  readonly bytes: number;
  readonly parts: readonly Part[];
}

const [HEADER, SECTION, SYMBOL] = [64, 64, 24];
const SECTION_NAMES = ["", ".rodata", ".note.GNU-stack", ".symtab", ".strtab", ".shstrtab"] as const;
const TYPE = { progbits: 1, symtab: 2, strtab: 3 } as const;
const ALLOC = 2;
const [GLOBAL_OBJECT, HIDDEN] = [0x11, 2];

/**
 * A relocatable ELF object (64 bits, little-endian) that holds constants in `.rodata.<symbol>`, as its pieces in order: header, data,
 * tables. The assembler would hold three copies of the data at once; here only the piece that is being written is in memory.
 * System V ABI, chapters 4 (object files) and 5. Errors: QC-LLVM-017 the name or alignment cannot be.
 */
export function constantsObject(o: ConstantsObject): () => Iterable<Uint8Array> {
  if (!/^[A-Za-z_.$][\w.$]*$/.test(o.symbol)) fail("QC-LLVM-017", `'${o.symbol}' is not a symbol name`);
  if (!Number.isInteger(Math.log2(o.align))) fail("QC-LLVM-017", `an alignment of ${o.align} bytes is not a power of two`);
  return () => pieces(o);
}

function* pieces({ symbol, align, arch, bytes, parts }: ConstantsObject): Generator<Uint8Array> {
  const dataAt = up(HEADER, align);
  const symbols = Buffer.alloc(2 * SYMBOL);
  symbols.writeUInt32LE(1, SYMBOL); // its name: byte 1 of .strtab
  symbols.writeUInt8(GLOBAL_OBJECT, SYMBOL + 4);
  symbols.writeUInt8(HIDDEN, SYMBOL + 5);
  symbols.writeUInt16LE(1, SYMBOL + 6); // section 1
  symbols.writeBigUInt64LE(BigInt(bytes), SYMBOL + 16);
  const names = SECTION_NAMES.map((n) => (n === ".rodata" ? `${n}.${symbol}` : n));
  const strings = Buffer.from(`\0${symbol}\0`, "latin1");
  const sectionStrings = Buffer.from(names.map((n) => `${n}\0`).join(""), "latin1");
  const nameAt = names.map((_, i) => names.slice(0, i).join("\0").length + Math.min(i, 1));
  const symbolsAt = up(dataAt + bytes, 8);
  const stringsAt = symbolsAt + symbols.length;
  const namesAt = stringsAt + strings.length;
  const tableAt = up(namesAt + sectionStrings.length, 8);

  const table = Buffer.alloc(names.length * SECTION);
  const section = (i: number, type: number, flags: number, at: number, size: number, more: Partial<SectionLinks> = {}) => {
    const row = table.subarray(i * SECTION);
    row.writeUInt32LE(nameAt[i], 0);
    row.writeUInt32LE(type, 4);
    row.writeBigUInt64LE(BigInt(flags), 8);
    row.writeBigUInt64LE(BigInt(at), 24);
    row.writeBigUInt64LE(BigInt(size), 32);
    row.writeUInt32LE(more.link ?? 0, 40);
    row.writeUInt32LE(more.info ?? 0, 44);
    row.writeBigUInt64LE(BigInt(more.align ?? 1), 48);
    row.writeBigUInt64LE(BigInt(more.entry ?? 0), 56);
  };
  section(1, TYPE.progbits, ALLOC, dataAt, bytes, { align });
  section(2, TYPE.progbits, 0, dataAt + bytes, 0);
  section(3, TYPE.symtab, 0, symbolsAt, symbols.length, { link: 4, info: 1, align: 8, entry: SYMBOL });
  section(4, TYPE.strtab, 0, stringsAt, strings.length);
  section(5, TYPE.strtab, 0, namesAt, sectionStrings.length);

  yield header(arch, tableAt, names.length);
  let end = HEADER - dataAt;
  for (const p of parts) {
    yield* zeros(p.offset - end);
    yield p.data().subarray(0, p.bytes);
    end = p.offset + p.bytes;
  }
  yield* zeros(bytes - end + symbolsAt - dataAt - bytes);
  yield Buffer.concat([symbols, strings, sectionStrings, Buffer.alloc(tableAt - namesAt - sectionStrings.length), table]);
}

interface SectionLinks {
  readonly link: number;
  readonly info: number;
  readonly align: number;
  readonly entry: number;
}

/** ELF64, little-endian, System V, relocatable. */
function header(arch: ConstantsObject["arch"], tableAt: number, sections: number): Buffer {
  const b = Buffer.alloc(HEADER);
  b.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  b.writeUInt16LE(1, 16);
  b.writeUInt16LE(ARCHS[arch].elfMachine ?? 0, 18);
  b.writeUInt32LE(1, 20);
  b.writeBigUInt64LE(BigInt(tableAt), 40);
  b.writeUInt16LE(HEADER, 52);
  b.writeUInt16LE(SECTION, 58);
  b.writeUInt16LE(sections, 60);
  b.writeUInt16LE(sections - 1, 62);
  return b;
}

const up = (n: number, align: number): number => Math.ceil(n / align) * align;

const NOTHING = new Uint8Array(1 << 16);

function* zeros(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= NOTHING.length) yield NOTHING.subarray(0, Math.min(left, NOTHING.length));
}
