/** The model that `run`, `evaluate` and `bench` work on: a folder of results, or a model file that is compiled for the occasion. */
import { join } from "node:path";
import type { BuiltModel } from "../../evaluate/builds.js";
import { failUsage } from "../../support/diag.js";
import { isFile } from "../../support/fs.js";
import { withTempFolder } from "../../support/temp-folder.js";
import type { Io } from "../options/command.js";
import { choice, integer, text } from "../options/option.js";

export const FOLDER = {
  name: "FOLDER",
  doc: "what qc compile or qc optimize wrote; or a model file (.onnx, .qc), compiled on the fly",
  required: false,
} as const;

/** Options that every command on a built model takes; those of LEIP that mean nothing here are read and let pass. */
export const builtOptions = {
  inputPath: text("the same as FOLDER, as LEIP's command lines write it", { aliases: ["-in"], value: "FOLDER" }),
  threads: integer("threads of the runtime; QC_THREADS, else 1", { min: 1, max: 256 }),
  framework: text("LEIP: the framework is qc's own", { aliases: ["-fw"], hidden: true }),
  inferenceContext: choice("LEIP: where to run", ["cpu", "cuda"], "cpu", { hidden: true }),
} as const;

interface BuiltArgs {
  readonly operands: readonly string[];
  readonly inputPath: string | undefined;
  readonly inferenceContext: "cpu" | "cuda";
}

/** Opens the model that the arguments name, and removes what was compiled for it afterwards. */
export async function withBuilt<T>(args: BuiltArgs, io: Io, use: (built: BuiltModel) => Promise<T>): Promise<T> {
  const path =
    args.operands[0] ??
    args.inputPath ??
    failUsage("QC-CLI-030", "no model is named", "name the folder that `qc compile` or `qc optimize` wrote: qc run out/");
  if (args.operands[0] !== undefined && args.inputPath !== undefined)
    failUsage("QC-CLI-030", `two models are named, '${args.operands[0]}' and '${args.inputPath}'`, "leave --input_path out");
  if (args.inferenceContext === "cuda")
    failUsage(
      "QC-CLI-031",
      "--inference_context cuda needs a build for CUDA, and this qc has none",
      "leave it out to run on the CPU",
    );
  if (!isFile(path) || isOfBuild(path)) return use(await openBuilt(path, io));
  const { compileModel } = await import("../../compile.js");
  const { createContext } = await import("../../context.js");
  io.note(`compiling ${path} for this run; qc compile keeps the result`);
  return withTempFolder("built", async (folder) => {
    await compileModel({ inputPath: path, outputPath: folder }, createContext());
    return use(await openBuilt(folder, io));
  });
}

/** Is it a file that a build wrote, which stands for its folder? */
const isOfBuild = (path: string): boolean => /\.so$|(^|[\\/])model\.json$/.test(path);

async function openBuilt(folder: string, io: Io): Promise<BuiltModel> {
  const { load } = await import("../../runtime/index.js");
  const { readModelRecord } = await import("../../runtime/model-record.js");
  const base = isFile(folder) ? join(folder, "..") : folder;
  const net = await load(folder, { threads: 1, verify: true }); // says what is wrong with the folder, if anything is
  net.close();
  return {
    folder: base,
    json: readModelRecord(join(base, "model.json")),
    // small networks lose more to waking threads than they gain: 67,000 runs a second on one, 270 on two of a busy machine
    load: (threads, subfolder = "") =>
      load(join(base, subfolder), {
        threads: threads ?? (io.env.QC_THREADS ? undefined : 1),
        verify: subfolder !== "", // that of the folder itself is compared above
      }),
  };
}
