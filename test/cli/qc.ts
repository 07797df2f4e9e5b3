/** The command line: built, as users start it, or within the test's own process. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Writable } from "node:stream";
import { commands } from "../../src/cli/commands/table.js";
import { dispatch } from "../../src/cli/options/dispatch.js";
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

/** In a process of its own: for what a process has, streams, signals, memory, libraries that are loaded once. */
export function qc(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const r = spawnSync(process.execPath, [MAIN, ...args], { cwd, encoding: "utf8", env: { ...process.env, ...env } });
  return { code: r.status, signal: r.signal, out: r.stdout, err: r.stderr };
}

/** The same command in this process, which has its modules loaded: two seconds less on a busy machine. One at a time: the folder is the process's. */
export async function qcHere(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const text = { out: "", err: "" };
  const into = (key: "out" | "err") =>
    new Writable({
      write(chunk, _encoding, done) {
        text[key] += String(chunk);
        done();
      },
    });
  const [folder, variables] = [process.cwd(), { ...process.env }];
  process.chdir(cwd);
  Object.assign(process.env, env);
  try {
    const around = { stdout: into("out"), stderr: into("err"), env: process.env, version: "test" };
    return { code: await dispatch(commands, args, around), signal: null, ...text };
  } finally {
    process.chdir(folder);
    for (const name of Object.keys(env)) {
      if (name in variables) process.env[name] = variables[name];
      else delete process.env[name];
    }
  }
}

/** The command in a process of its own, interrupted after so many milliseconds, or as soon as `when` holds. */
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
