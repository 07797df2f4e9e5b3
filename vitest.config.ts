import { defineConfig } from "vitest/config";

// Many tests compile native code: two processes at a time fit a small machine, and a minute is for a loaded one.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
