/**
 * compile-once.ts MODEL FOLDER: compiles, prints {seconds, peakMiB, weightBytes} as JSON: processor time and peak memory of this process,
 * which other jobs do not change.
 */
import { compileModel } from "../../src/compile.js";
import { createContext } from "../../src/context.js";

const [inputPath, outputPath] = process.argv.slice(2);
const before = process.cpuUsage();
const { weightBytes } = await compileModel({ inputPath, outputPath }, createContext());
const { user, system } = process.cpuUsage(before);
const seconds = (user + system) / 1e6;
console.log(JSON.stringify({ seconds, peakMiB: process.resourceUsage().maxRSS / 1024, weightBytes }));
