/** compile-once.ts MODEL FOLDER: compiles, prints {seconds, peakMiB, weightBytes} as JSON. Memory is that of this process at its peak. */
import { compileModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";

const [inputPath, outputPath] = process.argv.slice(2);
const start = performance.now();
const { weightBytes } = await compileModel({ inputPath, outputPath }, createContext());
const seconds = (performance.now() - start) / 1000;
console.log(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024, weightBytes }));
