/** Causes and cures of models, data, quantization, passes and the IR. */
import type { CauseAndCure } from "./cause.js";

export const modelErrors: Readonly<Record<string, CauseAndCure>> = {
  "QC-DATA-001": [
    "The array or raw file has another number of elements than the input.",
    "Reshape or transpose it, or compile with `--input_shapes` for its shape.",
  ],
  "QC-DATA-002": [
    "An image cannot fill this input, because of the input's batch, channels or dimensions.",
    "The help says which: compile for a batch of 1, or give the sample as `.npy`.",
  ],
  "QC-DATA-003": [
    "The image has colours and the input takes gray.",
    "Put `rgbtogray` into the preprocessor: `--preprocessor rgbtogray+unit`.",
  ],
  "QC-DATA-004": [
    "The model has several inputs and the sample is one array.",
    "Give a `.npz` file with one entry for each input, named as the input.",
  ],
  "QC-DATA-005": ["The gzip file was cut off or damaged.", "Copy or write the file again."],
  "QC-DATA-006": [
    "A value does not fit the integer type of the input.",
    "Choose a preprocessor whose values fit, for example `symm` for int8.",
  ],
  "QC-DATA-007": [
    "The preprocessor gives real numbers, and the integer input has no scale to convert them with.",
    "Use a preprocessor that gives integers: none, `uint8` or `symm`.",
  ],
  "QC-DATA-008": [
    "The names in the `.npz` file are not those of the model's inputs.",
    "Name every entry as its input; the help lists the names.",
  ],
  "QC-DATA-009": ["The array has another element type than the input.", "Convert it with `array.astype`, as the help shows."],
  "QC-DATA-010": [
    "There is no preprocessor of that name, or two parts of it scale the values.",
    "Use the names that the error lists, or a file: `--preprocessor ./mine.mjs`.",
  ],
  "QC-DATA-011": [
    "The preprocessor is for images and the sample is sound, or the other way round.",
    "Use a preprocessor that fits the samples.",
  ],
  "QC-DATA-012": [
    "The sound file has another sample rate or length than the preprocessor takes.",
    "Resample it to 16 kHz, or give the features as `.npy`.",
  ],
  "QC-DATA-013": [
    "The file of `--preprocessor` does not exist, cannot be loaded, or exports no function.",
    "Give the path of a `.mjs` file with `export function preprocess(sample, spec)`.",
  ],
  "QC-DATA-014": [
    "Your preprocessor threw an error, or returned no array of numbers.",
    "Read the message; return a typed array with the input's number of elements.",
  ],
  "QC-DATA-015": [
    "The list of samples has no line that names a file.",
    "Write one path on each line, for `qc evaluate` with its class behind it.",
  ],
  "QC-DATA-016": [
    "A line of the test list has no class behind the path.",
    "Write the class index after the path: `images/7.png 7`.",
  ],
  "QC-DATA-018": [
    "The inputs of a sequence have different numbers of steps.",
    "Give every input the same number of steps in its first dimension.",
  ],
  "QC-DATA-020": ["The file is neither PNG nor JPEG.", "Convert the image, or give the sample as `.npy`."],
  "QC-DATA-021": ["The image has no pixels, or more than 100 million.", "Make the image smaller."],
  "QC-DATA-022": ["The image file was cut off or damaged.", "Open it in a viewer, or save it again."],
  "QC-DATA-024": [
    "The preprocessor that calibration used is a file, and the file has changed since: other inputs would go into the network.",
    "Put the file back, calibrate again with `qc optimize`, or name the preprocessor that you mean with `--preprocessor`.",
  ],
  "QC-DATA-030": ["The sound file is no WAV file with 16-bit PCM samples.", "Convert it, or give the features as `.npy`."],
  "QC-FORMAT-001": ["The file is in a format that qc knows by sight and does not read.", "Export the model to ONNX."],
  "QC-FORMAT-002": [
    "The file is in no format that qc knows.",
    "Check that it is the right file; qc reads ONNX models and IR text (`.qc`).",
  ],
  "QC-IR-001": [
    "A pass or plugin built a node before one of its operands.",
    "Check the pass that the location names with `--verify_each`.",
  ],
  "QC-IR-009": ["The module uses an operator that this qc does not have.", "Load the plugin that adds it with `--plugin`."],
  "QC-IR-010": [
    "The operands or attributes of a node do not fit its operator.",
    "The message says which rule is broken; docs/ops.md has the operands and attributes.",
  ],
  "QC-IR-011": ["A node has too few or too many operands.", "Compare it with the operator's operands in docs/ops.md."],
  "QC-IR-012": [
    "An operand that the operator needs is left out.",
    "Give the operand; only those marked `?` in docs/ops.md may be absent.",
  ],
  "QC-IR-020": [
    "Two functions have one name, names of parameters or results are missing, or a kernel's group uses a value that is not in it.",
    "Correct the text. If no text of yours is involved, a pass has a bug: report it with `--reproduce`.",
  ],
  "QC-IR-021": [
    "The name of a constant does not begin with `#`, that of a value not with `%`, or a value is defined twice.",
    "Rename it in the text, or correct the pass that made it.",
  ],
  "QC-IR-022": [
    "A node uses a value that is defined behind it, or nowhere.",
    "Sort the nodes, or correct the pass that made them (`--verify_each` names it).",
  ],
  "QC-IR-023": [
    "A node names another number of results, or other types, than its operator gives.",
    "Correct the node's results; leave their types out of the text to have them inferred.",
  ],
  "QC-IR-024": [
    "A `call` names a function that the module does not have, its operands or results do not fit that function, or functions call each other in a circle.",
    "Correct the name, the operands or the results.",
  ],
  "QC-IR-025": [
    "A constant refers to bytes that are not there, or to another number of bytes than its type has.",
    "Keep the `.qcw` file that belongs to the `.qc` text beside it.",
  ],
  "QC-IR-026": [
    "A quantization does not fit its type: the element type is no integer, a scale is not positive, a zero point is outside of the type, or their number is wrong.",
    "Correct the quantization as the message says, or drop it.",
  ],
  "QC-IR-027": [
    "A state pairs a parameter and a result that do not exist, differ in type, or belong to another state; or its first value has another type.",
    "Pair a parameter marked `state` with a result of the same type; docs/ir.md shows how.",
  ],
  "QC-IR-030": [
    "The network is called with the wrong number of inputs, or with an input of another type.",
    "Give one tensor of the right type for each input; the message names them.",
  ],
  "QC-JS-001": ["A kernel is run without one of its buffers.", "Give an array for each operand."],
  "QC-JS-002": ["A buffer of a kernel is too short.", "Give an array with as many elements as the buffer's shape."],
  "QC-JS-003": ["A buffer of a kernel is of another array type.", "Give the typed array of the element type."],
  "QC-JS-004": [
    "An input of the program has another number of bytes than its type.",
    "Give a tensor of the input's type and shape.",
  ],
  "QC-LOOP-001": [
    "A kernel breaks a rule of the loop IR, for example an index outside of a buffer.",
    "Correct the text; if no text of yours is involved, this is a bug in a schedule step: report it.",
  ],
  "QC-ONNX-001": [
    "The file is damaged or is no ONNX model, or a node uses a domain for which the model declares no opset.",
    "Copy or export the model again; `onnx.checker` reports the same fault.",
  ],
  "QC-ONNX-002": ["A constant of the model is damaged.", "Export the model again."],
  "QC-ONNX-003": [
    "A constant has an element type that qc does not have, such as strings or complex numbers.",
    "Remove these tensors from the model, or export without them.",
  ],
  "QC-ONNX-005": [
    "A constant has more or fewer bytes than its shape needs, its sparse form contradicts itself, or it is stored in segments, which qc does not read.",
    "The file is damaged or old: copy it again, or save it again with a current `onnx` package.",
  ],
  "QC-ONNX-006": [
    "A constant is said to lie in another file, and the file is not named.",
    "Save the model again with `onnx.save`.",
  ],
  "QC-ONNX-007": [
    "The file with a constant's data is missing.",
    "Keep all files of the model in one folder and pass the model inside it.",
  ],
  "QC-ONNX-008": [
    "The offset or length of a constant's external data is no valid number, or does not fit its shape or the data file.",
    "Copy the data file again, or save the model again with `onnx.save`.",
  ],
  "QC-ONNX-010": [
    "An option such as `--input_shapes` or `--freeze` names an input that the model does not have.",
    "Use the names that the error lists.",
  ],
  "QC-ONNX-011": [
    "An input or output is a sequence, an optional value or a map, or its elements are of a type that qc does not have.",
    "Export the model with tensors at its inputs and outputs.",
  ],
  "QC-ONNX-012": [
    "The model leaves sizes of an input open, and a compiled network has fixed sizes.",
    'Give them: `--input_shapes "NAME:[1,3,224,224]"`.',
  ],
  "QC-ONNX-013": [
    "A shape from `--input_shapes` contradicts a size that the model fixes.",
    "Give a shape that keeps the fixed sizes.",
  ],
  "QC-ONNX-014": [
    "The model leaves its batch size open, and qc took 1.",
    "Nothing has to be done for a batch of 1; else give `--input_shapes`.",
  ],
  "QC-ONNX-015": ["The nodes of the graph depend on each other in a circle.", "The file is damaged: export the model again."],
  "QC-ONNX-016": [
    "The model contradicts itself: shapes, types or names do not agree.",
    "Check it with `onnx.checker.check_model`, and export it again.",
  ],
  "QC-ONNX-017": [
    "The model has operators, or forms of them, that qc does not support.",
    "The help of each says what to do. docs/ops.md lists what is supported; a plugin can add an operator (docs/plugins.md).",
  ],
  "QC-ONNX-018": [
    "An operator needs a value when the model is compiled, such as a shape or axes, and the model computes it at run time.",
    "If the value comes from an input, fix that input with `--freeze NAME=FILE.npy`; otherwise export the model with static shapes.",
  ],
  "QC-ONNX-019": [
    "The model was made for an ONNX opset older than qc reads.",
    "Convert it: `onnx.version_converter.convert_version(model, 17)`.",
  ],
  "QC-ONNX-020": [
    "The model uses a newer opset than this qc knows; its nodes are read as the newest known opset defines them.",
    "Check the results, or export the model for an older opset.",
  ],
  "QC-ONNX-021": [
    "The model is larger, or needs more memory, than qc or this machine takes.",
    "The message names the limit. If the model is not damaged, export it with smaller shapes.",
  ],
  "QC-ONNX-022": [
    "A scale of a quantized tensor is zero, negative or not finite.",
    "Quantize the model again, with samples that make every layer active.",
  ],
  "QC-ONNX-023": [
    "The model lists an output more than once; the network has it once.",
    "Nothing has to be done; list each output once to silence the warning.",
  ],
  "QC-ONNX-024": [
    "The file leaves the meaning of a node open, or asks for something that qc reads in its own way.",
    "Read the warning's help, and check the results against the model's framework.",
  ],
  "QC-PASS-001": ["There is no pass of that name.", "Check the spelling; `qc opt --list_passes` names the passes."],
  "QC-PASS-002": ["The text of the pipeline is malformed.", "Write `pass,pass{option=value},...`."],
  "QC-PASS-003": ["A pass has no option of that name, or the value does not fit.", "`qc opt --list_passes` shows the options."],
  "QC-PASS-004": [
    "A pass needs a fact about the module that does not hold at its place in the pipeline.",
    "Move it behind a pass that establishes the fact and before one that breaks it; docs/makers/passes.md has the table.",
  ],
  "QC-PASS-005": ["`--print_after` names a pass that does not exist.", "Check the spelling, or use `all`."],
  "QC-PASS-006": [
    "What the passes left is no program of kernels, so no code can be made of it.",
    "End the pipeline with `materialize-results,fuse`, or name your passes only and leave the end to qc.",
  ],
  "QC-PASS-007": [
    "An op stays behind a transpose, as its record does not say what becomes of it where axes change places.",
    "Nothing has to be done. A plugin's op passes transposes with a rule `layout.transpose` in its record (docs/plugins.md).",
  ],
  "QC-QCW-001": ["The file is no weights file of qc.", "Keep the `.qcw` beside its `.qc` text, under the same name."],
  "QC-QCW-002": ["The weights file was written by a newer qc.", "Use the qc that wrote it, or a newer one."],
  "QC-QCW-003": ["The weights file was cut off or damaged.", "Write it again with `qc dump -o`."],
  "QC-QCW-004": ["The bytes of a constant in the weights file have changed.", "Write it again with `qc dump -o`."],
  "QC-QUANT-001": ["The calibration list is empty.", "Name at least one sample in `--rep_dataset`; 50 to 200 are usual."],
  "QC-QUANT-002": [
    "A calibration sample holds, or makes the network compute, a NaN or an infinity.",
    "Check that sample and the preprocessor; the error names it.",
  ],
  "QC-SCHED-001": [
    "A step of a schedule is not legal for this kernel.",
    "Correct the steps; those of a tuning log are from another version: search again.",
  ],
  "QC-SCHED-002": [
    "No scheduler takes this target.",
    "Build for a target that has schedules, or load a plugin with a scheduler.",
  ],
  "QC-QUANT-003": [
    "The recipe is not valid JSON, or an entry of it is not one that qc knows.",
    "Correct the place that the error names; `qc optimize --emit recipe` writes a valid one.",
  ],
  "QC-QUANT-004": [
    "The recipe names a node or tensor that the model does not have, so that decision has no effect.",
    "Check the name; the recipe may belong to another version of the model.",
  ],
  "QC-QUANT-005": [
    "Quantization loses much of the signal at the values that the warning names.",
    "Look for outliers among the samples, or keep the nodes that read the worst value in floats: the help has the options to type.",
  ],
  "QC-QUANT-006": [
    "The ranges come from one calibration sample only.",
    "List 50 to 200 samples that look like what the network will see.",
  ],
  "QC-QUANT-007": ["There is no quantization scheme of that name.", "Check the spelling, or load the plugin that adds it."],
  "QC-QUANT-008": ["There is no calibrator of that name.", "Check the spelling, or load the plugin that adds it."],
  "QC-QUANT-009": ["There is no repair of that name.", "Check the spelling, or load the plugin that adds it."],
  "QC-QUANT-010": [
    "A repair was tried; the remark says whether the results are better with it.",
    "Nothing has to be done: a repair is kept only where it helps.",
  ],
  "QC-QUANT-011": [
    "The model given to `qc optimize` is quantized already, and its own grids are kept.",
    "Give the float model to quantize anew, or use `qc compile` for this one.",
  ],
  "QC-STATE-001": [
    "`--state OUT=IN` names an output or input that the model does not have.",
    "Use the names that the error lists.",
  ],
  "QC-STATE-002": ["`--state` names one input or output twice.", "Pair each output with one input."],
  "QC-STATE-003": [
    "The output and the input of a state have different types or shapes.",
    "Pair an output with the input of the same type: `qc dump model.onnx` shows the types. Sizes that the model leaves open are given with `--input_shapes`.",
  ],
  "QC-STATE-004": [
    "Every output is declared a state, so the network would give nothing.",
    "Leave out the `--state` of an output that you want to read.",
  ],
  "QC-TEXT-001": [
    "The text does not follow the grammar, or was written in another version of the text form.",
    "The message says what is expected at this place; docs/ir.md describes the form. `qc dump` writes it anew.",
  ],
  "QC-TEXT-002": ["The text uses a name before its definition.", "Define it above, or correct the name."],
  "QC-TEXT-003": [
    "A constant's name does not begin with `#`, a value's not with `%`, or a name is defined twice.",
    "Rename it as the error says.",
  ],
  "QC-TEXT-004": ["The text uses an operator that this qc does not have.", "Check the spelling; load the plugin that adds it."],
  "QC-TEXT-005": [
    "A value is of another type than the text says: of a function's head, a node's result, or a state.",
    "Correct the type, or leave the types of results out.",
  ],
  "QC-TEXT-006": ["Two functions have the same name.", "Rename one of them."],
  "QC-TEXT-007": [
    "A `call` names no function, or one that the text does not have.",
    "Write `%y = call @name(%x)`, and check the name.",
  ],
  "QC-TEXT-008": [
    "A function returns another number of values than its head says, a node another number than it names, or the operands of a `call` do not fit.",
    "Correct the head, the names or the operands.",
  ],
  "QC-TEXT-009": [
    "A constant is named by its content only, and the bytes are not there.",
    "Keep the `.qcw` beside the text, or write the values into it.",
  ],
  "QC-TEXT-010": [
    "A constant lists another number of elements than its type has, or an element that is no value of the type.",
    "Correct the list or the shape.",
  ],
  "QC-TEXT-011": ["The text holds no function.", "Write at least one `func`."],
  "QC-TEXT-012": ["A string has an escape that is not known.", 'Use the escapes of JSON: `\\n`, `\\"`, `\\u0041`.'],
  "QC-TEXT-013": [
    "A word that stands where a type must stand is no type, or its scales and zero points are not one for one.",
    "Write types like `f32[1, 3, 8, 8]`; docs/ir.md lists the element types.",
  ],
  "QC-TEXT-014": ["An attribute is given twice.", "Remove one of the two."],
  "QC-TEXT-015": [
    "Brackets, operators or the names of a block stand inside one another more deeply than is read.",
    "Name parts of an expression with `let`, and end the reach of names with braces.",
  ],
  "QC-TEXT-016": [
    "A state is not marked at both ends, has two next values, or stands in a function that is not the first.",
    "Mark the parameter `state`, and the result that feeds it `state %h`, in the first function.",
  ],
  "QC-TEXT-020": [
    "A kernel uses a buffer or a variable that it does not declare.",
    "Declare the buffer in the kernel's head, or correct the name.",
  ],
  "QC-TEXT-021": [
    "An operation has operands of types that do not go together, or a type that cannot be told.",
    "Convert one operand, `f32(x)`, or write the type behind the expression: `1:f32`, `bitcast(x):i32x4`.",
  ],
  "QC-TEXT-022": [
    "A kernel calls a function that the loop IR does not have, or with the wrong number of operands.",
    "docs/ir.md lists the functions.",
  ],
  "QC-TEXT-023": [
    "A number is not whole where it must be, or a condition stands where it cannot.",
    "A store with a condition is `y[i] = v if c;`, and a reduction has none; the message says what is meant here.",
  ],
  "QC-TEXT-030": [
    "`--input_shapes` or `--freeze` names an input that the function of the text does not have.",
    "Use the names that the error lists.",
  ],
  "QC-TEXT-031": [
    "`--input_shapes` gives a shape that the text contradicts: in a text all sizes are fixed.",
    "Leave it out, or import the model again with these sizes.",
  ],
  "QC-TEXT-032": [
    "The array of `--freeze` has another type or shape than the input in the text.",
    "Give an array of the type and shape that the error names.",
  ],
  "QC-TEXT-033": [
    "The text holds kernels, or several functions: it is the end of a build, and a build starts from one function.",
    "Keep the module with `qc dump` or `--emit qc`, before it is lowered.",
  ],
};
