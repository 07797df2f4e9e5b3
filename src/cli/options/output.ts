/** What a file for a result may be. */
import { failUsage } from "../../support/diag.js";
import { statOf } from "../../support/fs.js";

/** QC-CLI-056 where the result would replace a file that the command reads, under whatever name. */
export function refuseInputs(output: string, inputs: readonly string[]): void {
  const there = statOf(output);
  if (!there?.isFile()) return;
  const same = inputs.find((input) => {
    const stat = statOf(input);
    return stat?.dev === there.dev && stat.ino === there.ino;
  });
  if (same !== undefined)
    failUsage("QC-CLI-056", `the result would replace '${same}', which is read`, "name another file for the result");
}
