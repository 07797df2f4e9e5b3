/** Builds the registries of one compiler session: built-ins first, then plugins. No globals, nothing registers itself. */

import type { Backend } from "./backends/backend.js";
import { builtinBackends } from "./backends/builtin.js";
import { builtinFrontends } from "./frontends/builtin.js";
import type { Frontend } from "./frontends/frontend.js";
import type { ImportRule } from "./frontends/onnx/rule.js";
import { builtinRules } from "./frontends/onnx/rules/index.js";
import { createBlobStore } from "./ir/blob/blob-store.js";
import { createOpRegistry } from "./ir/op/registry.js";
import { builtinOps } from "./ir/ops/index.js";
import type { IrContext } from "./ir/pass/context.js";
import type { Pass } from "./ir/pass/pass.js";
import type { Calibrator } from "./ir/quant/calibrator.js";
import type { Quantization } from "./ir/quant/registry.js";
import type { Repair } from "./ir/quant/repair.js";
import type { Scheme } from "./ir/quant/scheme.js";
import type { Scheduler } from "./ir/schedule/scheduler.js";
import type { Sketch } from "./ir/schedule/sketch.js";
import { builtinPasses } from "./passes/index.js";
import { parsePipeline } from "./passes/pipeline.js";
import { builtinCalibrators, builtinRepairs, builtinSchemes } from "./passes/quant/builtin.js";
import type { Plugin } from "./plugin.js";
import { builtinSchedulers } from "./schedules/index.js";
import { builtinStrategies } from "./search/strategies/builtin.js";
import type { StrategyMaker } from "./search/strategy.js";
import { type Diag, fail } from "./support/diag.js";
import { createRuleTable } from "./support/rule-table.js";
import { didYouMean } from "./support/suggest.js";

export interface Context extends IrContext {
  readonly passes: ReadonlyMap<string, Pass>;
  /** Those of plugins first, in their order. */
  readonly frontends: readonly Frontend[];
  readonly onnxRules: Readonly<Record<string, ImportRule>>;
  readonly plugins: readonly Plugin[];
  /** Those of plugins first, in their order: the first that accepts a target schedules for it. */
  readonly schedulers: readonly Scheduler[];
  /** By name, those of qc first. */
  readonly strategies: ReadonlyMap<string, StrategyMaker>;
  /** By name, those of qc first: the first that accepts a target makes its code. */
  readonly backends: ReadonlyMap<string, Backend>;
  /** What the names of targets that plugins add are short for. */
  readonly targets: ReadonlyMap<string, string>;
  readonly quantization: Quantization;
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
  const frontends = createRuleTable<Frontend>({ what: "frontend" });
  const sketches = createRuleTable<Sketch>({ what: "sketch" });
  const schedulers = createRuleTable<Scheduler>({ what: "scheduler" });
  const strategies = createRuleTable<StrategyMaker>({ what: "search strategy" });
  const backends = createRuleTable<Backend>({ what: "backend" });
  const targets = createRuleTable<string>({ what: "target" });
  const schemes = createRuleTable<Scheme>({ what: "quantization scheme" });
  const calibrators = createRuleTable<Calibrator>({ what: "calibrator" });
  const repairs = createRuleTable<Repair>({ what: "repair" });
  const diags: Diag[] = [];
  for (const def of builtinOps) ops.add(def, "qc");
  for (const pass of builtinPasses) passes.add(pass.name, pass, "qc");
  for (const [owner, table] of Object.entries(builtinRules)) {
    for (const [op, rule] of Object.entries(table)) rules.add(op, rule, `qc ${owner}`);
  }
  for (const s of builtinStrategies) strategies.add(s.name, s, "qc");
  for (const b of builtinBackends) backends.add(b.name, b, "qc");
  for (const name of [...backends.keys(), "cuda"]) targets.add(name, name, "qc");
  for (const s of builtinSchemes) schemes.add(s.name, s, "qc");
  for (const c of builtinCalibrators) calibrators.add(c.name, c, "qc");
  for (const r of builtinRepairs) repairs.add(r.name, r, "qc");
  for (const p of plugins) {
    for (const f of p.frontends ?? []) frontends.add(f.name, f, `plugin ${p.name}`);
    for (const s of p.schemes ?? []) schemes.add(s.name, s, `plugin ${p.name}`);
    for (const c of p.calibrators ?? []) calibrators.add(c.name, c, `plugin ${p.name}`);
    for (const r of p.repairs ?? []) repairs.add(r.name, r, `plugin ${p.name}`);
    for (const s of p.schedulers ?? []) schedulers.add(s.name, s, `plugin ${p.name}`);
    for (const s of p.sketches ?? []) sketches.add(s.name, s, `plugin ${p.name}`);
    for (const s of p.strategies ?? []) strategies.add(s.name, s, `plugin ${p.name}`);
    for (const b of p.backends ?? []) {
      backends.add(b.name, b, `plugin ${p.name}`);
      targets.add(b.name, b.name, `plugin ${p.name}`);
    }
    for (const [name, text] of Object.entries(p.targets ?? {})) targets.add(name, text, `plugin ${p.name}`);
    for (const def of p.ops ?? []) ops.add(def, `plugin ${p.name}`);
    for (const pass of p.passes ?? []) passes.add(pass.name, pass, `plugin ${p.name}`);
    for (const [op, rule] of Object.entries(p.importers ?? {})) rules.add(op, rule, `plugin ${p.name}`);
  }
  for (const s of builtinSchedulers([...sketches.entries()].map(([, x]) => x))) schedulers.add(s.name, s, "qc");
  for (const p of plugins) checkPipeline(p, new Map(passes.entries()));
  const onnxRules = Object.fromEntries(rules.entries());
  for (const f of builtinFrontends(onnxRules)) frontends.add(f.name, f, "qc");
  return {
    ops,
    blobs: createBlobStore(),
    passes: new Map(passes.entries()),
    frontends: [...frontends.entries()].map(([, f]) => f),
    onnxRules,
    plugins,
    schedulers: [...schedulers.entries()].map(([, s]) => s),
    strategies: new Map(strategies.entries()),
    backends: new Map(backends.entries()),
    targets: new Map(targets.entries()),
    quantization: {
      schemes: new Map(schemes.entries()),
      calibrators: new Map(calibrators.entries()),
      repairs: new Map(repairs.entries()),
    },
    diags,
    report(d) {
      diags.push(d);
      onDiag?.(d);
    },
  };
}

/** Errors: QC-PLUGIN-005 a place that names no pass; QC-PASS-* passes that cannot be read. */
function checkPipeline({ name, pipeline = [] }: Plugin, passes: ReadonlyMap<string, Pass>): void {
  for (const { after, passes: text } of pipeline) {
    if (!passes.has(after)) {
      fail("QC-PLUGIN-005", `plugin '${name}' wants '${text}' after '${after}', and there is no such pass`, {
        help: didYouMean(after, passes.keys()) ?? "qc opt --list_passes names the passes",
      });
    }
    parsePipeline(text, passes);
  }
}
