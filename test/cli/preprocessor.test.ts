/** The preprocessor of a calibration is the one of every later run, from wherever it is started. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/support/npy.js";
import { qc } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-preprocessor-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it("a file is found from another folder, and refused when it has changed", () => {
  const [home, other] = ["home", "other"].map((name) => join(work, name));
  for (const folder of [home, other]) mkdirSync(folder);
  const file = (factor: number) => `export const preprocess = (sample) => sample.data.map((v) => ${factor} * v);\n`;
  writeFileSync(join(home, "pre.mjs"), file(2));
  writeFileSync(join(other, "pre.mjs"), file(3));
  writeFileSync(
    join(home, "m.qc"),
    `module "m" version 1\nfunc @main(%x: f32[1, 4]) -> f32[1, 4] {\n  %y = relu(%x)\n  return %y\n}\n`,
  );
  writeNpy(join(home, "x.npy"), { dtype: "f32", shape: [1, 4], data: Float32Array.of(1, 2, 3, 4) });
  writeFileSync(join(home, "list.txt"), "x.npy\n");
  const built = qc(home, [
    "optimize",
    "m.qc",
    "-o",
    "out",
    "--rep_dataset",
    "list.txt",
    "--preprocessor",
    "./pre.mjs",
    "--no_float",
  ]);
  expect(built.code, built.err).toBe(0);
  const args = ["run", join(home, "out"), "--input", join(home, "x.npy"), "-o", "y.npy"];
  const greatest = () => {
    const { code, err } = qc(other, args);
    expect(code, err).toBe(0);
    return Math.max(...(readNpy(join(other, "y.npy")).data as Float32Array));
  };
  expect(greatest()).toBeCloseTo(8, 1);
  writeFileSync(join(home, "pre.mjs"), file(5));
  const changed = qc(other, args);
  expect(changed.code).toBe(1);
  expect(changed.err).toMatch(/error QC-DATA-024: '.*home\/pre\.mjs' is not the preprocessor of the calibration any more/);
  expect(qc(other, [...args, "--preprocessor", "./pre.mjs"]).code).toBe(0);
  rmSync(join(home, "pre.mjs"));
  expect(qc(other, args).err).toMatch(/QC-DATA-013: there is no preprocessor file '.*home\/pre\.mjs'/);
});
