import type { Machine } from "../../../src/ir/target/machine.js";

export const MACHINES: Readonly<Record<string, Machine>> = {
  avx2: { vectorBits: 256, vectorRegisters: 16, features: ["avx", "avx2", "fma"] },
  avx512: { vectorBits: 512, vectorRegisters: 32, features: ["avx2", "avx512f", "fma"] },
  neon: { vectorBits: 128, vectorRegisters: 32, features: ["neon"] },
};
