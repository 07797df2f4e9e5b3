/** Code that is no part of qc, plugins and preprocessors, while it is awaited. */
import { QcError } from "./diag.js";
import { knob } from "./env.js";

let awaited: string | null = null;

/** What is awaited at this moment: `plugin './p.mjs'`; null: nothing. */
export const foreignCode = (): string | null => awaited;

/** What was thrown, in words; anything can be. */
export const thrownText = (error: unknown): string => (error instanceof Error ? error.message : `it threw ${String(error)}`);

/** What `start` gives, awaited. QC-PLUGIN-010 where it does not settle within QC_FOREIGN_SECONDS. */
export async function fromForeign<T>(what: string, start: () => T | PromiseLike<T>): Promise<T> {
  const seconds = knob("QC_FOREIGN_SECONDS");
  let timer: NodeJS.Timeout | undefined;
  const around = awaited;
  awaited = what;
  try {
    const given = start();
    if (!isPromise(given)) return given;
    const message = `${what} gave no answer within ${seconds} s`;
    const help = "a promise of it never settles: see what it waits for, or give it longer: QC_FOREIGN_SECONDS=300";
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new QcError([{ severity: "error", code: "QC-PLUGIN-010", message, help }])),
        seconds * 1000,
      );
    });
    return await Promise.race([given, late]);
  } finally {
    clearTimeout(timer);
    awaited = around;
  }
}

const isPromise = <T>(x: T | PromiseLike<T>): x is PromiseLike<T> =>
  typeof (x as PromiseLike<T> | null | undefined)?.then === "function";
