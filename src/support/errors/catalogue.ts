/**
 * Cause and cure of every error code: the one place where they stand. docs/errors.md and `qc explain` show them. A code that the source uses and
 * that stands in none of these tables fails a test, and so does one that the source does not use.
 */
import { callErrors } from "./calls.js";
import type { CauseAndCure } from "./cause.js";
import { machineErrors } from "./machine.js";
import { modelErrors } from "./model.js";
import { opErrors } from "./ops.js";

export const TABLES = [callErrors, machineErrors, modelErrors, opErrors] as const;

export const catalogue: Readonly<Record<string, CauseAndCure>> = Object.assign({}, ...TABLES);
