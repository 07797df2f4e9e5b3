/**
 * The glyph network from ONNX to integers, with the functions of the package: compile, optimize, evaluate, load.
 *   node --import jiti/register examples/api/quantize.ts OUTPUT_FOLDER
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile, createContext, evaluate, formatDiag, load, optimize } from "qc";

const glyphs = resolve(fileURLToPath(import.meta.url), "../../glyphs");
const out = resolve(process.argv[2] ?? "glyphs-int8");
const model = join(glyphs, "glyphs.onnx");
const samples = join(glyphs, "samples/index.txt");
const context = createContext({ onDiag: (d) => console.error(formatDiag(d)) });

// evaluate looks for the float build in the subfolder "float"
const float = await compile({ inputPath: model, outputPath: join(out, "float") }, context);
const int8 = await optimize({ inputPath: model, outputPath: out, samples, preprocessor: "unit" }, context);
console.log(`weights: ${float.weightBytes} bytes in floats, ${int8.weightBytes} in integers`);

const result = await evaluate({ modelPath: out, samples });
console.log(`top-1 of ${result.samples} samples: ${result.model.top1} %, ${result.float?.top1} % in floats`);

const net = await load(out, { threads: 1 });
const [input] = net.inputs;
const image = new Float32Array(input.shape.reduce((n, d) => n * d, 1)).fill(0.5);
const outputs = net.run({ [input.name]: image });
console.log(`a grey image gives ${net.outputs.map((o) => `${o.name}: ${outputs[o.name].length} values`).join(", ")}`);
net.close();
