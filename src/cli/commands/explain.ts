import { failUsage } from "../../support/diag.js";
import { catalogue } from "../../support/errors/catalogue.js";
import { didYouMean } from "../../support/suggest.js";
import { defineCommand } from "../options/command.js";

export const explain = defineCommand({
  name: "explain",
  summary: "says what an error code means and what to do about it",
  description: "Prints the cause and the cure of an error code. docs/errors.md lists them all.",
  examples: [["qc explain QC-CLI-025", "cause and cure"]],
  operands: [{ name: "CODE", doc: "the code of an error, such as QC-CLI-025", required: true }],
  options: {},
  async run({ operands: [given] }, io) {
    const code = given.toUpperCase();
    const found = catalogue[code];
    if (!found)
      failUsage(
        "QC-CLI-047",
        `there is no error code '${given}'`,
        didYouMean(code, Object.keys(catalogue)) ?? "codes look like QC-CLI-025; docs/errors.md lists them",
      );
    const [cause, cure] = found;
    io.result({ code, cause, cure }, () => `${code}\n  cause  ${cause}\n  cure   ${cure}`);
  },
});
