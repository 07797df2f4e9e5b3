import type { Diag, Loc } from "../../support/diag.js";

/** One node that cannot be compiled. */
export interface Refusal {
  readonly op: string;
  readonly loc: Loc;
  readonly reason: string;
  readonly help?: string;
  /** A coded diagnostic that already says it all. */
  readonly diag?: Diag;
}

/** One diagnostic per kind of refusal, naming the first node and counting the rest, and a closing line. */
export function refusals(list: readonly Refusal[], file: string): Diag[] {
  const kinds = new Map<string, Refusal[]>();
  for (const r of list) {
    const kind = `${r.op}\n${r.reason}`;
    const known = kinds.get(kind);
    if (known) known.push(r);
    else kinds.set(kind, [r]);
  }
  const diags = [...kinds.values()].map(([first, ...rest]): Diag => {
    const node = rest.length
      ? `${first.loc.node}' and ${rest.length} more: '${rest
          .slice(0, 8)
          .map((r) => r.loc.node)
          .join("', '")}`
      : first.loc.node;
    return {
      severity: "error",
      code: first.diag?.code ?? "QC-ONNX-017",
      message: first.reason.includes(`'${first.op}'`) ? first.reason : `${first.op}: ${first.reason}`,
      loc: { ...first.loc, node },
      help: first.help,
    };
  });
  const nodes = list.length;
  diags.push({
    severity: "error",
    code: "QC-ONNX-017",
    message: `${file}: ${kinds.size} kind${kinds.size > 1 ? "s" : ""} of unsupported node, ${nodes} node${nodes > 1 ? "s" : ""}; nothing was written`,
  });
  return diags;
}
