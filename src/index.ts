/** The public API. `qc/runtime` has the loader alone. */
export type {
  BuildRequest,
  CalibrationSample,
  CalibrationSamples,
  CompileReport,
  CompileRequest,
  QuantizeRequest,
} from "./compile.js";
export { type Context, type ContextOptions, createContext } from "./context.js";
export type { Frontend } from "./frontends/frontend.js";
export type { ImportRule, ImportRules, NodeImport } from "./frontends/onnx/rule.js";
export type { OpDef } from "./ir/op/define.js";
export type { Pass } from "./ir/pass/pass.js";
export { definePlugin, loadPlugin, PLUGIN_API, type Plugin, type PluginTools } from "./plugin.js";
export { type LoadOptions, load, type Net } from "./runtime/index.js";
export { type Diag, formatDiag, QcError } from "./support/diag.js";
