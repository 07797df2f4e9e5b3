import { spawnSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";

const hasJava = spawnSync("java", ["-version"], { stdio: "ignore" }).status === 0;

it.skipIf(!hasJava)("the committed parser is the grammar's (needs Java)", { timeout: 60_000 }, () => {
  const script = path.join(import.meta.dirname, "../../../scripts/generate-parser.mjs");
  const done = spawnSync(process.execPath, [script, "--check"], { encoding: "utf8" });
  expect(done.stderr).toBe("");
  expect(done.status).toBe(0);
});
