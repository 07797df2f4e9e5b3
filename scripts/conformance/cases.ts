/** The ONNX backend test cases on this machine, as lists of small records. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeModel, type ModelProto } from "../../src/frontends/onnx/proto.js";

/** `debian`: the package libonnx-testdata (ONNX 1.12); `newest`: the archives of a later ONNX release. */
export type SetName = "debian" | "newest";

export interface Case {
  readonly set: SetName;
  /** The folder of the set: node, pytorch-converted, pytorch-operator, simple, light. */
  readonly group: string;
  readonly name: string;
  readonly model: string;
  /** Recorded inputs and outputs in graph order; `inputs` is null where the runner draws them (`light`). */
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[];
  readonly rtol: number;
  readonly atol: number;
}

export const caseId = (c: Case): string => `${c.set}/${c.group}/${c.name}`;

/** Cases that are left out, because the recorded values are not those of the model. */
export const FLAWED: Readonly<Record<string, string>> = {
  "debian/node/test_adam_multiple": "recorded with epsilon 0.01, which the model does not carry; mended in later releases",
};

const DEBIAN = "/usr/share/libonnx-testdata/data";
const GROUPS = ["node", "pytorch-converted", "pytorch-operator", "simple"];
/** Tolerances of ONNX's own runner. */
const RTOL = 1e-3;
const ATOL = 1e-7;

export const debianInstalled = (): boolean => existsSync(path.join(DEBIAN, "node"));

/** The cases of the Debian package; none where it is not installed. */
export const debianCases = (groups: readonly string[] = GROUPS): Case[] =>
  groups.flatMap((g) => folderCases("debian", g, path.join(DEBIAN, g)));

/** The cases of the archives in `archives`, unpacked once into a folder for temporary files. */
export function newestCases(archives: string): Case[] {
  if (!existsSync(archives)) return [];
  return readdirSync(archives)
    .filter((f) => f.endsWith(".tar.gz"))
    .map((f) => f.slice(0, -".tar.gz".length))
    .sort()
    .flatMap((group) => {
      const folder = unpacked(path.join(archives, `${group}.tar.gz`), group);
      return group === "light" ? lightCases(folder) : folderCases("newest", group, folder);
    });
}

/** Unpacks beside the destination and renames, so that a half-unpacked folder is never taken for a whole one. */
function unpacked(archive: string, group: string): string {
  const root = path.join(tmpdir(), "onnx-conformance");
  const folder = path.join(root, group);
  if (existsSync(folder)) return folder;
  const fresh = mkdtempSync(path.join(tmpdir(), "onnx-unpack-"));
  const done = spawnSync("tar", ["xzf", archive, "-C", fresh], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${archive} cannot be unpacked: ${done.stderr}`);
  spawnSync("mkdir", ["-p", root]);
  renameSync(path.join(fresh, group), folder);
  return folder;
}

function folderCases(set: SetName, group: string, folder: string): Case[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => existsSync(path.join(folder, name, "model.onnx")))
    .flatMap((name) => dataSets(set, group, name, path.join(folder, name)));
}

function dataSets(set: SetName, group: string, name: string, folder: string): Case[] {
  const tolerances = path.join(folder, "data.json");
  const given = existsSync(tolerances) ? (JSON.parse(readFileSync(tolerances, "utf8")) as { rtol?: number; atol?: number }) : {};
  const sets = readdirSync(folder)
    .filter((d) => d.startsWith("test_data_set_"))
    .sort();
  return sets.map((d) => ({
    set,
    group,
    name: sets.length > 1 ? `${name}#${d.slice("test_data_set_".length)}` : name,
    model: path.join(folder, "model.onnx"),
    inputs: numbered(path.join(folder, d), "input_"),
    outputs: numbered(path.join(folder, d), "output_"),
    rtol: given.rtol ?? RTOL,
    atol: given.atol ?? ATOL,
  }));
}

function lightCases(folder: string): Case[] {
  return readdirSync(folder)
    .filter((f) => f.endsWith(".onnx"))
    .sort()
    .map((f) => {
      const name = f.slice(0, -".onnx".length);
      return {
        set: "newest",
        group: "light",
        name,
        model: path.join(folder, f),
        inputs: null,
        outputs: numbered(folder, `${name}_output_`),
        rtol: RTOL,
        atol: ATOL,
      };
    });
}

const numbered = (folder: string, prefix: string): string[] =>
  readdirSync(folder)
    .filter((f) => f.startsWith(prefix) && f.endsWith(".pb"))
    .sort((a, b) => Number.parseInt(a.slice(prefix.length), 10) - Number.parseInt(b.slice(prefix.length), 10))
    .map((f) => path.join(folder, f));

/** The op that a case is about: that of its one node, of the case it expands, or `several nodes`. */
export function opOf(c: Case, model: ModelProto, others: ReadonlyMap<string, string>): string {
  const nodes = (model.graph?.node ?? []).filter((n) => n.opType !== "Constant" || model.graph?.node?.length === 1);
  const base = c.name.replace(/(_ver\d+)?_expanded.*$/, "");
  if (base !== c.name) {
    const expanded = others.get(`${c.set}/${c.group}/${base}`);
    if (expanded) return `${expanded} (expanded)`;
  }
  if (nodes.length !== 1) return "several nodes";
  const { domain, opType } = nodes[0];
  return domain && domain !== "ai.onnx" ? `${domain}::${opType}` : (opType ?? "?");
}

export const readModel = (c: Case): ModelProto => decodeModel(readFileSync(c.model), c.model);
