/** A second reader of the LLVM text that qc emits: the npm package llvm-bindings, which has an LLVM of its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { emitProgram } from "../src/backends/llvm/build.js";
import { kernelsText } from "../src/backends/llvm/emit/kernels.js";
import { planModule } from "../src/build/plan.js";
import { openToolchain } from "../src/build/toolchain.js";
import { drawCase, lowerCase } from "../src/check/draw/op-case.js";
import { createContext } from "../src/context.js";
import { importOnnxFile } from "../src/frontends/onnx/import.js";
import { builtinOps } from "../src/ir/ops/index.js";
import { runPipeline } from "../src/passes/manager.js";
import { parsePipeline } from "../src/passes/pipeline.js";
import { canonicalPipeline, loweredPipeline } from "../src/passes/presets.js";
import { scheduleKernel } from "../src/schedules/cpu/schedule.js";
import { count, option, runScript } from "./command-line.mjs";
import { countText, packageOf } from "./llvm-bindings/count.mjs";

const project = fileURLToPath(new URL("..", import.meta.url));
const READER = fileURLToPath(new URL("llvm-bindings/read.mjs", import.meta.url));
const LIMIT_MS = 120_000;
/** Processors that LLVM 14 knows. */
const TARGETS = [
  "llvm -mcpu=x86-64",
  "llvm -mcpu=znver3",
  "llvm -mcpu=icelake-server",
  "llvm -mtriple=aarch64-linux-gnu -mcpu=cortex-a76",
];

interface NamedText {
  readonly name: string;
  text(): string;
}

/** The example network, built for a target in floats. */
function networkText(target: string): string {
  const ctx = createContext();
  const tools = openToolchain(target);
  const imported = importOnnxFile(path.join(project, "examples/glyphs/glyphs.onnx"), ctx.onnxRules, ctx);
  const m = runPipeline(imported, parsePipeline(`${canonicalPipeline()},${loweredPipeline()}`, ctx.passes), ctx);
  const { program } = planModule(m, ctx, (k) => scheduleKernel(k, tools.target).kernel);
  return emitProgram(program, ctx.blobs, tools.target, tools);
}

/** Drawn cases of one op, scheduled for a target, as one module. */
function opText(op: (typeof builtinOps)[number], cases: number, target: string): string {
  const tools = openToolchain(target);
  const kernels = Array.from({ length: cases }, (_, k) => {
    const { kernel } = lowerCase(op, drawCase(op, 1000 + k), (i) => i % 2 === 1);
    return scheduleKernel(kernel, tools.target).kernel;
  });
  return kernelsText(kernels, tools.target, 64);
}

function* texts(cases: number): Iterable<NamedText> {
  for (const target of TARGETS) yield { name: `glyphs | ${target}`, text: () => networkText(target) };
  for (const target of TARGETS)
    for (const op of builtinOps) yield { name: `${op.name} | ${target}`, text: () => opText(op, cases, target) };
}

/** What is wrong with a text in the eyes of the second reader; null: it parses, is valid, and holds as many functions and instructions. */
function complaint(text: string, from: string, file: string): string | null {
  writeFileSync(file, text);
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [READER, from, file], {
    encoding: "utf8",
    timeout: LIMIT_MS,
  });
  const said = stderr.trim().split("\n").slice(0, 3).join(" / ");
  if (status !== 0) return `cannot be read (${signal ?? `exit code ${status}`}): ${said}`;
  const { functions, instructions, broken } = JSON.parse(stdout);
  if (broken) return `is not valid: ${said}`;
  const own = countText(text);
  if (own.functions === functions && own.instructions === instructions) return null;
  return `holds ${own.functions} functions and ${own.instructions} instructions, ${functions} and ${instructions} are read`;
}

const command = {
  run: "npm run check:llvm-bindings --",
  about: `Reads emitted LLVM text a second time with the npm package llvm-bindings: the example network and drawn cases of every op, four targets.
The package is no dependency (docs/makers/decisions/0010-libllvm-through-koffi.md says why, and how to install it); without it this is skipped.`,
  options: {
    from: option("FOLDER", "where llvm-bindings is installed", project),
    cases: option("N", "drawn cases of each op", 2, count),
    filter: option("TEXT", "texts with this in their name only", ""),
  },
};

await runScript(command, ({ from, cases, filter }) => {
  if (packageOf(from) === null) {
    console.log(
      `skipped: llvm-bindings is not installed and built in '${from}'; docs/makers/decisions/0010-libllvm-through-koffi.md says how`,
    );
    return 0;
  }
  const folder = mkdtempSync(path.join(tmpdir(), "qc-llvm-bindings-"));
  const file = path.join(folder, "module.ll");
  let [read, wrong, functions, instructions] = [0, 0, 0, 0];
  try {
    for (const { name, text } of texts(cases)) {
      if (!name.includes(filter)) continue;
      const emitted = text();
      const found = complaint(emitted, from, file);
      const counted = countText(emitted);
      [read, functions, instructions] = [read + 1, functions + counted.functions, instructions + counted.instructions];
      if (found === null) continue;
      wrong++;
      console.error(`${name}: ${found}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    `${read} modules, ${functions} functions, ${instructions} instructions read by llvm-bindings; ${wrong} of the modules refused`,
  );
  return wrong > 0 ? 1 : 0;
});
