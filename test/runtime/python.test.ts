import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildRuntime } from "../../scripts/build-runtime.mjs";
import { sha256Hex } from "../../src/support/hash.js";
import { modelRecord } from "../helpers/model-record.js";
import { buildFake, FIXTURES, has, ROOT, run } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-python-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  buildRuntime({ ifStale: true });
  buildFake(join(work, "model.so"));
  const sha256 = { "model.so": sha256Hex(readFileSync(join(work, "model.so"))) };
  writeFileSync(join(work, "model.json"), JSON.stringify(modelRecord({ sha256 })));
});

const python = has("python3");
const numpy = python && run("python3", ["-c", "import numpy"]).status === 0;

describe("python/qc_runtime.py", () => {
  const args = ["-B", join(FIXTURES, "check_python.py"), join(ROOT, "python"), work];
  it.skipIf(!python)("runs a network without numpy", () => {
    expect(run("python3", args, { env: { ...process.env, NO_NUMPY: "1" } })).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });
  it.skipIf(!numpy)("runs a network with numpy", () => {
    expect(run("python3", args)).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });
});
