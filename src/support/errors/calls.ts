/** Causes and cures of the command line, builds, plugins and files. */
import type { CauseAndCure } from "./cause.js";

export const callErrors: Readonly<Record<string, CauseAndCure>> = {
  "QC-CLI-001": [
    "There is no command of that name, or an option stands before the command.",
    "Write the command first: `qc run out/ --json`. `qc --help` lists the commands.",
  ],
  "QC-CLI-002": [
    "The command has no option of that name.",
    "Take the spelling that the error suggests, or look at `qc COMMAND --help`.",
  ],
  "QC-CLI-003": [
    "An option that takes a value stands at the end, or another option follows it.",
    "Write the value behind it: `--option VALUE` or `--option=VALUE`.",
  ],
  "QC-CLI-004": [
    "An option that the command cannot do without is absent, or no model is named.",
    "Add what the error names, for example `--output_path out/`.",
  ],
  "QC-CLI-005": [
    "The value of an option is not of the kind that it takes, or a flag was given a value.",
    "Look at `qc COMMAND --help` for the values that the option takes.",
  ],
  "QC-CLI-006": [
    "There are more words on the command line than the command has operands.",
    "Put quotes around a value with blanks in it, and check for a missing `--`.",
  ],
  "QC-CLI-007": [
    "The command needs a file or folder, and none was named.",
    "Name it behind the command; `qc COMMAND --help` shows examples.",
  ],
  "QC-CLI-009": ["The command line cannot be read.", "Compare it with the examples of `qc COMMAND --help`."],
  "QC-CLI-010": [
    "A part of `--optimization` is no `key:value` pair that qc knows, or its value is of the wrong kind.",
    "Write `category:graph,iterations:100` or `category:kernel,level:3`.",
  ],
  "QC-CLI-020": [
    "The option asks for a feature of LEIP that qc does not have.",
    "Leave the option out, or use what the error names in its place.",
  ],
  "QC-CLI-021": [
    "The option is accepted for LEIP's command lines and changes nothing.",
    "Nothing has to be done; leave it out to silence the remark.",
  ],
  "QC-CLI-022": ["A value of `--freeze` has no `=` between the input's name and the file.", "Write `--freeze NAME=FILE.npy`."],
  "QC-CLI-023": [
    "`qc compile` keeps the arithmetic of the model, and `--data_type` asks for another one.",
    "Quantize with `qc optimize --rep_dataset LIST`.",
  ],
  "QC-CLI-024": ["The quantizer is one of LEIP's that qc does not have.", "Use `symmetricpc`, `symmetric` or `asymmetric`."],
  "QC-CLI-025": [
    "A quantizer measures the values of the network on samples, and none were given.",
    "Add `--rep_dataset LIST`, or `--quantizer none` to compile only.",
  ],
  "QC-CLI-026": [
    "The list of calibration samples names files that do not exist.",
    "Correct the paths. Relative paths start at the folder of the list, not at the current folder.",
  ],
  "QC-CLI-030": [
    "No model is named, or two are: one behind the command and one with `--input_path`.",
    "Name one model: `qc run out/`, `qc compile model.onnx --output_path out/`.",
  ],
  "QC-CLI-031": [
    "`--inference_context cuda` asks for a graphics card, and the model was built for a CPU.",
    "Leave the option out.",
  ],
  "QC-CLI-032": [
    "`qc run` was given no sample.",
    "Add `--input FILE`, or `--input NAME=FILE` for each input of a model with several.",
  ],
  "QC-CLI-033": [
    "`--input` names no input of the model, names one twice, or leaves one out.",
    "Give every input once, by the names that the error lists.",
  ],
  "QC-CLI-034": [
    "The model has several outputs, and a `.npy` file holds one array.",
    "Name a `.npz` file: it holds all outputs.",
  ],
  "QC-CLI-035": [
    "`qc evaluate` was given no labelled samples.",
    "Add `--test_path index.txt`, a text file with `path class_index` on each line.",
  ],
  "QC-CLI-036": [
    "The first output has more than one dimension larger than 1, so it is no vector of class scores.",
    "`qc evaluate` judges classifiers that take one sample at a time. Compile with a batch of 1, or compare outputs yourself with `qc run -o out.npz`.",
  ],
  "QC-CLI-037": [
    "A class of the list is larger than the number of scores.",
    "Count classes from 0, and check that list and model belong together.",
  ],
  "QC-CLI-038": [
    "`--peer` cannot run the source model: it was moved or changed since the build, or onnxruntime-node is not installed.",
    "Compile the model again, or `npm install onnxruntime-node`, as the message says.",
  ],
  "QC-CLI-041": [
    "The IR text has no function, so there is nothing to work on.",
    "Write at least one `func`; `qc dump` shows what a module looks like.",
  ],
  "QC-CLI-042": [
    "Large constants are left out of a printed text; it names them by their content.",
    "Write the text to a file with `-o FILE.qc`: the constants then go to `FILE.qcw`.",
  ],
  "QC-CLI-043": ["The file has no function or kernel of that name.", "Use one of the names that the error lists."],
  "QC-CLI-044": ["The folder has no `.qc` file in it.", "Write one with `qc dump model.onnx -o model.qc`."],
  "QC-CLI-045": [
    "`qc opt` was told no passes, and the file has no `// RUN: qc opt` line that names them.",
    "Add `--passes=cse,dce` or a level such as `-O2`.",
  ],
  "QC-CLI-046": ["`--assume` names a fact that no pass requires or establishes.", "Use one of the facts that the error lists."],
  "QC-CLI-047": [
    "`qc explain` was given a code that this version of qc does not use.",
    "Check the spelling: codes look like `QC-CLI-002`, and docs/errors.md lists them.",
  ],
  "QC-CLI-050": ["`qc records` has no action of that name.", "Use list, show, best, merge or export."],
  "QC-CLI-051": [
    "The action of `qc records` reads a tuning log, and none was named.",
    "Name the `.tuning.json` file below `optimization_artifacts/`.",
  ],
  "QC-CLI-052": ["The action of `qc records` writes a file, and none was named.", "Add `-o FILE.json`."],
  "QC-CLI-053": [
    "The model has no kernel of that name.",
    "Run `qc schedule model.onnx` without `--kernel`: it lists the kernels.",
  ],
  "QC-CLI-054": [
    "An output is named by `--output_names` and is a state too, which makes it internal.",
    "Leave one of the two options out for this output.",
  ],
  "QC-CLI-055": [
    "The logs hold no record of the workload, so that the merged log would be empty.",
    "List the workloads with `qc records list LOG`, and name one by the beginning of its key or by its kernel.",
  ],
  "QC-CLI-056": [
    "The file for the result is one of the files that the command reads, perhaps under another name.",
    "Name another file with `-o`.",
  ],
  "QC-CLI-057": [
    "The result is IR text, and the name of its file does not end in `.qc`. It may be a model's.",
    "Give the file a name that ends in `.qc`.",
  ],
  "QC-CLI-059": ["`qc compile` was asked to write a recipe, and it quantizes nothing.", "Use `qc optimize --emit recipe`."],
  "QC-COMPILE-001": ["There is no file or folder at the path of `--input_path`.", "Check the path."],
  "QC-COMPILE-002": ["The folder of `--input_path` holds no model, or several.", "Name the model file itself."],
  "QC-COMPILE-004": [
    "qc has no backend for the target.",
    'Build for a target that the error lists, for example `--target "llvm -mcpu=x86-64-v3"`.',
  ],
  "QC-COMPILE-005": ["A source file of the C runtime is missing from the installation.", "Install qc again."],
  "QC-COMPILE-006": [
    "The C program that measures the model did not run, or printed no times.",
    "Read its message in the error. Check that the C compiler works and that the model was built for this machine.",
  ],
  "QC-COMPILE-007": [
    "A Winograd schedule of this layer may have a larger rounding error than qc allows.",
    "Build with `--strict_float`: sums are then direct.",
  ],
  "QC-COMPILE-014": [
    "The target needs a C compiler to make a library, and none was found.",
    "Install gcc or clang, or set QC_CC to a compiler.",
  ],
  "QC-COMPILE-015": ["The target's backend cannot write what `--emit` asks for.", "Use one of the words that the error lists."],
  "QC-COMPILE-016": [
    "No C compiler was found, so only sources were written and no `model.so`.",
    "Install gcc or set QC_CC if you need the library.",
  ],
  "QC-COMPILE-017": [
    "A run of the network would need more scratch memory than is allowed. Such a model is damaged, or one of its sizes is wrong.",
    "Check the shapes of the model. For one that is meant so, raise QC_MAX_ARENA_GIB.",
  ],
  "QC-COMPILE-018": [
    "A run of the network would take more operations than are allowed, and not end for a long time.",
    "Check the node that the error names. For a model that is meant so, raise QC_MAX_GIGAOPERATIONS.",
  ],
  "QC-ENV-001": [
    "An environment variable of qc has a value of the wrong kind.",
    "Set it to what the error describes, or unset it.",
  ],
  "QC-INTERNAL-000": [
    "qc has a bug: an error that no part of it expected.",
    "Run again with `--debug` and report what it prints. `--reproduce FOLDER` writes the module where a pass failed.",
  ],
  "QC-IO-001": [
    "The disk or the quota is full, or a file is too large for the file system.",
    "Free some space, or choose an output folder on another disk.",
  ],
  "QC-IO-002": [
    "The user may not read or write this path, or the file system is read-only.",
    "Check the owner and the mode of the file and of its folder.",
  ],
  "QC-IO-003": ["There is no file or folder at this path.", "Check the spelling. Relative paths start at the current folder."],
  "QC-IO-004": [
    "A folder, a pipe or a device stands where a file is needed, or a file where a folder is needed.",
    "Name the other kind, or another path.",
  ],
  "QC-IO-005": ["The process has too many files open.", "Raise the limit with `ulimit -n`, or end other programs."],
  "QC-IO-006": ["The file is not text in UTF-8.", "Check that it is the right file, and save it as UTF-8."],
  "QC-IO-009": [
    "The operating system refused to read or write the path.",
    "The message has the system's own reason. Check the path and the disk.",
  ],
  "QC-IO-010": [
    "A path inside a model or archive leads outside of its folder, also through a symbolic link, or is no file name.",
    "Put the file into the folder and name it relative to that folder. Links are made whole by a copy: `cp -rL FOLDER COPY`.",
  ],
  "QC-NPY-001": ["The file does not begin as `.npy` files do.", "Save the array with `numpy.save`."],
  "QC-NPY-002": ["The version of the `.npy` format is not known.", "Save the array again with a current numpy."],
  "QC-NPY-003": ["The file ends before its header does, so it was cut off.", "Copy or write the file again."],
  "QC-NPY-004": ["The header is not one that numpy writes.", "Save the array with `numpy.save`."],
  "QC-NPY-005": [
    "The element type of the array is one that qc does not read, for example strings or complex numbers.",
    "Convert it: `array.astype(numpy.float32)`.",
  ],
  "QC-NPY-006": [
    "The array has more dimensions than any network takes, or is larger than 2 GiB; the header is probably damaged.",
    "Check the file, and save the array again.",
  ],
  "QC-NPY-007": [
    "The file has fewer or more bytes than its shape needs, so it was cut off or changed.",
    "Copy or write the file again.",
  ],
  "QC-NPY-008": [
    "An array to be written has another number of elements than its shape.",
    "This is a fault of the caller: pass data that fits the shape.",
  ],
  "QC-NPY-009": [
    "The gzip file was cut off or damaged, or unpacks to more than 2 GiB.",
    "Copy the file again; store one sample a file.",
  ],
  "QC-NPZ-001": [
    "The file is not a whole `.npz` archive: its directory, a size or the CRC-32 of an entry is wrong.",
    "Save it again with `numpy.savez`, or copy it again.",
  ],
  "QC-NPZ-002": ["The archive unpacks to more than 2 GiB.", "Store one sample a file."],
  "QC-NPZ-003": ["The archive has two arrays of one name.", "Save it again with `numpy.savez`, one name an array."],
  "QC-PLUGIN-001": [
    "The plugin's file or package is not found.",
    "Give a path such as `./my-plugin.mjs`, or install the package in the current folder.",
  ],
  "QC-PLUGIN-002": [
    "The plugin throws an error while it is loaded.",
    "Read the message behind the colon; running the file with `node` shows where.",
  ],
  "QC-PLUGIN-003": [
    "The file exports no plugin.",
    "Export one by default: `export default (qc) => ({ name, apiVersion: 1, ... })`.",
  ],
  "QC-PLUGIN-004": [
    "The plugin was made for another version of the plugin interface.",
    "Install a release of the plugin that fits this qc, or the other way round.",
  ],
  "QC-PLUGIN-005": [
    "A plugin's `pipeline` wants its passes to run after a pass that does not exist.",
    "Name a pass under `after`: `qc opt --list_passes` lists them.",
  ],
  "QC-PLUGIN-006": [
    "Code that is not qc's own threw an error: a plugin, a preprocessor or a metric.",
    "Mend the file that the message names; `--debug` shows where in it.",
  ],
  "QC-PLUGIN-007": [
    "An op or a pass of a plugin takes part in the build, and `qc plugins --check` has not held the plugin's file, as it is now, to its properties.",
    "Run `qc plugins --check FILE` once after every change: what it finds right is remembered.",
  ],
  "QC-PLUGIN-008": [
    "A part of a plugin contradicts itself: its `lower` and its `eval` disagree, a pass changes what a module computes, or the like.",
    "The lines above show the smallest case found, as IR text, and the command that draws it again.",
  ],
  "QC-PLUGIN-009": [
    "A member of a plugin is not what it must be: no list, a part without a name or without a function that it needs.",
    "Compare the member with `docs/plugins.md`; `definePlugin` lets TypeScript check it.",
  ],
  "QC-PLUGIN-010": [
    "A promise of a plugin or preprocessor did not settle in time.",
    "See what the promise waits for, or allow more seconds with QC_FOREIGN_SECONDS.",
  ],
  "QC-PLUGIN-011": [
    "An importer of a plugin gave something else than the ids of the values that the node computes.",
    "Return what `node.emit` returns: a list with an id for each output.",
  ],
  "QC-PLUGIN-012": [
    "Code of a plugin or preprocessor ended the whole program, by `process.exit` say, before qc was done.",
    "Take the call out: throw an error instead.",
  ],
  "QC-RULE-001": [
    "Two owners (qc itself or plugins) define something with the same name.",
    "Rename one of the two, or load only one of the plugins.",
  ],
  "QC-RULE-002": [
    "A name stands for nothing in a registry.",
    "Check the spelling against the names that the error lists, and load the plugin that brings it.",
  ],
};
