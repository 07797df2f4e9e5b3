#!/usr/bin/env node
// The main job on a trained model.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runScript } from "./command-line.mjs";
import { setUp } from "./setup.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const work = join(root, "out", "demo");
const data = join(work, "data");
const built = join(work, "glyphs");
const start = performance.now();
const seconds = () => `${((performance.now() - start) / 1000).toFixed(0)} s`;
const short = (text) => (text.startsWith(root) ? relative(root, text) : text);
let chapter = 0;

const say = (text) => console.log(text);
function title(text, explanation) {
  chapter++;
  say(`\n${chapter}. ${text}  (${seconds()})`);
  for (const line of explanation) say(`   ${line}`);
  say("");
}

/** Prints a command as a user would type it, and runs it. */
function type(shown, program, args) {
  const quoted = args.map((a) => (/^[\w./:=,+-]+$/.test(a) ? short(a) : `"${short(a)}"`));
  say(`$ ${[...shown, ...quoted].join(" ")}`);
  const r = spawnSync(program, [...(shown[0] === "qc" ? [join(root, "dist", "cli", "main.js")] : []), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (r.error || r.status !== 0)
    throw new Error(`this command failed: ${r.error?.message ?? `exit code ${r.status ?? r.signal}`}`);
}
const qc = (...args) => type(["qc"], process.execPath, args);
const node = (...args) => type(["node"], process.execPath, args);

/** The pixels of an image as the network takes them: float32, NCHW, 0 to 1. */
function rawInput(png) {
  const { PNG } = createRequire(join(root, "package.json"))("pngjs");
  const { width, height, data: rgba } = PNG.sync.read(readFileSync(png));
  const plane = width * height;
  return Float32Array.from({ length: 3 * plane }, (_, i) => rgba[4 * (i % plane) + Math.floor(i / plane)] / 255);
}

async function demo() {
  say("qc: from a trained ONNX network to int8 machine code, on this machine.");
  title("Set-up", [
    "System packages (libLLVM, lld, a C compiler), npm packages, the build of qc itself: what is there already is kept.",
  ]);
  await setUp();
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });

  title("Data", [
    "examples/glyphs/glyphs.onnx is a small convolutional network that tells sixteen drawn glyphs apart. Draw what it has never seen:",
    "1000 test images with their classes (index.txt), and 50 images to calibrate with (rep_dataset.txt).",
  ]);
  node(join(root, "examples/glyphs/draw.mjs"), "--out", data, "--seed", "20260", "--train", "50", "--test", "1000");

  title("Optimize", [
    "Calibrate, quantize to int8 with one scale for each channel, compile, link. `unit` is the preprocessing the network was",
    "trained with: bytes divided by 255. The float model is compiled too, so that the two can be compared.",
  ]);
  const quantize = ["--rep_dataset", join(data, "rep_dataset.txt"), "--quantizer", "symmetricpc", "--preprocessor", "unit"];
  qc("optimize", "--input_path", join(root, "examples/glyphs/glyphs.onnx"), "--output_path", built, ...quantize);

  title("Run", ["One image through the int8 code: the best five of its sixteen scores. It is a five."]);
  const five = join(root, "examples/glyphs/samples/test/0005_five.png");
  qc("run", built, "--input", five, "--class_names", join(data, "class_names.txt"));

  title("Evaluate", ["All 1000 test images through the int8 and the float code, in turns, one thread."]);
  qc("evaluate", built, "--test_path", join(data, "index.txt"), "--class_names", join(data, "class_names.txt"), "--threads", "1");

  title("Bench", ["Latency of one inference, memory, and where the time goes: int8 first, then float."]);
  qc("bench", built, "--profile");
  say("");
  qc("bench", join(built, "float"));

  title("What was built", ["model.so needs nothing but itself; model.h is its C interface; model.json describes it:"]);
  const { inputs, outputs, target, toolchain, sha256 } = JSON.parse(readFileSync(join(built, "model.json"), "utf8"));
  for (const [key, value] of Object.entries({ inputs, outputs, target, toolchain, sha256 }))
    say(`${key.padEnd(10)} ${JSON.stringify(value)}`);

  title("From C", [
    "examples/c-program/main.c and the runtime (one static library, libc and pthreads) run the same network on the same five.",
  ]);
  const program = join(work, "classify");
  const image = join(work, "five.raw");
  writeFileSync(image, new Uint8Array(rawInput(five).buffer));
  const runtime = join(root, "dist/runtime");
  type(["cc"], "cc", [
    "-std=c11",
    "-O2",
    "-I",
    runtime,
    join(root, "examples/c-program/main.c"),
    join(runtime, "libqcrt.a"),
    "-o",
    program,
    "-lpthread",
    "-ldl",
  ]);
  type([short(program)], program, [built, image]);
  say(`\nDone in ${seconds()}. The results are in ${short(work)}/.`);
}

const command = {
  run: "npm run demo --",
  about: `Sets the machine up, draws images, quantizes the network of examples/glyphs, measures it, and runs it from C.
Everything that it writes is in out/demo.`,
};
await runScript(command, demo);
