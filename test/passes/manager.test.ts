import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { attr } from "../../src/ir/attr/attr.js";
import type { Module } from "../../src/ir/graph/module.js";
import { definePass, type Pass } from "../../src/ir/pass/pass.js";
import { parseModule } from "../../src/ir/text/parse-module.js";
import { printModule } from "../../src/ir/text/print-module.js";
import { createInstruments, type InstrumentSettings } from "../../src/passes/instruments/create.js";
import { runPipeline } from "../../src/passes/manager.js";
import { parsePipeline, pipelineText } from "../../src/passes/pipeline.js";
import { QcError } from "../../src/support/diag.js";
import { irContext } from "../helpers/ir-context.js";

const folder = mkdtempSync(path.join(tmpdir(), "qc-manager-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = irContext();

/** Makes every result type of the entry f64 without asking the ops. */
const breakTypes = definePass({
  name: "break-types",
  doc: "for tests",
  options: {},
  requires: [],
  establishes: [],
  run: (m) => ({
    ...m,
    funcs: m.funcs.map((f) => ({
      ...f,
      body: f.body.map((n) => ({ ...n, outputs: n.outputs.map((o) => ({ ...o, id: `${o.id}x` })) })),
    })),
  }),
});
const explode = definePass({
  name: "explode",
  doc: "for tests",
  options: { when: attr.string("", "always"), list: attr.ints("", [1, 2]) },
  requires: ["observed"],
  establishes: [],
  run(): Module {
    throw new Error("boom");
  },
});
const canonical = definePass({
  name: "canonical",
  doc: "for tests",
  options: {},
  requires: [],
  establishes: ["observed"],
  breaks: ["fused"],
  run: (m) => m,
});
const passes = new Map<string, Pass>([
  ...base.passes,
  ...([breakTypes, explode, canonical] as readonly unknown[] as Pass[]).map((p) => [p.name, p] as const),
]);
const ctx = { ...base, passes };

const TEXT = `func @main(%x: f32[2]) -> f32[2] {
  %a = add(%x, %x)
  %b = add(%x, %x)
  %c = exp(%x)
  %d = exp(%x)
  %e = mul(%a, %c)
  %f = mul(%b, %d)
  %y = add(%e, %f)
  return %y
}
`;
const net = parseModule(TEXT, "net.qc", ctx);

function run(pipeline: string, settings: InstrumentSettings = {}, assumed: Parameters<typeof runPipeline>[4] = []) {
  let out = "";
  const { instruments, fuel } = createInstruments(settings, ctx, { write: (t) => (out += t), version: "1.2.3" });
  const start = (): { m: Module | null; error: unknown } => {
    try {
      const m = runPipeline(net, parsePipeline(pipeline, passes), { ...ctx, fuel }, instruments, assumed);
      for (const i of instruments) i.finish?.();
      return { m, error: null };
    } catch (error) {
      return { m: null, error };
    }
  };
  const { m, error } = start();
  return { m, error, code: error instanceof QcError ? error.code : null, out, nodes: m?.funcs[0].body.map((n) => n.op) };
}

describe("pipelines", () => {
  it("check what a pass requires, and honour what is assumed", () => {
    expect(run("explode").code).toBe("QC-PASS-004");
    expect((run("canonical,explode").error as Error).message).toBe("boom");
    expect((run("explode", {}, ["observed"]).error as Error).message).toBe("boom");
  });

  it("return the module itself when nothing changes", () => {
    expect(run("canonical,fold-constants,dce").m).toBe(net);
  });

  it("read back from their text", () => {
    const text = "cse,explode{when=never;list=[3,4]},dce";
    expect(pipelineText(parsePipeline(text, passes))).toBe(text);
    expect(pipelineText(parsePipeline("explode{when=always}", passes))).toBe("explode");
    expect(() => parsePipeline("csee", passes)).toThrow(/QC-PASS-001.*csee/);
    expect(() => parsePipeline("cse dce", passes)).toThrow(/QC-PASS-002/);
    expect(() => parsePipeline("cse{x=1}", passes)).toThrow(/QC-PASS-003/);
  });
});

describe("instruments", () => {
  it("verify-each names the pass that broke the module", () => {
    const { error, code } = run("dce,break-types", { verifyEach: true });
    expect(code).toBe("QC-IR-022");
    expect((error as Error).message).toMatch(/after pass 'break-types' \(number 1\)/);
    expect(run("dce,cse", { verifyEach: true }).error).toBeNull();
  });

  it("print-after prints the module after the named passes only", () => {
    const { out, m } = run("fold-constants,cse,dce", { printAfter: ["cse"] });
    expect(out).toBe(`// ---- after cse (1)\n${printModule(m!, ctx)}`);
    expect(run("fold-constants,cse", { printAfter: ["all"] }).out.match(/---- after/g)).toHaveLength(2);
    expect(() => createInstruments({ printAfter: ["csee"] }, ctx, { write: () => {}, version: "" })).toThrow(/QC-PASS-005.*csee/);
  });

  it("print-changed shows the lines that differ", () => {
    const { out } = run("dce,cse", { printChanged: true });
    expect(out).toBe(
      [
        "// ---- after dce (0): no change",
        "// ---- after cse (1)",
        "  ...",
        "  func @main(%x: f32[2]) -> f32[2] {",
        "    %a = add(%x, %x) : f32[2]",
        "-   %b = add(%x, %x) : f32[2]",
        "    %c = exp(%x) : f32[2]",
        "-   %d = exp(%x) : f32[2]",
        "    %e = mul(%a, %c) : f32[2]",
        "-   %f = mul(%b, %d) : f32[2]",
        "-   %y = add(%e, %f) : f32[2]",
        "+   %y = add(%e, %e) : f32[2]",
        "    return %y",
        "  }",
        "",
      ].join("\n"),
    );
  });

  it("time-passes prints one row a pass and the sum", () => {
    const { out } = run("fold-constants,cse,dce", { timePasses: true });
    expect(
      out
        .trim()
        .split("\n")
        .map((l) => l.split(" ")[0]),
    ).toEqual(["pass", "fold-constants", "cse", "dce", "total"]);
    expect(out).toMatch(/cse .* yes +4\n/);
    expect(out).toMatch(/dce .* no +4\n/);
  });

  it("bisect runs the first passes only", () => {
    expect(run("cse,explode", { bisect: 1 })).toMatchObject({ error: null, nodes: ["add", "exp", "mul", "add"] });
    expect(run("cse,explode", { bisect: 1 }).out).toBe(
      "// bisect 1 of 2: pass 1 'cse' is the last that ran, pass 2 'explode' is the next\n",
    );
    expect(run("cse", { bisect: 0 })).toMatchObject({
      m: net,
      out: "// bisect 0 of 1: none of the passes ran, pass 1 'cse' is the next\n",
    });
    expect(run("cse", { bisect: 9 }).out).toBe("// bisect 9 of 1: pass 1 'cse' is the last that ran, there are no more\n");
  });

  it("bisect leaves out no pass that is obligatory, and does not count it", () => {
    const kernels = run("cse,materialize-results,dce,fuse", { bisect: 1 });
    expect(kernels.nodes).toEqual(["call", "call"]);
    expect(kernels.out).toContain("bisect 1 of 2: pass 1 'cse'");
  });

  it("fuel makes single rewrites and names the last", () => {
    expect(run("cse", { fuel: 0 }).m).toBe(net);
    const one = run("cse", { fuel: 1 });
    expect(one.nodes).toEqual(["add", "exp", "exp", "mul", "mul", "add"]);
    expect(one.out).toBe("// fuel 1: 1 rewrites, the last by 'cse' at node 'b'\n");
    const all = run("cse", { fuel: 100 });
    expect(all.nodes).toEqual(run("cse").nodes);
    expect(all.out).toMatch(/3 rewrites, .*; there are no more/);
  });

  it("reproduce writes the module before the pass, which replays", () => {
    const at = path.join(folder, "a");
    const failed = run("cse,canonical,explode{list=[7]}", { reproduce: at });
    expect((failed.error as Error).message).toBe("boom");
    const [file] = readdirSync(at);
    const text = readFileSync(path.join(at, file), "utf8");
    expect(text).toMatch(/^\/\/ RUN: qc opt %s --passes=explode\{list=\[7\]\} --assume=observed --verify-each\n/);
    expect(text).toContain("qc 1.2.3");
    expect(text).toContain("boom");
    expect(parseModule(text, file, ctx)).toEqual(run("cse").m);
    expect(failed.out).toContain(path.join(at, file));
  });

  it("reproduce also takes a result that verify-each refuses", () => {
    const at = path.join(folder, "b");
    expect(run("break-types", { reproduce: at, verifyEach: true }).code).toBe("QC-IR-022");
    expect(readFileSync(path.join(at, readdirSync(at)[0]), "utf8")).toContain("--passes=break-types");
  });
});
