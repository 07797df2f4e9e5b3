/** ONNX to graph IR: one pass over the nodes in dependency order, each translated by the rule of its op type. */
import path from "node:path";
import { createFuncBuilder } from "../../ir/graph/func-builder.js";
import type { Module, ValueId } from "../../ir/graph/module.js";
import { inferWith } from "../../ir/op/infer-node.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import type { IrContext } from "../../ir/pass/context.js";
import { type Diag, fail, type Loc, QcError } from "../../support/diag.js";
import { readBytes } from "../../support/fs.js";
import { didYouMean } from "../../support/suggest.js";
import { expandFunction } from "./functions.js";
import { type InputShapes, inputTypes, NO_SHAPES } from "./inputs.js";
import { createNodeImport, type ImportState, isUnsupported } from "./node-import.js";
import {
  decodeModel,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  tensorFromProto,
  toSafeInt,
} from "./proto.js";
import { type Refusal, refusals } from "./refusals.js";
import type { ImportRules } from "./rule.js";
import { orderedNodes, readsOf } from "./topology.js";

export interface ImportOptions {
  readonly shapes?: InputShapes;
  /** Inputs that are fixed to a value; they vanish from the compiled model's signature. */
  readonly freeze?: Readonly<Record<string, Tensor>>;
}

/** The opsets this frontend knows; newer ones are read with a warning, older ones refused. */
const OLDEST_OPSET = 7;
const NEWEST_OPSET = 28;

/** Reads a model file. Errors: QC-ONNX-001..018; every unsupported node is listed in one error. */
export function importOnnxFile(file: string, rules: ImportRules, ctx: IrContext, options: ImportOptions = {}): Module {
  return importOnnx(readBytes(file), file, rules, ctx, options);
}

/** `file` names the model in messages; external data is read from its folder. */
export function importOnnx(
  bytes: Uint8Array,
  file: string,
  rules: ImportRules,
  ctx: IrContext,
  options: ImportOptions = {},
): Module {
  const model = decodeModel(bytes, file);
  const name = path.basename(file);
  const graph = model.graph as GraphProto;
  const opsets = opsetsOf(model, name, ctx);
  const env = new Map<string, ValueId>();
  const builder = createFuncBuilder("main", inferWith(ctx.ops), ctx.blobs);
  const outputs = (graph.output ?? []).map((o) => o.name ?? "");
  const nodes = orderedNodes(graph, outputs, name);
  const folder = path.dirname(path.resolve(file));
  const run: Run = {
    state: { ctx, builder, folder, wanted: new Set([...nodes.flatMap(readsOf), ...outputs]) },
    rules,
    opsets,
    functions: new Map((model.functions ?? []).map((f) => [`${f.domain ?? ""}::${f.name}`, f])),
    file: name,
    refused: [],
    poisoned: new Set(),
  };
  defineInputs(graph, env, run, options);
  const reads = new Set([...nodes.flatMap(readsOf), ...outputs]);
  for (const init of graph.initializer ?? []) {
    if (!init.name || !reads.has(init.name) || env.has(init.name)) continue;
    const t = tensorFromProto(init, folder, init.name);
    env.set(init.name, builder.constant(t.type, bytesOf(t), init.name));
  }
  importNodes(nodes, env, run);
  if (run.refused.length) throw new QcError(refusals(run.refused, name));
  const results = outputs.map(
    (o) => env.get(o) ?? fail("QC-ONNX-016", `output '${o}' is computed by no node`, { loc: { file: name, node: o } }),
  );
  const { func, consts } = builder.finish(results, outputs);
  return { version: 1, name: path.basename(name, path.extname(name)), funcs: [func], consts, props: {} };
}

interface Run {
  readonly state: ImportState;
  readonly rules: ImportRules;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly file: string;
  readonly refused: Refusal[];
  /** Names whose producer was refused; their readers are skipped. */
  readonly poisoned: Set<string>;
}

