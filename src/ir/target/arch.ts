/** Processor architectures as rows: what a triple, an object file, a schedule and an emitter must know of one. */

export type Arch = "x86_64" | "aarch64" | "nvptx64" | "portable";
/** Architectures that object files are made for. */
export type NativeArch = Extract<Arch, "x86_64" | "aarch64">;

export interface VectorShape {
  /** Of the widest integer and float vectors; for a graphics card 32, one lane a thread. */
  readonly vectorBits: number;
  readonly vectorRegisters: number;
}

/** What one instruction does that other processors need several for; `nanExtreme`: the greater of floats, NaN where either is. */
export type Ability = "round" | "half" | "fma" | "nanExtreme";

export interface ArchRow {
  /** First parts of triples. */
  readonly triples: readonly string[];
  readonly pointerBytes: 4 | 8;
  /** A processor that every machine of the architecture can run. */
  readonly baseline: string;
  /** e_machine of its ELF files; null where there are none. */
  readonly elfMachine: number | null;
  /** Node's name of it, as in `process.arch`. */
  readonly node: string | null;
  /** Features that matter to schedules and instructions, in LLVM's spelling. */
  readonly features: readonly string[];
  /** The feature that brings an ability; true: every processor has it. */
  readonly abilities: Readonly<Record<Ability, string | true>>;
  vectors(has: (feature: string) => boolean): VectorShape;
}

/** Little-endian all. */
export const ARCHS: Readonly<Record<Arch, ArchRow>> = {
  x86_64: {
    triples: ["x86_64", "amd64"],
    pointerBytes: 8,
    baseline: "x86-64",
    elfMachine: 62,
    node: "x64",
    features: [
      ...["sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "bmi2", "avx", "avx2", "fma", "f16c", "avxvnni", "avxvnniint8"],
      ...["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl", "avx512vbmi", "avx512vnni", "avx512bf16", "avx512fp16"],
      ...["amx-tile", "amx-int8", "amx-bf16"],
    ],
    abilities: { round: "sse4.1", half: "f16c", fma: "fma", nanExtreme: "none" },
    vectors: (has) =>
      has("avx512f") ? { vectorBits: 512, vectorRegisters: 32 } : { vectorBits: has("avx") ? 256 : 128, vectorRegisters: 16 },
  },
  aarch64: {
    triples: ["aarch64", "arm64"],
    pointerBytes: 8,
    baseline: "generic",
    elfMachine: 183,
    node: "arm64",
    features: ["neon", "fullfp16", "rdm", "dotprod", "i8mm", "bf16", "lse", "sve", "sve2"],
    abilities: { round: true, half: true, fma: true, nanExtreme: true },
    vectors: () => ({ vectorBits: 128, vectorRegisters: 32 }),
  },
  nvptx64: {
    triples: ["nvptx64"],
    pointerBytes: 8,
    baseline: "sm_70",
    elfMachine: null,
    node: null,
    features: [],
    abilities: { round: true, half: true, fma: true, nanExtreme: "none" },
    vectors: () => ({ vectorBits: 32, vectorRegisters: 255 }),
  },
  /** Whatever a C compiler makes of source: nothing is known of it but that it computes. */
  portable: {
    triples: [],
    pointerBytes: 4,
    baseline: "",
    elfMachine: null,
    node: null,
    features: [],
    abilities: { round: "none", half: "none", fma: "none", nanExtreme: "none" },
    vectors: () => ({ vectorBits: 128, vectorRegisters: 16 }),
  },
};

export const isNative = (arch: Arch): arch is NativeArch => ARCHS[arch].elfMachine !== null;
export const NATIVE_ARCHS = (Object.keys(ARCHS) as Arch[]).filter(isNative);

/** The architecture, of those that object files are made for, of a triple; null where not supported. */
export function archOfTriple(triple: string): NativeArch | null {
  const head = triple.split("-")[0];
  return NATIVE_ARCHS.find((a) => ARCHS[a].triples.includes(head)) ?? null;
}

/** The architecture of ELF files with this e_machine. */
export const archOfElf = (machine: number): NativeArch | null =>
  NATIVE_ARCHS.find((a) => ARCHS[a].elfMachine === machine) ?? null;

/** That of the process at hand; null where no object files are made for it. */
export const archHere = (): NativeArch | null => NATIVE_ARCHS.find((a) => ARCHS[a].node === process.arch) ?? null;

/** Width and number of the vector registers that a set of features gives. */
export const vectorShape = (arch: Arch, features: readonly string[]): VectorShape =>
  ARCHS[arch].vectors((feature) => features.includes(feature));

/** Whether a processor of the architecture with these features has an ability. */
export function isAble(arch: Arch, features: ReadonlySet<string>, ability: Ability): boolean {
  const needed = ARCHS[arch].abilities[ability];
  return needed === true || features.has(needed);
}
