/**
 * Properties draw the same cases in every run, so that a change is judged by what it changed. `QC_TEST_SEED=N` draws others; `random` draws
 * new ones every time, which is how to soak: QC_TEST_SEED=random npx vitest run test/passes
 */
import fc from "fast-check";

const wanted = process.env.QC_TEST_SEED ?? "20261121";
fc.configureGlobal(wanted === "random" ? {} : { seed: Number(wanted) });
