import type { Machine } from "../../../src/ir/target/machine.js";

export const MACHINES: Readonly<Record<string, Machine>> = {
  avx2: { vectorBits: 256, vectorRegisters: 16, features: ["avx", "avx2", "fma"] },
  avx512: { vectorBits: 512, vectorRegisters: 32, features: ["avx2", "avx512f", "fma"] },
  neon: { vectorBits: 128, vectorRegisters: 32, features: ["neon"] },
};

/** Machines by their instructions for integer products. */
export const INTEGER_MACHINES: Readonly<Record<string, Machine>> = {
  avx512vnni: { vectorBits: 512, vectorRegisters: 32, features: ["avx2", "avx512f", "avx512bw", "avx512vl", "avx512vnni"] },
  avxvnni: { vectorBits: 256, vectorRegisters: 16, features: ["avx2", "avxvnni"] },
  avx2: { vectorBits: 256, vectorRegisters: 16, features: ["avx2"] },
  dotprod: { vectorBits: 128, vectorRegisters: 32, features: ["neon", "dotprod"] },
  i8mm: { vectorBits: 128, vectorRegisters: 32, features: ["neon", "dotprod", "i8mm"] },
};
