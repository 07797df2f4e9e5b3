/** Translation of a list of nodes in one scope: rules, calls of local functions, and `If` with a known condition. */
import { isAbsent, type ValueId } from "../../ir/graph/module.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import { fail, type Loc, QcError } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { isUnsupported, type Refusal } from "../shared/refusals.js";
import type { DataFolder } from "./external-data.js";
import { expandFunction, functionKey } from "./functions.js";
import { CONVERT, hasNewForm, legacyInputs, OLDEST_RULES } from "./legacy.js";
import { onnxLimits } from "./limits.js";
import type { ReadRaw } from "./model-file.js";
import { createNodeImport, type ImportState } from "./node-import.js";
import { type FunctionProto, type GraphProto, type NodeProto, tensorFromProto, toSafeInt } from "./proto.js";
import type { ImportRules, NodeImport } from "./rule.js";
import { tensorFromSparse } from "./sparse.js";
import { orderedNodes, readsOf } from "./topology.js";

export const NEWEST_OPSET = 28;

/** What stays the same while the nodes of one scope are translated. */
export interface Run {
  readonly state: ImportState;
  readonly rules: ImportRules;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly file: string;
  /** Collected over all scopes. */
  readonly refused: Refusal[];
  /** Names of this scope whose producer was refused; their readers are skipped. */
  readonly poisoned: Set<string>;
  /** Calls and branches around this scope. */
  readonly depth: number;
}

/** The value of an output, `""` for one that is left out, null for one whose producer was refused. */
type Output = ValueId | null;

interface Initializer {
  readonly name: string;
  read(folder: DataFolder, readRaw: ReadRaw): Tensor;
}

/** The initializers of a graph, dense and sparse; the values of a sparse one hold its name. */
export function initializersOf(graph: GraphProto): readonly Initializer[] {
  return [
    ...(graph.initializer ?? []).map((t): Initializer => {
      const name = t.name ?? "";
      return { name, read: (folder, readRaw) => tensorFromProto(t, folder, name, readRaw) };
    }),
    ...(graph.sparseInitializer ?? []).map((t): Initializer => {
      const name = t.values?.name ?? "";
      return { name, read: (folder, readRaw) => tensorFromSparse(t, folder, name, readRaw) };
    }),
  ];
}

/** The initializers of a graph that something reads. */
export function defineConstants(graph: GraphProto, env: Map<string, ValueId>, run: Run, shadows = false): void {
  const { wanted, builder, folder, readRaw, budget } = run.state;
  for (const { name, read } of initializersOf(graph)) {
    if (!name || !wanted.has(name) || (env.has(name) && !shadows)) continue;
    const t = read(folder, readRaw);
    budget.countBytes(t.data.byteLength);
    env.set(name, builder.constant(t.type, bytesOf(t), name));
  }
}

/** Translates `nodes`, which stand in dependency order, into `env`; refusals are collected in the run. */
export function importNodes(nodes: readonly NodeProto[], env: Map<string, ValueId>, run: Run): void {
  run.state.budget.countNodes(nodes.length);
  for (const node of nodes) {
    const outputs = node.output ?? [];
    const poison = () => outputs.forEach((o) => run.poisoned.add(o));
    const loc: Loc = { file: run.file, node: node.name || outputs.find((o) => o !== "") || node.opType || "node" };
    if (readsOf(node).some((r) => run.poisoned.has(r))) {
      run.refused.push(...unknownOps(node, loc, run));
      poison();
      continue;
    }
    try {
      const values = importNode(node, loc, env, run);
      outputs.forEach((o, i) => {
        const value = values[i];
        if (value === null) run.poisoned.add(o);
        else if (o !== "" && value !== undefined) env.set(o, value);
      });
    } catch (e) {
      if (e instanceof RangeError) outOfMemory(e, node, loc);
      const refusal = asRefusal(e, node, loc, run);
      if (!refusal) throw e;
      run.refused.push(refusal);
      poison();
    }
  }
}

