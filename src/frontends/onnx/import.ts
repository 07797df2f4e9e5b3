/** ONNX to graph IR: one pass over the nodes in dependency order, each translated by the rule of its op type. */
import path from "node:path";
import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import type { Module, ValueId } from "../../ir/graph/module.js";
import { declareStates } from "../../ir/graph/state.js";
import { bytesOf } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { fail, QcError } from "../../support/diag.js";
import { checkInputNames, type ImportOptions, inputTypes, NO_SHAPES } from "../shared/inputs.js";
import { refusals } from "../shared/refusals.js";
import { ONNX_CODES } from "./codes.js";
import { dataFolderOf } from "./external-data.js";
import { functionKey } from "./functions.js";
import { defineConstants, importNodes, initializersOf, NEWEST_OPSET, type Run } from "./import-nodes.js";
import { declaredInput } from "./inputs.js";
import { onnxLimits } from "./limits.js";
import { copyRaw, type ReadRaw, withModelFile } from "./model-file.js";
import { decodeModel, type FunctionProto, type GraphProto, type ModelProto, toSafeInt } from "./proto.js";
import type { ImportRules } from "./rule.js";
import { orderedNodes, readsOf } from "./topology.js";

/** Ops of opsets below 7 are read where they mean the same (legacy.ts), opsets above NEWEST_OPSET with a warning. */
const OLDEST_OPSET = 1;

/** Reads a model file. Errors: QC-ONNX-001..022; every unsupported node is listed in one error. */
export function importOnnxFile(file: string, rules: ImportRules, ctx: IrContext, options: ImportOptions = {}): Module {
  try {
    return withModelFile(file, ({ bytes, readRaw }) => importOnnx(bytes, file, rules, ctx, options, readRaw));
  } catch (error) {
    throw error instanceof QcError ? withAdvice(error) : error;
  }
}

/** Operators that refuse their operands know nothing of models: what to do about it is said here. */
function withAdvice(error: QcError): QcError {
  const [first, ...more] = error.diags;
  if (error.diags.some((d) => d.help)) return error;
  const help = "the model contradicts itself: check it with onnx.checker.check_model, and the sizes given with --input_shapes";
  return new QcError([{ ...first, help }, ...more], error.kind);
}

/** `file` names the model in messages; external data is read from its folder, raw tensors by `readRaw`. */
export function importOnnx(
  bytes: Uint8Array,
  file: string,
  rules: ImportRules,
  ctx: IrContext,
  options: ImportOptions = {},
  readRaw: ReadRaw = copyRaw,
): Module {
  const model = decodeModel(bytes, file);
  const name = path.basename(file);
  const graph = model.graph as GraphProto;
  const opsets = opsetsOf(model, name, ctx);
  const env = new Map<string, ValueId>();
  const infer = onnxLimits.inferWithin(ctx.ops);
  const builder = createFuncBuilder("main", infer, ctx.blobs);
  const outputs = outputNames(graph, name, ctx);
  checkNames(graph, name);
  const nodes = orderedNodes(graph, outputs, name);
  const wanted = new Set([...nodes.flatMap(readsOf), ...outputs]);
  const run: Run = {
    state: {
      ...{ ctx, builder, infer, budget: onnxLimits.createBudget(nodesOf(model)), limits: onnxLimits, codes: ONNX_CODES },
      ...{ folder: dataFolderOf(file), readRaw, wanted, params: new Set() },
    },
    rules,
    opsets,
    functions: functionsOf(model, name),
    file: name,
    refused: [],
    poisoned: new Set(),
    depth: 0,
  };
  const initial = defineInputs(graph, env, run, options);
  defineConstants(graph, env, run);
  importNodes(nodes, env, run);
  if (run.refused.length) throw new QcError(refusals(run.refused, name, ONNX_CODES.unsupported));
  const results = outputs.map(
    (o) =>
      env.get(o) || fail("QC-ONNX-016", `output '${o}' is computed by no node`, { loc: { file: name, node: o }, help: EDITED }),
  );
  const { func, consts } = builder.finish(results, outputs);
  const module: Module = {
    version: 1,
    name: path.basename(name, path.extname(name)),
    funcs: [func],
    consts,
    states: [],
    props: {},
  };
  return declareStates(module, options.states ?? [], initial);
}

const nodesOf = (model: ModelProto): number =>
  [model.graph, ...(model.functions ?? [])].reduce((sum, g) => sum + (g?.node?.length ?? 0), 0);

/** Functions that share a name are told apart by an overload, a field that qc does not read. */
function functionsOf(model: ModelProto, file: string): Run["functions"] {
  const functions = new Map<string, FunctionProto>();
  for (const f of model.functions ?? []) {
    const key = functionKey(f.domain, f.name);
    if (functions.has(key))
      fail("QC-ONNX-016", `${file} defines the function '${f.name}' more than once: overloads are not read`, {
        loc: { file, node: f.name ?? "" },
        help: "give the functions names of their own",
      });
    functions.set(key, f);
  }
  return functions;
}

const EDITED = "the model is truncated or was edited wrongly";

