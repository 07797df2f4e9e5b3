import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("npm knows every setting of the project", () => {
  const env = { ...process.env, npm_config_loglevel: "warn" };
  const { status, stdout, stderr } = spawnSync("npm", ["pkg", "get", "name"], { encoding: "utf8", env });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '"qc"\n' });
  expect(stderr).not.toContain("project config");
});

it("npm runs no package's own installer: onnxruntime-node's fetches GPU files from another host", () => {
  expect(readFileSync(".npmrc", "utf8")).toMatch(/^ignore-scripts=true$/m);
});
