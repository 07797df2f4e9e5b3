/** Calibration samples from a list of files. */
import { choosePreprocessor, streamSamples } from "../data/sample.js";
import { readSampleList, type SampleEntry } from "../data/sample-list.js";
import type { InputSpec } from "../data/tensor.js";
import type { TensorType } from "../ir/type/tensor-type.js";
import { fail } from "../support/diag.js";
import { isFile } from "../support/fs.js";
import { breathe } from "../support/interrupt.js";
import type { CalibrationSamples } from "./calibrate.js";

/** Opens the stream of samples for these inputs; called once for each pass over the data. */
export type OpenSamples = (
  inputs: readonly { readonly type: TensorType }[],
  names: readonly string[],
  hasState: boolean,
) => CalibrationSamples;

/** What watches one pass over the data. */
export interface Watch {
  readonly tick: () => void;
  readonly end: () => void;
}

/**
 * The samples of a list, one file a line. The list and every file in it are looked at first, so that a misspelt name costs no time.
 * `preprocessor`: a name, or a file with one; "" takes tensors as they are. Errors: QC-DATA-*, QC-CLI-026 a file is missing.
 */
export async function samplesOfList(
  list: string,
  preprocessor: string,
  watch?: (samples: number) => Watch,
): Promise<OpenSamples> {
  const entries = readSampleList(list);
  checkFiles(entries);
  const chosen = await choosePreprocessor(preprocessor);
  return (inputs, names, hasState) => {
    const specs = inputs.map(({ type: { dtype, shape, quant } }, i): InputSpec => {
      const grid = quant?.kind === "tensor" ? { scale: quant.scale, zero: quant.zero } : null;
      return { name: names[i], dtype, shape, layout: null, quant: grid };
    });
    return stream(entries, (watcher) => streamSamples(watcher, specs, chosen, hasState), watch?.(entries.length));
  };
}

/** With state every line of the list is a sequence, which begins in the initial state. */
async function* stream(
  entries: readonly SampleEntry[],
  open: (entries: readonly SampleEntry[]) => ReturnType<typeof streamSamples>,
  watch: Watch | undefined,
): CalibrationSamples {
  try {
    for await (const { entry, values, step } of open(entries)) {
      yield { values, continues: step > 0, name: entry.path, pos: entry.pos };
      if (step === 0) watch?.tick();
      await breathe();
    }
  } finally {
    watch?.end();
  }
}

/** Every missing file of the list at once, QC-CLI-026. */
function checkFiles(entries: readonly SampleEntry[]): void {
  const missing = entries.filter((e) => !isFile(e.path));
  if (missing.length === 0) return;
  const [first] = missing;
  const more = missing.length > 1 ? ` (and ${missing.length - 1} more of the list)` : "";
  fail("QC-CLI-026", `there is no calibration sample '${first.path}'${more}`, {
    pos: first.pos,
    help: "paths in the list start at the list's own folder",
  });
}
