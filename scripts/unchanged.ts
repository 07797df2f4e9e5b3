/** Does a change of the compiler leave what it emits as it was, byte for byte? */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { writeFileAtomic } from "../src/support/fs.js";
import { sha256Hex } from "../src/support/hash.js";
import { readNpy } from "../src/support/npy.js";
import { flag, option, runScript, UsageError } from "./command-line.mjs";

const project = fileURLToPath(new URL("..", import.meta.url));
const HOST = "llvm";
const TARGETS = [
  HOST,
  "llvm -mcpu=znver3",
  "llvm -device=arm_cpu -model=bcm2837 -mtriple=aarch64-linux-gnu -mattr=+neon -mcpu=cortex-a72",
];
const QUANTIZERS = ["symmetricpc", "asymmetric"];

/** What one build emits: checksums, and the keys of its kernels in tuning records; or the first line of its refusal. */
interface Emitted {
  readonly so?: string;
  readonly text?: string;
  readonly workloads?: string;
  readonly refused?: string;
}
type Record_ = Readonly<Record<string, Emitted>>;

interface Model {
  readonly name: string;
  readonly file: string;
  /** `--input_shapes` for the sizes that it leaves open. */
  readonly shapes: readonly string[];
  /** Arrays or images for calibration; none where the model has several inputs. */
  readonly samples: readonly string[];
}

const command = {
  run: "npm run unchanged --",
  about: `Builds every ONNX model of a folder for three targets, in floats and quantized, and prints the SHA-256 of what was emitted:
model.so, its LLVM text, and the keys of its kernels in tuning records. Run it with --record before a change, with --against after it.
Exit code 1 where something differs.`,
  options: {
    models: option("FOLDER", "searched for .onnx files, with a manifest.json or without", path.join(project, "examples/glyphs")),
    qc: option("FILE", "the command to run: dist/cli/main.js of any checkout", path.join(project, "dist/cli/main.js")),
    record: option("FILE", "writes the checksums", null as string | null),
    against: option(
      "FILE",
      "compares with checksums that --record wrote; kinds that it does not hold are not compared",
      null as string | null,
    ),
    filter: option("TEXT", "models with the text in their path only", ""),
    portable: flag("only what any machine emits alike: no build for the machine at hand, none calibrated on it, no model.so"),
  },
  examples: [
    ["npm run unchanged -- --models ../shared/models --record before.json", "before a change"],
    ["npm run unchanged -- --models ../shared/models --against before.json", "after it"],
  ] as const,
};

const differences = (before: Emitted | undefined, after: Emitted): string[] =>
  before === undefined
    ? []
    : Object.entries(before).flatMap(([kind, hash]) => (after[kind as keyof Emitted] === hash ? [] : [kind]));

function* buildsOf(
  model: Model,
  folder: string,
  portable: boolean,
): Iterable<{ readonly name: string; readonly args: readonly string[] }> {
  const list = path.join(folder, "samples.txt");
  writeFileSync(list, `${writeSamples(model, folder).join("\n")}\n`);
  for (const target of portable ? TARGETS.filter((t) => t !== HOST) : TARGETS) {
    const common = ["--input_path", model.file, "--target", target, ...model.shapes.flatMap((s) => ["--input_shapes", s])];
    yield { name: `${model.name} | ${target} | float`, args: ["compile", ...common] };
    if (model.samples.length === 0 || portable) continue;
    for (const quantizer of QUANTIZERS) {
      const args = [
        "optimize",
        ...common,
        "--rep_dataset",
        list,
        "--quantizer",
        quantizer,
        "--preprocessor",
        "unit",
        "--no-float",
      ];
      yield { name: `${model.name} | ${target} | ${quantizer}`, args };
    }
  }
}

/** The samples as plain .npy files. */
function writeSamples({ samples }: Model, folder: string): string[] {
  return samples.map((file, i) => {
    if (!file.endsWith(".gz")) return file;
    const plain = path.join(folder, `sample-${i}.npy`);
    writeFileSync(plain, gunzipSync(readFileSync(file)));
    return plain;
  });
}