/** What cannot be imported of a node whatever its operands are: behind a refused node nothing is known about these. */
function unknownOps(node: NodeProto, loc: Loc, run: Run): readonly Refusal[] {
  const domain = domainOf(node);
  const fn = run.functions.get(functionKey(domain, node.opType));
  if (fn) {
    onnxLimits.checkNesting(run.depth + 1, "function calls and branches", loc);
    const inner = { ...run, depth: run.depth + 1 };
    run.state.budget.countCalledNodes(fn.node?.length ?? 0, loc);
    return expandFunction(fn, node, loc).flatMap((n) => unknownOps(n, { file: run.file, node: n.name ?? loc.node }, inner));
  }
  const op = ruleKey(node);
  if (op !== "If" && !Object.hasOwn(run.rules, op)) return [{ op, loc, reason: unknownOp(op), help: ADD_IT }];
  const opset = run.opsets.get("") ?? OLDEST_RULES;
  if (domain === "" && !hasNewForm(op, opset))
    return [{ op, loc, reason: `its form of opset ${opset} is not read`, help: CONVERT }];
  return [];
}

const unknownOp = (key: string): string => `op '${key}' is not supported`;
const ADD_IT = "docs/ops.md lists what is; a plugin can add it (docs/plugins.md)";

const domainOf = (node: NodeProto): string => (node.domain === "ai.onnx" ? "" : (node.domain ?? ""));
const ruleKey = (node: NodeProto): string => (domainOf(node) === "" ? (node.opType ?? "") : `${domainOf(node)}::${node.opType}`);

/** What JavaScript throws for an array longer than it can hold, and for recursion without end. */
function outOfMemory(e: RangeError, node: NodeProto, loc: Loc): never {
  fail("QC-ONNX-021", `${node.opType} asks for more than this machine holds: ${e.message}`, {
    loc,
    help: "the model is damaged, or its shapes are not what its author meant",
  });
}

function asRefusal(e: unknown, node: NodeProto, loc: Loc, run: Run): Refusal | null {
  const op = ruleKey(node);
  if (isUnsupported(e)) return { op, loc, reason: e.reason, help: e.help };
  if (e instanceof QcError && e.code === run.state.codes.notConstant) {
    return { op, loc, reason: e.diags[0].message, help: e.diags[0].help, diag: e.diags[0] };
  }
  return null;
}

function importNode(node: NodeProto, loc: Loc, env: Map<string, ValueId>, run: Run): readonly Output[] {
  const inputs = (node.input ?? []).map((name) => (name === "" ? "" : (env.get(name) ?? undefinedInput(name, loc, env))));
  const domain = domainOf(node);
  const fn = run.functions.get(functionKey(domain, node.opType));
  if (fn) return importCall(fn, node, inputs, loc, run);
  const opset = run.opsets.get(domain) ?? run.opsets.get("");
  if (opset === undefined) {
    return fail("QC-ONNX-001", `${run.file} imports no opset for '${node.opType}'`, { loc, help: "export the model again" });
  }
  const version = domain === "" ? Math.min(opset, NEWEST_OPSET) : opset;
  const view = (operands: readonly ValueId[]) =>
    createNodeImport(run.state, node, Math.max(version, domain === "" ? OLDEST_RULES : 0), operands, loc);
  const n = domain === "" && version < OLDEST_RULES ? view(legacyInputs(view(inputs), version)) : view(inputs);
  const key = ruleKey(node);
  if (key === "If") return importIf(n, node, loc, env, run);
  const rule = Object.hasOwn(run.rules, key) ? run.rules[key] : n.unsupported(unknownOp(key), ADD_IT);
  const values: unknown = rule(n);
  const list: unknown = typeof values === "string" ? [values] : values;
  if (!Array.isArray(list) || list.some((v) => v !== null && typeof v !== "string"))
    fail("QC-PLUGIN-011", `the importer of '${key}' gave ${String(values)}, not the ids of the node's values`, {
      loc,
      help: "return what node.emit returns",
    });
  return list as readonly Output[];
}

