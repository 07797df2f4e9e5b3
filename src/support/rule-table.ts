import { fail, type Loc } from "./diag.js";
import { didYouMean } from "./suggest.js";

/** Facts by key, each with the plugin or file that owns it. */
export interface RuleTable<V> {
  /** Adds one rule; a key that is taken is an error naming both owners (QC-RULE-001). */
  add(key: string, value: V, owner: string): void;
  get(key: string): V | undefined;
  /** The rule, or an error under `missingCode` that names the key and the nearest known ones. */
  require(key: string, at?: { loc?: Loc; help?: string }): V;
  has(key: string): boolean;
  ownerOf(key: string): string | undefined;
  keys(): string[];
  entries(): [string, V][];
  readonly size: number;
}

export interface RuleTableOptions {
  /** What a rule is, in words: "op", "ONNX importer", "CUDA intrinsic for". */
  readonly what: string;
  /** Code of the error for a missing key; QC-RULE-002 unless given. */
  readonly missingCode?: string;
}

/** An empty rule table. Keys are listed in the order of their addition. */
export function createRuleTable<V>({ what, missingCode = "QC-RULE-002" }: RuleTableOptions): RuleTable<V> {
  const rules = new Map<string, { value: V; owner: string }>();
  return {
    add(key, value, owner) {
      const taken = rules.get(key);
      if (taken) {
        fail("QC-RULE-001", `${what} '${key}' is defined twice: by ${taken.owner} and by ${owner}`, {
          help: "rename one of the two, or load only one of their owners",
        });
      }
      rules.set(key, { value, owner });
    },
    get: (key) => rules.get(key)?.value,
    require(key, at = {}) {
      const rule = rules.get(key);
      if (rule) return rule.value;
      const known = rules.size === 0 ? "none is defined" : `known: ${[...rules.keys()].sort().join(", ")}`;
      return fail(missingCode, `there is no ${what} '${key}'`, {
        loc: at.loc,
        help: at.help ?? didYouMean(key, rules.keys()) ?? (rules.size <= 24 ? known : undefined),
      });
    },
    has: (key) => rules.has(key),
    ownerOf: (key) => rules.get(key)?.owner,
    keys: () => [...rules.keys()],
    entries: () => [...rules].map(([key, { value }]) => [key, value]),
    get size() {
      return rules.size;
    },
  };
}