function opsetsOf(model: ModelProto, file: string, ctx: IrContext): ReadonlyMap<string, number> {
  const opsets = new Map(
    (model.opsetImport ?? []).map((o) => [o.domain === "ai.onnx" ? "" : (o.domain ?? ""), toSafeInt(o.version)]),
  );
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

function defineInputs(graph: GraphProto, env: Map<string, ValueId>, run: Run, options: ImportOptions): void {
  const initialized = new Set((graph.initializer ?? []).map((i) => i.name));
  const inputs = (graph.input ?? []).filter((i) => !initialized.has(i.name));
  const names = inputs.map((i) => i.name ?? "");
  const freeze = options.freeze ?? {};
  for (const name of Object.keys(freeze)) {
    if (!names.includes(name)) {
      fail("QC-ONNX-010", `--freeze names '${name}', which is no input of the model`, {
        help: didYouMean(name, names) ?? `its inputs are ${names.map((n) => `'${n}'`).join(", ")}`,
      });
    }
  }
  const free = inputs.filter((i) => !Object.hasOwn(freeze, i.name ?? ""));
  const types = inputTypes(free, options.shapes ?? NO_SHAPES, run.state.ctx.report);
  for (const [name, type] of types) env.set(name, run.state.builder.param(name, type));
  for (const [name, t] of Object.entries(freeze)) env.set(name, run.state.builder.constant(t.type, bytesOf(t), name));
}

function importNodes(nodes: readonly NodeProto[], env: Map<string, ValueId>, run: Run): void {
  for (const node of nodes) {
    const outputs = node.output ?? [];
    if (readsOf(node).some((r) => run.poisoned.has(r))) {
      for (const o of outputs) run.poisoned.add(o);
      continue;
    }
    const loc: Loc = { file: run.file, node: node.name || outputs.find((o) => o !== "") || node.opType || "node" };
    try {
      const values = importNode(node, loc, env, run);
      outputs.forEach((o, i) => {
        if (o !== "" && values[i] !== undefined) env.set(o, values[i]);
      });
    } catch (e) {
      const refusal = asRefusal(e, node, loc);
      if (!refusal) throw e;
      run.refused.push(refusal);
      for (const o of outputs) run.poisoned.add(o);
    }
  }
}

function asRefusal(e: unknown, node: NodeProto, loc: Loc): Refusal | null {
  const op = node.domain && node.domain !== "ai.onnx" ? `${node.domain}::${node.opType}` : (node.opType ?? "");
  if (isUnsupported(e)) return { op, loc, reason: e.reason, help: e.help };
  if (e instanceof QcError && e.code === "QC-ONNX-018")
    return { op, loc, reason: e.diags[0].message, help: e.diags[0].help, diag: e.diags[0] };
  return null;
}

function importNode(node: NodeProto, loc: Loc, env: Map<string, ValueId>, run: Run): readonly ValueId[] {
  const inputs = (node.input ?? []).map((name) => (name === "" ? "" : (env.get(name) ?? undefinedInput(name, loc))));
  const domain = node.domain === "ai.onnx" ? "" : (node.domain ?? "");
  const opset = run.opsets.get(domain) ?? run.opsets.get("") ?? 1;
  const n = createNodeImport(run.state, node, Math.min(opset, domain === "" ? NEWEST_OPSET : opset), inputs, loc);
  const key = domain === "" ? (node.opType ?? "") : `${domain}::${node.opType}`;
  if (key === "If") return importIf(node, n.known(n.input(0)), loc, env, run);
  const fn = run.functions.get(`${domain}::${node.opType}`);
  if (fn) {
    const inner = new Map<string, ValueId>();
    const expanded = expandFunction(fn, node, loc);
    (fn.input ?? []).forEach((name, i) => inner.set(name, inputs[i] ?? ""));
    importNodes(expanded, inner, run);
    return (fn.output ?? []).map((o) => inner.get(o) ?? "");
  }
  const rule = run.rules[key] ?? n.unsupported(`op '${key}' is not supported`);
  const values = rule(n);
  return typeof values === "string" ? [values] : values;
}

function undefinedInput(name: string, loc: Loc): never {
  return fail("QC-ONNX-016", `operand '${name}' is defined nowhere`, {
    loc,
    help: "the model is truncated or was edited wrongly",
  });
}

/** `If` with a condition known at compile time is the chosen branch. */
function importIf(node: NodeProto, cond: Tensor | null, loc: Loc, env: Map<string, ValueId>, run: Run): readonly ValueId[] {
  if (!cond)
    throw new QcError([
      { severity: "error", code: "QC-ONNX-018", message: "op 'If' with a condition computed at run time is not supported", loc },
    ]);
  const branch = node.attribute?.find((a) => a.name === (Number(cond.data[0]) ? "then_branch" : "else_branch"))?.g;
  if (!branch) return fail("QC-ONNX-016", "If is malformed: a branch is missing", { loc });
  const outputs = (branch.output ?? []).map((o) => o.name ?? "");
  const inner = new Map(env);
  for (const init of branch.initializer ?? []) {
    const t = tensorFromProto(init, run.state.folder, init.name ?? "");
    inner.set(init.name ?? "", run.state.builder.constant(t.type, bytesOf(t), init.name ?? "c"));
  }
  const nodes = orderedNodes(branch, outputs, run.file);
  const state = { ...run.state, wanted: new Set([...nodes.flatMap(readsOf), ...outputs]) };
  importNodes(nodes, inner, { ...run, state });
  return outputs.map((o) => inner.get(o) ?? "");
}
