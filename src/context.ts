/** Builds the registries of one compiler session: built-ins first, then plugins. No globals, nothing registers itself. */
import type { ImportRule } from "./frontends/onnx/rule.js";
import { builtinRules } from "./frontends/onnx/rules/index.js";
import { createBlobStore } from "./ir/blob/blob-store.js";
import { createOpRegistry } from "./ir/op/registry.js";
import { builtinOps } from "./ir/ops/index.js";
import type { IrContext } from "./ir/pass/context.js";
import type { Pass } from "./ir/pass/pass.js";
import { builtinPasses } from "./passes/index.js";
import type { Plugin } from "./plugin.js";
import type { Diag } from "./support/diag.js";
import { createRuleTable } from "./support/rule-table.js";

export interface Context extends IrContext {
  readonly passes: ReadonlyMap<string, Pass>;
  readonly onnxRules: Readonly<Record<string, ImportRule>>;
  readonly plugins: readonly Plugin[];
  /** Warnings and remarks so far. */
  readonly diags: readonly Diag[];
}

export interface ContextOptions {
  readonly plugins?: readonly Plugin[];
  /** Called with every warning and remark as it comes. */
  readonly onDiag?: (d: Diag) => void;
}

export function createContext({ plugins = [], onDiag }: ContextOptions = {}): Context {
  const ops = createOpRegistry();
  const passes = createRuleTable<Pass>({ what: "pass" });
  const rules = createRuleTable<ImportRule>({ what: "ONNX importer of" });
  const diags: Diag[] = [];
  for (const def of builtinOps) ops.add(def, "qc");
  for (const pass of builtinPasses) passes.add(pass.name, pass, "qc");
  for (const [owner, table] of Object.entries(builtinRules)) {
    for (const [op, rule] of Object.entries(table)) rules.add(op, rule, `qc ${owner}`);
  }
  for (const p of plugins) {
    for (const def of p.ops ?? []) ops.add(def, `plugin ${p.name}`);
    for (const pass of p.passes ?? []) passes.add(pass.name, pass, `plugin ${p.name}`);
    for (const [op, rule] of Object.entries(p.importers ?? {})) rules.add(op, rule, `plugin ${p.name}`);
  }
  return {
    ops,
    blobs: createBlobStore(),
    passes: new Map(passes.entries()),
    onnxRules: Object.fromEntries(rules.entries()),
    plugins,
    diags,
    report(d) {
      diags.push(d);
      onDiag?.(d);
    },
  };
}
