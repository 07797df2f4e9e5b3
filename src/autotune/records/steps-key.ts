import type { Step } from "../../ir/schedule/step.js";
import { canonicalJson, shortHash } from "../../support/hash.js";

/** What a schedule is known by within a workload. */
export const stepsKey = (steps: readonly Step[]): string => shortHash(canonicalJson(steps), 16);