function undefinedInput(name: string, loc: Loc, env: ReadonlyMap<string, ValueId>): never {
  return fail("QC-ONNX-016", `operand '${name}' is defined nowhere`, {
    loc,
    help: didYouMean(name, [...env.keys()].slice(0, 1000)) ?? "the model is truncated or was edited wrongly",
  });
}

/** The scope of a graph or function body: what it wants and what it could not compute are its own. */
function innerRun(nodes: readonly NodeProto[], outputs: readonly string[], poisoned: Set<string>, loc: Loc, run: Run): Run {
  onnxLimits.checkNesting(run.depth + 1, "function calls and branches", loc);
  const wanted = new Set([...nodes.flatMap(readsOf), ...outputs]);
  return { ...run, state: { ...run.state, wanted }, poisoned, depth: run.depth + 1 };
}

function outputsOf(names: readonly string[], env: ReadonlyMap<string, ValueId>, inner: Run, loc: Loc): readonly Output[] {
  return names.map((o) => (inner.poisoned.has(o) ? null : (env.get(o) ?? undefinedInput(o, loc, env))));
}

/** A local function stands for its body; only what the call passes in is visible there. */
function importCall(fn: FunctionProto, node: NodeProto, inputs: readonly ValueId[], loc: Loc, run: Run): readonly Output[] {
  const used = (fn.output ?? []).filter((_, i) => run.state.wanted.has(node.output?.[i] ?? ""));
  onnxLimits.checkNesting(run.depth + 1, "function calls and branches", loc);
  run.state.budget.countCalledNodes(fn.node?.length ?? 0, loc);
  const body = orderedNodes({ node: expandFunction(fn, node, loc) }, used, run.file);
  const env = new Map<string, ValueId>((fn.input ?? []).map((name, i) => [name, inputs[i] ?? ""]));
  const opsets = new Map([
    ...run.opsets,
    ...(fn.opsetImport ?? []).map((o): [string, number] => [
      o.domain === "ai.onnx" ? "" : (o.domain ?? ""),
      toSafeInt(o.version),
    ]),
  ]);
  const inner = { ...innerRun(body, used, new Set(), loc, run), opsets };
  importNodes(body, env, inner);
  const results = outputsOf(used, env, inner, loc);
  const resultOf = new Map(used.map((o, i) => [o, results[i]]));
  return (fn.output ?? []).map((o) => resultOf.get(o) ?? (resultOf.has(o) ? null : ""));
}

const ONE_BRANCH = "the branch depends on data: export the model for the case that is deployed, or with Where in place of If";

/** `If` with a condition known at compile time is the chosen branch, which sees the names around it. */
function importIf(n: NodeImport, node: NodeProto, loc: Loc, env: Map<string, ValueId>, run: Run): readonly Output[] {
  const condition = n.knownInts(0, "condition", n.isInput(0) ? undefined : ONE_BRANCH);
  if (condition.length !== 1) n.malformed(`its condition has ${condition.length} elements`);
  const name = condition[0] ? "then_branch" : "else_branch";
  const branch = node.attribute?.find((a) => a.name === name)?.g ?? n.malformed(`'${name}' is missing`);
  const outputs = (branch.output ?? []).map((o) => o.name ?? "");
  if (outputs.length < (node.output ?? []).length) n.malformed(`'${name}' has ${outputs.length} outputs`);
  const nodes = orderedNodes(branch, outputs, run.file);
  const scope = new Map(env);
  const inner = innerRun(nodes, outputs, new Set(run.poisoned), loc, run);
  defineConstants(branch, scope, inner, true);
  importNodes(nodes, scope, inner);
  const values = outputsOf(outputs, scope, inner, loc);
  if (values.some((v) => v !== null && isAbsent(v))) n.malformed(`an output of '${name}' is absent`);
  return values;
}