/** A result that is listed twice is one output: the names of a network's outputs are distinct. */
function outputNames(graph: GraphProto, file: string, ctx: IrContext): readonly string[] {
  const times = new Map<string, number>();
  for (const { name } of graph.output ?? []) times.set(name ?? "", (times.get(name ?? "") ?? 0) + 1);
  const outputs = [...times.keys()];
  if (outputs.length === 0) fail("QC-ONNX-016", `${file} has no outputs`, { help: EDITED });
  checkPortNames("output", outputs, file);
  for (const o of outputs) {
    if (times.get(o) === 1) continue;
    const message = `'${o}' is listed more than once among the outputs of ${file}; the network has it once`;
    ctx.report({ severity: "warning", code: "QC-ONNX-023", message, loc: { file, node: o } });
  }
  for (const o of graph.output ?? []) {
    if (
      o.type &&
      !o.type.tensorType &&
      (o.type.sequenceType || o.type.mapType || o.type.optionalType || o.type.sparseTensorType)
    ) {
      fail("QC-ONNX-011", `output '${o.name}' is no tensor`, { help: "sequences, maps and optionals are not supported" });
    }
  }
  return outputs;
}

/** Names of inputs and outputs are strings of C, which end at a NUL. */
function checkPortNames(kind: "input" | "output", names: readonly string[], file: string): void {
  const wrong = names.find((n) => n.includes("\0"));
  if (wrong !== undefined) {
    fail("QC-ONNX-016", `the name of ${kind} '${wrong}' holds a NUL character`, { loc: { file, node: wrong }, help: EDITED });
  }
}

/** Inputs, initializers and nodes define every name once; an initializer may repeat an input, which is then its default. */
function checkNames(graph: GraphProto, file: string): void {
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ["input", (graph.input ?? []).map((i) => i.name ?? "")],
    ["initializer", initializersOf(graph).map((i) => i.name)],
  ];
  const produced = new Set((graph.node ?? []).flatMap((n) => n.output ?? []));
  for (const [kind, names] of kinds) {
    const seen = new Set<string>();
    for (const n of names) {
      if (seen.has(n)) fail("QC-ONNX-016", `${file} has two ${kind}s named '${n}'`, { help: EDITED });
      seen.add(n);
      if (n !== "" && produced.has(n)) {
        fail("QC-ONNX-016", `'${n}' is an ${kind} and the output of a node`, { loc: { file, node: n }, help: EDITED });
      }
    }
  }
}

function opsetsOf(model: ModelProto, file: string, ctx: IrContext): ReadonlyMap<string, number> {
  const opsets = new Map<string, number>();
  for (const o of model.opsetImport ?? []) {
    const [domain, version] = [o.domain === "ai.onnx" ? "" : (o.domain ?? ""), toSafeInt(o.version)];
    if ((opsets.get(domain) ?? version) !== version)
      fail("QC-ONNX-016", `${file} imports two opsets of domain '${domain}', ${opsets.get(domain)} and ${version}`, {
        help: EDITED,
      });
    opsets.set(domain, version);
  }
  const version = opsets.get("");
  if (version !== undefined && version < OLDEST_OPSET) {
    fail("QC-ONNX-019", `${file} uses ONNX opset ${version}; qc reads ${OLDEST_OPSET} and newer`, {
      help: "convert it with onnx.version_converter or export it again",
    });
  }
  if (version !== undefined && version > NEWEST_OPSET) {
    const message = `${file} uses ONNX opset ${version}, newer than ${NEWEST_OPSET}: its ops are read as opset ${NEWEST_OPSET} defines them`;
    ctx.report({ severity: "warning", code: "QC-ONNX-020", message });
  }
  return opsets;
}

/** Parameters for the inputs that the caller or the state feeds; returns the default values of the latter, by name. */
function defineInputs(graph: GraphProto, env: Map<string, ValueId>, run: Run, options: ImportOptions): Map<string, ValueId> {
  const { builder, folder, params, readRaw } = run.state;
  const defaults = new Map(initializersOf(graph).map((i) => [i.name, i]));
  const states = new Set(options.states?.map((s) => s.input));
  const inputs = (graph.input ?? []).filter((i) => !defaults.has(i.name ?? "") || states.has(i.name ?? ""));
  const names = inputs.map((i) => i.name ?? "");
  const freeze = options.freeze ?? {};
  checkPortNames("input", names, run.file);
  checkInputNames("--freeze", Object.keys(freeze), names, ONNX_CODES);
  const free = inputs.filter((i) => !Object.hasOwn(freeze, i.name ?? ""));
  const types = inputTypes(free.map(declaredInput), options.shapes ?? NO_SHAPES, {
    codes: ONNX_CODES,
    limits: onnxLimits,
    report: run.state.ctx.report,
  });
  const initial = new Map<string, ValueId>();
  for (const [name, type] of types) {
    const id = builder.param(name, type);
    env.set(name, id);
    if (!states.has(name)) params.add(id);
    const init = defaults.get(name);
    if (!init) continue;
    const value = init.read(folder, readRaw);
    initial.set(name, builder.constant(value.type, bytesOf(value), name));
  }
  for (const [name, t] of Object.entries(freeze)) env.set(name, builder.constant(t.type, bytesOf(t), name));
  return initial;
}
