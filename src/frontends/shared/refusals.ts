/** What a frontend cannot import: nodes are refused one by one, and reported all at once. */
import type { Diag, Loc } from "../../support/diag.js";

/** Raised by `unsupported` of a node: the frontend collects these, so that one run lists all of them. */
export class Unsupported extends Error {
  readonly reason: string;
  readonly help?: string;
  constructor(reason: string, help?: string) {
    super(reason);
    this.reason = reason;
    this.help = help;
  }
}

export const isUnsupported = (e: unknown): e is Unsupported => e instanceof Unsupported;

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
export function refusals(list: readonly Refusal[], file: string, code: string): Diag[] {
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
      code: first.diag?.code ?? code,
      message: first.reason.includes(`'${first.op}'`) ? first.reason : `${first.op}: ${first.reason}`,
      loc: { ...first.loc, node },
      help: first.help,
    };
  });
  const nodes = list.length;
  diags.push({
    severity: "error",
    code,
    message: `${file}: ${kinds.size} kind${kinds.size > 1 ? "s" : ""} of unsupported node, ${nodes} node${nodes > 1 ? "s" : ""}; nothing was written`,
  });
  return diags;
}
