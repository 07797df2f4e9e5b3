/** The built command line, as users start it. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { decodeImage } from "../../src/data/image.js";
import { writeNpy } from "../../src/support/npy.js";

export const ROOT = resolve(import.meta.dirname, "../..");
export const MAIN = join(ROOT, "dist/cli/main.js");
const GLYPHS = join(ROOT, "examples/glyphs");

if (!existsSync(MAIN)) throw new Error("dist/cli/main.js is missing: npm run build makes it");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export function qc(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const r = spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: "utf8", env: { ...process.env, ...env } });
  return { code: r.status, signal: r.signal, out: r.stdout, err: r.stderr };
}

/** The same, interrupted after so many milliseconds, or as soon as `when` holds. */
export function interrupted(cwd: string, args: readonly string[], when: number | (() => boolean)): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd });
    const text = { out: "", err: "" };
    child.stdout.on("data", (chunk) => {
      text.out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      text.err += chunk;
    });
    const start = performance.now();
    const isDue = typeof when === "number" ? () => performance.now() - start >= when : when;
    const timer = setInterval(() => {
      if (!isDue()) return;
      clearInterval(timer);
      child.kill("SIGINT");
    }, 10);
    child.on("close", (code, signal) => {
      clearInterval(timer);
      done({ code, signal, ...text });
    });
  });
}

/**
 * A folder as the documentation assumes it: model.onnx (the glyph classifier), images under test/, index.txt, rep_dataset.txt,
 * class_names.txt, image.png (a star), and x.npy, the same image as the network takes it.
 */
export function glyphFolder(folder: string): string {
  mkdirSync(folder, { recursive: true });
  cpSync(join(GLYPHS, "samples"), folder, { recursive: true });
  cpSync(join(GLYPHS, "glyphs.onnx"), join(folder, "model.onnx"));
  const star = join(GLYPHS, "samples/test/0015_star.png");
  cpSync(star, join(folder, "image.png"));
  const index = readFileSync(join(folder, "index.txt"), "utf8");
  writeFileSync(join(folder, "rep_dataset.txt"), index.replace(/ \d+$/gm, ""));
  const { width, height, channels, data } = decodeImage(readFileSync(star), star);
  const plane = width * height;
  const values = Float32Array.from({ length: 3 * plane }, (_, i) => data[channels * (i % plane) + Math.floor(i / plane)] / 255);
  writeNpy(join(folder, "x.npy"), { dtype: "f32", shape: [1, 3, height, width], data: values });
  return folder;
}