function emit(qc: string, args: readonly string[], out: string, portable: boolean): Emitted {
  rmSync(out, { recursive: true, force: true });
  const run = (more: readonly string[]) =>
    spawnSync(process.execPath, [qc, ...more], { encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, NO_COLOR: "1" } });
  const built = run([...args, "--output_path", out, "--emit", "llvm", "--json"]);
  if (built.status !== 0) return { refused: /error (QC-[A-Z]+-\d+)/.exec(built.stderr)?.[1] ?? `exit code ${built.status}` };
  const hash = (file: string) => sha256Hex(readFileSync(path.join(out, file)));
  const text = { text: hash("model.ll") };
  if (args[0] !== "compile") return portable ? text : { ...text, so: hash("model.so") };
  const shapes = args.flatMap((a, i) => (a === "--input_shapes" ? [a, args[i + 1]] : []));
  const kernels = run(["schedule", args[2], "--target", args[4], ...shapes, "--json"]);
  return { ...text, ...(portable ? {} : { so: hash("model.so") }), workloads: sha256Hex(kernels.stdout) };
}

/** Models of the manifest with the shapes and inputs of their recorded cases, or all .onnx files under the folder. */
function findModels(root: string): Model[] {
  const manifest = path.join(root, "manifest.json");
  if (!existsSync(manifest)) {
    return onnxUnder(root).map((file) => ({
      name: path.relative(root, file),
      file,
      shapes: [],
      samples: imagesBeside(file),
    }));
  }
  const rows = JSON.parse(readFileSync(manifest, "utf8")) as {
    file: string;
    inputs: string[];
    references: string | null;
    stream: object | null;
  }[];
  return rows
    .filter((m) => m.file.endsWith(".onnx"))
    .map((m) => {
      const cases =
        m.references === null
          ? []
          : readdirSync(path.join(root, m.references))
              .sort()
              .map((c) => path.join(root, m.references!, c));
      const input = (folder: string, i: number) => path.join(folder, `input_${i}.npy.gz`);
      const shapeOf = (i: number) => readNpy(input(cases[0], i)).shape.slice(m.stream && i === 0 ? 1 : 0);
      const open = m.inputs.flatMap((text, i) =>
        /\['|, '|-1/.test(text) && cases.length ? [`${text.replace(/ [A-Z0-9]+\[.*$/, "")}:[${shapeOf(i).join(",")}]`] : [],
      );
      const samples = m.inputs.length === 1 && !m.stream ? cases.map((c) => input(c, 0)) : [];
      return { name: m.file, file: path.join(root, m.file), shapes: open, samples };
    });
}

function onnxUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((e) => {
    const file = path.join(folder, e.name);
    return e.isDirectory() ? onnxUnder(file) : e.name.endsWith(".onnx") ? [file] : [];
  });
}

const IMAGES = 16;

/** The first images of `samples/test` beside a model. */
function imagesBeside(file: string): string[] {
  const folder = path.join(path.dirname(file), "samples/test");
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .slice(0, IMAGES)
        .map((f) => path.join(folder, f))
    : [];
}

await runScript(command, (o) => {
  const known = o.against === null ? null : (JSON.parse(readFileSync(o.against, "utf8")) as Record_);
  const models = findModels(path.resolve(o.models)).filter((m) => m.name.includes(o.filter));
  if (models.length === 0) throw new UsageError(`there is no .onnx file with '${o.filter}' in its path under '${o.models}'`);
  const folder = mkdtempSync(path.join(tmpdir(), "qc-unchanged-"));
  const rows: Record<string, Emitted> = {};
  try {
    for (const model of models) {
      for (const { name, args } of buildsOf(model, folder, o.portable)) {
        const emitted = emit(path.resolve(o.qc), args, path.join(folder, "out"), o.portable);
        rows[name] = emitted;
        const changed = known ? differences(known[name], emitted) : [];
        const note = !known
          ? ""
          : known[name] === undefined
            ? "  not known"
            : changed.length
              ? `  CHANGED: ${changed.join(", ")}`
              : "  same";
        console.log(`${name}: ${emitted.refused ?? (emitted.so ?? emitted.text)?.slice(0, 12)}${note}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (o.record !== null) writeFileAtomic(o.record, `${JSON.stringify(rows, null, 1)}\n`);
  if (!known) return 0;
  const changed = Object.keys(rows).filter(
    (name) => known[name] === undefined || differences(known[name], rows[name]).length > 0,
  );
  console.log(`${Object.keys(rows).length} builds, ${changed.length} changed`);
  return changed.length ? 1 : 0;
});
