/** Reads the import edges of a source tree with regular expressions, and says which ones break the import rule. */
import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

export interface Edge {
  /** Path below src. */
  readonly from: string;
  /** Path below src of the file meant, or the name of a package (`node:fs`, `@scope/name`). */
  readonly to: string;
  readonly isPackage: boolean;
  readonly typeOnly: boolean;
}

export function filesUnder(root: string, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(root, path) : [path];
  });
}

/** The text without comments, line for line. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, "")).replace(/(^|\s)\/\/.*$/gm, "$1");
}

export function edgesOf(from: string, source: string): Edge[] {
  const text = withoutComments(source);
  const found: { name: string; typeOnly: boolean }[] = [];
  for (const [, type, name] of text.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{][^"';]*?\sfrom\s+)?["']([^"']+)["']/gm,
  )) {
    found.push({ name, typeOnly: type !== undefined });
  }
  for (const [, name] of text.matchAll(/\b(?:import|require|resolve)\(\s*["']([^"'\s]+)["']\s*\)/g)) {
    if (/^[.@\w]/.test(name)) found.push({ name, typeOnly: false });
  }
  return found.map(({ name, typeOnly }) => {
    if (!name.startsWith(".")) return { from, to: packageName(name), isPackage: true, typeOnly };
    return { from, to: posix.join(posix.dirname(from), name).replace(/\.js$/, ".ts"), isPackage: false, typeOnly };
  });
}

function packageName(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

export function allEdges(src: string): Edge[] {
  return filesUnder(src)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => edgesOf(file, readFileSync(join(src, file), "utf8")));
}

/** The parts from the lowest up: a file imports from lower layers and from its own part; parts of one layer do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ["support"],
  ["ir"],
  ["passes", "frontends", "backends", "schedules", "search", "runtime", "data"],
  ["context.ts", "plugin.ts"],
  ["build"],
  ["evaluate", "autotune", "check"],
  ["quantize", "train"],
  ["compile.ts"],
  ["cli", "index.ts"],
];
const RANK = new Map<string, number>(LAYERS.flatMap((parts, rank) => parts.map((p): [string, number] => [p, rank])));
const IR_RANK = new Map<string, number>(
  [
    ["type", "attr", "blob"],
    ["graph", "loop", "target"],
    ["pass", "op", "quant", "schedule", "math"],
    ["ops", "text"],
  ].flatMap((folders, rank) => folders.map((folder): [string, number] => [folder, rank])),
);

const part = (path: string) => path.split("/")[0];
const irFolder = (path: string) => path.split("/")[1];

/** Why an edge inside src is not allowed, or null. */
export function brokenRule({ from, to }: Edge): string | null {
  const [a, b] = [part(from), part(to)];
  const [rankA, rankB] = [RANK.get(a), RANK.get(b)];
  if (rankA === undefined) return `'${a}' is no part of the plan`;
  if (rankB === undefined) return `'${b}' is no part of the plan`;
  if (a === "data" && b === "ir" && irFolder(to) !== "type") return "data knows support and ir/type only";
  if (a === "ir" && b === "ir") return brokenIrRule(from, to);
  if (isInsideBackend(to) && !isWayIn(from, to)) return "backends are known by the interface in backends/backend.ts";
  if (a === b || (a === "context.ts" && b === "plugin.ts")) return null;
  if (b === "index.ts" || b === "cli") return `nothing imports ${b}`;
  if (rankA === rankB) return "siblings do not import each other";
  return rankB < rankA ? null : `${a} is below ${b}`;
}

/** The folders of backends that make code; the JavaScript one is the reference that all may run. */
const backendFolder = (path: string): string | null => /^backends\/(llvm|c|cuda)\//.exec(path)?.[0] ?? null;
const isInsideBackend = (to: string): boolean => backendFolder(to) !== null;
const isWayIn = (from: string, to: string): boolean =>
  backendFolder(from) === backendFolder(to) || (from === "backends/builtin.ts" && to === `${backendFolder(to)}backend.ts`);

function brokenIrRule(from: string, to: string): string | null {
  const [a, b] = [IR_RANK.get(irFolder(from)), IR_RANK.get(irFolder(to))];
  if (a === undefined || b === undefined) return "no such folder of ir in the plan";
  return b <= a ? null : `ir/${irFolder(from)} is below ir/${irFolder(to)}`;
}

/** Where a package may be imported, as prefixes below src; packages that are not listed may be imported anywhere. */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  immer: ["ir/graph/edit.ts"],
  antlr4ts: ["ir/text/"],
  "onnx-proto": ["frontends/onnx/"],
  protobufjs: ["frontends/onnx/"],
  flatbuffers: ["frontends/tflite/"],
  koffi: ["backends/llvm/", "runtime/"],
  "node:child_process": ["backends/", "autotune/worker/", "evaluate/"],
  child_process: [],
  pngjs: ["data/"],
  "jpeg-js": ["data/"],
  fflate: ["support/npz.ts"],
  commander: ["cli/options/"],
  "cli-progress": ["support/"],
  "cli-table3": ["support/"],
  picocolors: ["support/", "cli/"],
  jiti: ["plugin.ts", "data/user-preprocessor.ts"],
  yaml: ["cli/"],
};

export function brokenFence({ from, to }: Edge): string | null {
  const allowed = FENCES[to];
  if (!allowed || allowed.some((prefix) => from.startsWith(prefix))) return null;
  return `'${to}' belongs to ${allowed.join(", ") || "nobody"}`;
}

/** Circles of imports that exist at run time, each as a list of files. */
export function cycles(edges: readonly Edge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to, isPackage, typeOnly } of edges)
    if (!isPackage && !typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  const state = new Map<string, "open" | "done">();
  const path: string[] = [];
  const found: string[][] = [];
  const visit = (file: string) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      found.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, "open");
    path.push(file);
    for (const to of next.get(file) ?? []) visit(to);
    path.pop();
    state.set(file, "done");
  };
  for (const file of next.keys()) visit(file);
  return found;
}
