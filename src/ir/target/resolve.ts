import { fail, failUsage } from "../../support/diag.js";
import { didYouMean } from "../../support/suggest.js";
import { ARCHS, archOfTriple, vectorShape } from "./arch.js";
import { parseTarget, specText, type TargetSpec } from "./syntax.js";
import type { HostInfo, Target } from "./target.js";

/** Cards by compute capability. NVIDIA, "CUDA GPUs". */
const CUDA_ARCHS: readonly (readonly [arch: string, cards: string])[] = [
  ["sm_53", "nano tx1"],
  ["sm_60", "p100"],
  ["sm_61", "1060 1070 1080 1080ti p4 p40"],
  ["sm_62", "tx2"],
  ["sm_70", "v100"],
  ["sm_72", "xavier xavier-nx"],
  ["sm_75", "t4 1660 2060 2070 2080 2080ti"],
  ["sm_80", "a100 a30"],
  ["sm_86", "a10 a40 3060 3070 3080 3090"],
  ["sm_87", "orin"],
  ["sm_89", "l4 l40 4070 4080 4090"],
  ["sm_90", "h100 h200"],
];
const CUDA_CARDS = new Map(CUDA_ARCHS.flatMap(([arch, cards]) => cards.split(" ").map((card) => [card, arch] as const)));

/** A graphics card, by name or architecture. Errors: QC-TARGET-006 unknown card. */
export function resolveCuda(spec: TargetSpec): Target {
  const card = spec.model?.toLowerCase().replace(/^(nvidia[ -/]|geforce-|rtx-?|gtx-?|jetson-|tesla-)+/, "") ?? null;
  const known = card === null ? ARCHS.nvptx64.baseline : CUDA_CARDS.get(card);
  const mcpu = spec.mcpu ?? (card !== null && /^sm_\d+a?$/.test(card) ? card : known);
  if (mcpu === undefined) {
    const hint = didYouMean(card ?? "", CUDA_CARDS.keys());
    return failUsage(
      "QC-TARGET-006",
      `unknown graphics card '${spec.model}'`,
      `${hint ? `${hint} ` : ""}or name the architecture: cuda -arch=sm_75`,
    );
  }
  if (!/^sm_\d+a?$/.test(mcpu))
    return failUsage("QC-TARGET-006", `'${mcpu}' is not a CUDA architecture`, "write cuda -arch=sm_75");
  return {
    kind: "cuda",
    arch: "nvptx64",
    mcpu,
    mattr: spec.mattr,
    mtriple: "nvptx64-nvidia-cuda",
    model: spec.model,
    device: spec.device,
    flags: spec.mattr.join(","),
    features: [mcpu],
    ...vectorShape("nvptx64", []),
    host: false,
  };
}

/** A target string filled in. Errors: those of parseTarget, resolveCuda and resolveCpu. */
export function resolveTarget(target: string | readonly string[], host: HostInfo): Target {
  const spec = parseTarget(target);
  return spec.kind === "cuda" ? resolveCuda(spec) : resolveCpu(spec, host);
}

/**
 * Fills a target in. `llvm` without -mcpu (or with -mcpu=native) is the compiling machine's processor with the features detected on
 * it, where the triple's architecture is the machine's; else the architecture's baseline.
 * Errors: QC-TARGET-007 unsupported triple, 008 native on another architecture; the HostInfo's for an unknown cpu.
 */
export function resolveCpu(spec: TargetSpec, host: HostInfo): Target {
  const mtriple = spec.mtriple ?? host.triple;
  const arch = archOfTriple(mtriple);
  if (arch === null || !/linux|^[^-]+$/.test(mtriple)) {
    return fail("QC-TARGET-007", `code for '${mtriple}' is not supported`, {
      help: "use -mtriple=x86_64-linux-gnu or -mtriple=aarch64-linux-gnu",
    });
  }
  const isHostArch = archOfTriple(host.triple) === arch;
  const wantsHost = spec.mcpu === null || spec.mcpu === "native";
  if (spec.mcpu === "native" && !isHostArch) {
    return failUsage(
      "QC-TARGET-008",
      `-mcpu=native names an ${archOfTriple(host.triple)} processor and the triple is '${mtriple}'`,
    );
  }
  const isHost = wantsHost && isHostArch;
  const mcpu = isHost ? host.cpu : (spec.mcpu ?? ARCHS[arch].baseline);
  const flags = [...(isHost && host.flags ? [host.flags] : []), ...spec.mattr].join(",");
  const features = [...host.cpuFeatures(mtriple, mcpu, flags)].sort();
  return {
    kind: "llvm",
    arch,
    mcpu,
    mattr: spec.mattr,
    mtriple,
    model: spec.model,
    device: spec.device,
    flags,
    features,
    ...vectorShape(arch, features),
    host: isHost,
  };
}

/** The target as a string, with what it took from the host left to the host: resolveTarget(targetText(t), host) = t. */
export function targetText(target: Target): string {
  return specText({ ...target, mcpu: target.host ? null : target.mcpu });
}

/** The target with nothing left open: the same text means the same code on every machine. For records and reports. */
export function targetKey(target: Target): string {
  return `${target.kind} ${target.mtriple} ${target.mcpu} ${target.features.map((f) => `+${f}`).join(",")}${target.strictFloat ? " strict-float" : ""}`;
}
