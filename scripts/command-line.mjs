/**
 * Command lines of the scripts: `--help` says what a script does and what its options mean; a wrong option is one line and exit code 2.
 * Needs nothing but node, for scripts that run before npm packages are there.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * @template T
 * @typedef {object} Option
 * @property {string} doc
 * @property {T} initial        without the option
 * @property {string} [value]   what stands behind it; flags have none
 * @property {(text: string) => T} read   throws UsageError("a whole number") where the text is something else
 */

/**
 * @typedef {object} Command
 * @property {string} run       as it is typed: "npm run bench --"
 * @property {string} about     what it does, and what it writes
 * @property {Readonly<Record<string, Option<any>>>} [options]
 * @property {readonly (readonly [command: string, doc: string])[]} [examples]
 */

/** What the caller typed is wrong. */
export class UsageError extends Error {}

/**
 * @param {string} doc
 * @returns {Option<boolean>}
 */
export const flag = (doc) => ({ doc, initial: false, read: () => true });

/**
 * @template I, [T=string]
 * @param {string} value
 * @param {string} doc
 * @param {I} initial
 * @param {(text: string) => T} [read]
 * @returns {Option<I | T>}
 */
export const option = (value, doc, initial, read = (text) => /** @type {T} */ (text)) => ({ doc, value, initial, read });

/** @param {string} text */
export function count(text) {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError("a whole number, 1 or more");
  return Number(text);
}

/**
 * @template {string} T
 * @param {readonly T[]} names
 * @returns {(text: string) => T}
 */
export const oneOf = (names) => (text) => {
  const found = names.find((n) => n === text);
  if (found === undefined) throw new UsageError(`one of ${names.join(", ")}`);
  return found;
};

/**
 * @template T
 * @param {(text: string) => T} read
 * @returns {(text: string) => readonly T[]}
 */
export const listOf = (read) => (text) => text.split(",").map(read);

/**
 * The values of the options; null where help is asked for. Throws UsageError.
 * @template {Readonly<Record<string, Option<any>>>} O
 * @param {Command & { options?: O }} command
 * @param {readonly string[]} args
 * @returns {{ [K in keyof O]: O[K]["initial"] } | null}
 */
export function parse({ run, options }, args) {
  const known = options ?? /** @type {O} */ ({});
  const hint = `${run} --help says what there is`;
  const types = Object.entries(known).map(([name, o]) => [name, { type: /** @type {const} */ (o.value ? "string" : "boolean") }]);
  const { tokens } = parseArgs({ args: [...args], options: Object.fromEntries(types), strict: false, tokens: true });
  const values = Object.fromEntries(Object.entries(known).map(([name, o]) => [name, o.initial]));
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") throw new UsageError(`'${token.value}' stands where an option should: ${hint}`);
    const { name, rawName, value } = token;
    if (rawName === "--help" || rawName === "-h") return null;
    const asked = rawName.startsWith("--") && Object.hasOwn(known, name) ? known[name] : null;
    if (!asked) throw new UsageError(`there is no option ${rawName}: ${hint}`);
    if (!asked.value && value !== undefined) throw new UsageError(`${rawName} takes no value`);
    if (asked.value && (value === undefined || (value.startsWith("--") && !token.inlineValue)))
      throw new UsageError(`${rawName} ${asked.value}: the value is missing`);
    try {
      values[name] = asked.read(value ?? "");
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`${rawName} ${value}: expected ${error.message}`) : error;
    }
  }
  return /** @type {{ [K in keyof O]: O[K]["initial"] }} */ (values);
}

/** @param {Command} command */
export function help({ run, about, options = {}, examples = [] }) {
  const rows = Object.entries(options).map(([name, { value, doc, initial }]) => {
    const standard = initial === undefined || initial === false || initial === "" ? "" : ` [${initial}]`;
    return [`--${name}${value ? ` ${value}` : ""}`, `${doc}${standard}`];
  });
  const all = [...rows, ["--help", "this text"]];
  return [
    `${run.replace(/ --$/, "")}${rows.length ? `${run.endsWith(" --") ? " --" : ""} [OPTIONS]` : ""}`,
    "",
    about,
    "",
    ...columns(all),
    ...(examples.length ? ["", "Examples", ...columns(examples)] : []),
  ].join("\n");
}

/** @param {readonly (readonly string[])[]} rows */
function columns(rows) {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** Whether node was started with the module of this URL. */
export const isStarted = (/** @type {string} */ url) =>
  process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(url);

/**
 * Runs a script with its options. Exit code: what `body` returns, 2 for a wrong command line, 1 for an error. An error is one line, but for those of
 * the language itself, which are mistakes of ours and keep their stack.
 * @template {Readonly<Record<string, Option<any>>>} O
 * @param {Command & { options?: O }} command
 * @param {(options: { [K in keyof O]: O[K]["initial"] }) => number | void | Promise<number | void>} body
 */
export async function runScript(command, body) {
  try {
    const options = parse(command, process.argv.slice(2));
    if (options === null) console.log(help(command));
    else process.exitCode = (await body(options)) ?? process.exitCode;
  } catch (error) {
    const isMistake = [TypeError, RangeError, ReferenceError].includes(error.constructor);
    console.error(`error: ${isMistake ? error.stack : error.message}`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
