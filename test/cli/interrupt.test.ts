/** Ctrl-C in a real terminal, at every stage of a build: exit code 130, nothing half-written, no hang. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { has } from "../runtime/support/toolbox.js";
import { glyphFolder, MAIN } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-interrupt-"));
const at = (name: string) => join(work, name);
afterAll(() => rmSync(work, { recursive: true, force: true }));
beforeAll(() => {
  glyphFolder(work);
  mkdirSync(at("results"));
  const samples = readFileSync(at("rep_dataset.txt"), "utf8");
  writeFileSync(at("long.txt"), samples.repeat(500)); // 10,000 samples: seconds of calibration
});

const CTRL_C = "\x03";
const OPTIMIZE = ["optimize", "--input_path", "model.onnx", "--rep_dataset", "long.txt", "--preprocessor", "unit"];
const COMPILE = ["compile", "--input_path", "model.onnx"];

/** Runs qc in a terminal of its own and types Ctrl-C `afterMs` after the terminal shows `text`; the exit code and all that was shown. */
function interruptedAt(args: readonly string[], text: RegExp, afterMs = 0): Promise<{ code: number | null; shown: string }> {
  return new Promise((done) => {
    const quoted = [process.execPath, MAIN, ...args].map((a) => `'${a}'`).join(" ");
    const child = spawn("script", ["-qec", quoted, "/dev/null"], { cwd: work, env: { ...process.env, TERM: "xterm" } });
    let shown = "";
    let typed = false;
    child.stdout.on("data", (chunk) => {
      shown += String(chunk);
      if (typed || !text.test(shown)) return;
      typed = true;
      setTimeout(() => child.stdin.write(CTRL_C), afterMs);
    });
    child.on("close", (code) => done({ code, shown }));
  });
}

/** `script` is part of bsdutils, which every Debian has. */
describe.skipIf(!has("script"))("Ctrl-C", () => {
  it.each([
    ["while a model is read", COMPILE, /import \.\.\./, 0],
    ["while kernels are scheduled", COMPILE, /schedule \.\.\./, 0],
    ["while machine code is made", COMPILE, /emit \.\.\./, 50],
    ["while the library is linked", COMPILE, /link \.\.\./, 0],
    ["while observers are compiled", OPTIMIZE, /calibrate \.\.\./, 0],
    ["while samples run", OPTIMIZE, /calibrate.*\d+ ?\/ ?\d+|calibrate +[^.\s]/, 300],
  ] as const)("%s", async (_what, args, text, afterMs) => {
    const { code, shown } = await interruptedAt([...args, "--output_path", "results/new/out"], text, afterMs);
    expect(shown).toMatch(text);
    expect(shown).not.toMatch(/\n\s+at .*file:|QC-INTERNAL/);
    if (existsSync(at("results/new"))) {
      // the terminal shows "link ..." before the last kernels' files are written: the key may come when the result is in place, and whole
      expect(args).toBe(COMPILE);
      expect([0, 130]).toContain(code);
      expect(readdirSync(at("results/new/out")).sort()).toEqual(expect.arrayContaining(["model.h", "model.json", "model.so"]));
      expect(readdirSync(at("results/new"))).toEqual(["out"]);
      rmSync(at("results/new"), { recursive: true });
    } else {
      expect(code, shown).toBe(130);
    }
    expect(readdirSync(at("results"))).toEqual([]);
  });

  it("leaves the results of an earlier build as they were", async () => {
    mkdirSync(at("results/out"));
    writeFileSync(at("results/out/model.so"), "earlier");
    const { code } = await interruptedAt([...OPTIMIZE, "--output_path", "results/out"], /calibrate/, 500);
    expect(code).toBe(130);
    expect(readdirSync(at("results/out"))).toEqual(["model.so"]);
    expect(readFileSync(at("results/out/model.so"), "utf8")).toBe("earlier");
    rmSync(at("results/out"), { recursive: true });
  });
});
