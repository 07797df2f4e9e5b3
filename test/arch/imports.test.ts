import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allEdges, brokenFence, brokenRule, cycles, type Edge, edgesOf } from "./imports.js";

const edges = allEdges("src");
const inside = edges.filter((e) => !e.isPackage);
const packages = edges.filter((e) => e.isPackage);
const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge => ({
  from,
  to,
  isPackage: false,
  typeOnly: false,
  ...more,
});

describe("the checker", () => {
  it("reads every form of import", () => {
    const source = [
      'import { a } from "../ir/type/dtype.js";',
      "import {\n  b,\n  type C,\n} from '@scope/pkg/deep';",
      'import type { D } from "./d.js";',
      'import "node:fs";',
      'export { e } from "immer";',
      'const f = await import("koffi");',
      '// import { no } from "no";',
      '/* import { no } from "no"; */',
    ].join("\n");
    expect(edgesOf("passes/x.ts", source).map((e) => `${e.to}${e.typeOnly ? " type" : ""}`)).toEqual([
      "ir/type/dtype.ts",
      "@scope/pkg",
      "passes/d.ts type",
      "node:fs",
      "immer",
      "koffi",
    ]);
  });
  it.each([
    ["support/a.ts", "ir/type/dtype.ts"],
    ["ir/graph/a.ts", "passes/b.ts"],
    ["ir/type/a.ts", "ir/graph/b.ts"],
    ["ir/op/a.ts", "ir/ops/b.ts"],
    ["passes/a.ts", "frontends/onnx/b.ts"],
    ["data/a.ts", "runtime/b.ts"],
    ["data/a.ts", "ir/graph/b.ts"],
    ["runtime/a.ts", "compile.ts"],
    ["compile.ts", "cli/main.ts"],
    ["cli/a.ts", "index.ts"],
    ["odd/a.ts", "support/b.ts"],
    ["build/a.ts", "backends/llvm/b.ts"],
    ["autotune/a.ts", "backends/llvm/b.ts"],
    ["backends/c/a.ts", "backends/llvm/b.ts"],
    ["backends/builtin.ts", "backends/llvm/build.ts"],
    ["ir/odd/a.ts", "ir/type/b.ts"],
  ])("refuses %s -> %s", (from, to) => {
    expect(brokenRule(edge(from, to))).not.toBeNull();
  });
  it.each([
    ["ir/type/a.ts", "support/b.ts"],
    ["ir/ops/a.ts", "ir/op/b.ts"],
    ["passes/a.ts", "ir/op/b.ts"],
    ["data/a.ts", "ir/type/b.ts"],
    ["compile.ts", "backends/b.ts"],
    ["build/a.ts", "backends/native/b.ts"],
    ["backends/builtin.ts", "backends/llvm/backend.ts"],
    ["context.ts", "plugin.ts"],
    ["cli/main.ts", "compile.ts"],
    ["index.ts", "data/sample.ts"],
  ])("allows %s -> %s", (from, to) => {
    expect(brokenRule(edge(from, to))).toBeNull();
  });
  it("keeps packages inside their fences", () => {
    const broken = (from: string, to: string) => brokenFence(edge(from, to, { isPackage: true })) !== null;
    expect(broken("ir/graph/module.ts", "immer")).toBe(true);
    expect(broken("ir/graph/edit.ts", "immer")).toBe(false);
    expect(broken("frontends/tflite/read.ts", "protobufjs")).toBe(true);
    expect(broken("passes/manager.ts", "node:child_process")).toBe(true);
    expect(broken("backends/llvm/link.ts", "node:child_process")).toBe(false);
  });
  it("finds circles, but for those of types", () => {
    expect(cycles([edge("a", "b"), edge("b", "c"), edge("c", "a")])).toEqual([["a", "b", "c", "a"]]);
    expect(cycles([edge("a", "b"), edge("b", "a", { typeOnly: true })])).toEqual([]);
  });
});

describe("the source", () => {
  it("is seen at all", () => {
    expect(inside.length).toBeGreaterThan(20);
  });
  it("keeps the import rule", () => {
    expect(inside.filter((e) => brokenRule(e)).map((e) => `${e.from} -> ${e.to}: ${brokenRule(e)}`)).toEqual([]);
  });
  it("keeps packages inside their fences", () => {
    expect(packages.filter((e) => brokenFence(e)).map((e) => `${e.from} -> ${e.to}: ${brokenFence(e)}`)).toEqual([]);
  });
  it("imports files that exist, by their names", () => {
    expect(
      inside.filter((e) => !e.to.endsWith(".json") && !existsSync(join("src", e.to))).map((e) => `${e.from} -> ${e.to}`),
    ).toEqual([]);
  });
  it("imports packages that are dependencies, and node's own as node:...", () => {
    const { dependencies, optionalDependencies = {} } = JSON.parse(readFileSync("package.json", "utf8")) as Record<
      string,
      Record<string, string>
    >;
    const known = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies), "protobufjs"]);
    const isKnown = (name: string) => (name.startsWith("node:") ? builtinModules.includes(name.slice(5)) : known.has(name));
    expect(packages.filter((e) => !e.typeOnly && !isKnown(e.to)).map((e) => `${e.from} -> ${e.to}`)).toEqual([]);
  });
  it("has no circle of imports", () => {
    expect(cycles(inside).map((c) => c.join(" -> "))).toEqual([]);
  });
});
