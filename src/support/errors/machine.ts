/** Causes and cures of targets, toolchains, tuning and the runtime. */
import type { CauseAndCure } from "./cause.js";

export const machineErrors: Readonly<Record<string, CauseAndCure>> = {
  "QC-C-001": ["A kernel uses a function that portable C does not have in this type.", "Build with `--target llvm`."],
  "QC-LINK-001": [
    "QC_LLD names a linker that does not exist, or neither lld nor a C compiler was found.",
    "Install lld (`apt install lld-19`). Correct QC_LLD, or unset it.",
  ],
  "QC-LINK-002": [
    "QC_CC names a C compiler that does not exist, or none was found for the architecture.",
    "Install one (`apt install gcc`, for aarch64 on another machine `apt install gcc-aarch64-linux-gnu`). Correct QC_CC, or unset it.",
  ],
  "QC-LINK-003": [
    "The linker found a symbol that nothing defines.",
    "The error names it. For `--bundle`, check that the C compiler has libc's headers and libraries.",
  ],
  "QC-LINK-004": [
    "The linker or compiler cannot be started, or failed.",
    "Read what it printed in the error. Check that it runs by itself (`ld.lld --version`), or set QC_LLD or QC_CC to another.",
  ],
  "QC-LINK-005": [
    "The linker or compiler did not end in time.",
    "Check the load of the machine and that the tool works, then try again.",
  ],
  "QC-LINK-006": [
    "An object file is not for x86-64 or aarch64, or there is none to link.",
    "This is a fault of the build: report it with the command line.",
  ],
  "QC-LINK-007": [
    "Linkers or C compilers were found, and none of them works: each failed on a small trial before any work was done.",
    "Run the tool that the error names by itself. Install it again (`apt install --reinstall lld-19 gcc`), or set QC_LLD or QC_CC to one that works.",
  ],
  "QC-LINK-008": [
    "A linker or C compiler failed on a small trial, and qc uses another one.",
    "Mend or remove the tool that the warning names, or set QC_LLD or QC_CC.",
  ],
  "QC-LLVM-001": [
    "No libLLVM of a version that qc works with was found.",
    "Install it (`apt install libllvm19`), or set QC_LIBLLVM to its path.",
  ],
  "QC-LLVM-002": [
    "QC_LIBLLVM names a library that does not exist or cannot be used, or the installed libLLVM cannot be loaded.",
    "Read the reason in the error. Correct QC_LIBLLVM or unset it, or install libLLVM again (`apt install --reinstall libllvm19`).",
  ],
  "QC-LLVM-003": [
    "This libLLVM was built without the target's architecture.",
    "Install another libLLVM (`apt install libllvm19` has all), or build for another target.",
  ],
  "QC-LLVM-004": [
    "libLLVM does not know the processor of `-mcpu`.",
    "Check the spelling, install a newer libLLVM, or name an older processor.",
  ],
  "QC-LLVM-005": ["libLLVM does not know a feature of `-mattr`.", "Check the spelling, or install a newer libLLVM."],
  "QC-LLVM-006": [
    "The processor of `-mcpu` has no 64-bit mode, and the target is 64-bit.",
    "Name a 64-bit processor; the oldest is `-mcpu=x86-64`.",
  ],
  "QC-LLVM-010": [
    "LLVM cannot read the IR that qc made.",
    "This is a bug in qc, or a libLLVM outside of 15 to 21. Report it with `--emit llvm`.",
  ],
  "QC-LLVM-011": [
    "LLVM's verifier refuses the IR that qc made.",
    "This is a bug in qc. Report it with the model or with `--reproduce`.",
  ],
  "QC-LLVM-012": ["libLLVM does not know the pipeline that qc asks for.", "Use libLLVM 15 to 21; QC_LIBLLVM chooses one."],
  "QC-LLVM-013": ["LLVM cannot join the modules of a network.", "This is a bug in qc. Report it with the command line."],
  "QC-LLVM-014": ["LLVM cannot make an object file.", "Read its message in the error; try another libLLVM with QC_LIBLLVM."],
  "QC-LLVM-015": [
    "LLVM met an internal error and had to end the process. The usual cause is an instruction that the target's features do not include.",
    "Leave `-mattr` out, or try another libLLVM with QC_LIBLLVM. Report the model if it stays.",
  ],
  "QC-LLVM-016": [
    "LLVM gives no answer about a processor's features.",
    "Use libLLVM 15 to 21, or name the features with `-mattr`.",
  ],
  "QC-LLVM-017": [
    "A name is no symbol that an object file can have, or an alignment is no power of two.",
    "This is a bug in qc, or in a plugin that names kernels. Report it.",
  ],
  "QC-LLVM-018": [
    "libLLVM is older than the processor. qc asks it for the features of the processor all the same; only the order of instructions is that of another one.",
    "Install a newer libLLVM (`apt install libllvm19`), or name a processor that it knows with `-mcpu`.",
  ],
  "QC-LLVM-021": [
    "A constant has fewer bytes than its type needs.",
    "This is a bug in qc or a plugin: `--verify_each` names the pass that made the constant.",
  ],
  "QC-LLVM-022": [
    "The LLVM backend makes object files for x86-64 and aarch64, and was asked for another architecture.",
    'Name one of them: `--target "llvm -mtriple=aarch64-linux-gnu"`.',
  ],
  "QC-RT-001": ["The runtime library `libqcrt` is missing.", "Run `npm run build`, or install qc again."],
  "QC-RT-002": [
    "The runtime library is there and cannot be loaded, or belongs to another version of qc.",
    "Read the loader's message; build it again on this machine with `npm run build`.",
  ],
  "QC-RT-003": [
    "There is no built model at this path, or its `model.json` is missing.",
    "Name the folder that `qc compile` or `qc optimize` wrote.",
  ],
  "QC-RT-004": ["`model.json` is not the description of a built model, so it was damaged or edited.", "Build the model again."],
  "QC-RT-005": [
    "The model was built by another version of qc, with another interface to the runtime.",
    "Build the model again with this qc.",
  ],
  "QC-RT-006": [
    "A file of the built model is not the one that `model.json` describes: its checksum differs or is missing.",
    "Copy the folder again as a whole, or build the model again.",
  ],
  "QC-RT-007": [
    "The call gives no array for an input, or one array for several inputs.",
    "Give every input by its name: `net.run({ name: array })`.",
  ],
  "QC-RT-008": ["The call gives an array for an input that the network does not have.", "Use the names that `net.inputs` lists."],
  "QC-RT-009": [
    "The array is of another type or length than the input.",
    "Give the typed array and the number of elements that the error names.",
  ],
  "QC-RT-010": ["The network was closed and is used again.", "Load it again, or close it later."],
  "QC-RT-011": ["An option of `load` is no whole number in its range.", "Give a whole number in the range that the error names."],
  "QC-RT-012": [
    "The call names an output that the network does not have, or gives an array for it that is of the wrong type or length, or shares memory with another one.",
    "Use the names that `net.outputs` lists, and for `into` arrays that an earlier run returned.",
  ],
  "QC-RT-013": ["`model.json` was written by another version of qc, in another form.", "Build the model again with this qc."],
  "QC-RT-101": ["The C runtime was called with a missing or wrong argument (`QC_E_ARGUMENT`).", "Check the call against `qc.h`."],
  "QC-RT-102": [
    "The `model.so` cannot be opened: it is missing, or made for another architecture (`QC_E_OPEN`).",
    "Check the path; build for this machine's processor.",
  ],
  "QC-RT-103": ["The shared object is no network of qc (`QC_E_SYMBOL`).", "Name the `model.so` that qc wrote."],
  "QC-RT-104": ["The network's descriptor is damaged (`QC_E_FORMAT`).", "Build the model again."],
  "QC-RT-105": [
    "The network was built for another version of the runtime (`QC_E_ABI`).",
    "Build the model again with the qc that has this runtime.",
  ],
  "QC-RT-106": [
    "This processor lacks instructions that the network was built for (`QC_E_CPU`).",
    'Build for this processor or an older one, for example `--target "llvm -mcpu=x86-64-v3"`.',
  ],
  "QC-RT-107": ["There is not enough memory for the network (`QC_E_MEMORY`).", "Free memory, or use fewer contexts."],
  "QC-RT-108": [
    "The arena that the caller gave is too small or not aligned (`QC_E_ARENA`).",
    "Give `qc_arena_bytes` bytes, aligned as `qc.h` says.",
  ],
  "QC-RT-109": [
    "A thread cannot be started (`QC_E_THREAD`).",
    "Use fewer threads, or raise the limit of processes (`ulimit -u`).",
  ],
  "QC-RT-110": ["An input or output of a run is NULL (`QC_E_TENSOR`).", "Give a buffer for every input and output."],
  "QC-RT-111": ["Another call is inside the network at this moment (`QC_E_BUSY`).", "Use one network for each thread."],
  "QC-RT-112": [
    "A kernel reported a failure, for example an index out of range (`QC_E_RUN`).",
    "Check the values of the inputs.",
  ],
  "QC-RT-113": [
    "The library is not the one that the `model.json` beside it describes (`QC_E_DAMAGED`): it was damaged, or it is another build's.",
    "Compile the model again with `qc compile` or `qc optimize`.",
  ],
  "QC-TARGET-001": [
    "The target is neither `llvm`, `c`, `cuda` nor a name that a plugin added.",
    "Check the spelling; docs/targets.md lists the targets.",
  ],
  "QC-TARGET-002": [
    "A word of the target is no flag: flags begin with `-`.",
    "Write flags like `-mcpu=skylake`, and quote the whole target.",
  ],
  "QC-TARGET-003": ["The target has a flag that qc does not know.", "Check the spelling; docs/targets.md lists the flags."],
  "QC-TARGET-004": ["A flag of the target has no value, or is given twice.", "Write `-flag=value`, once."],
  "QC-TARGET-005": [
    "A word of `-mattr` is no name of a feature, or the value of another flag holds signs that no such value has.",
    "Write features like `-mattr=+avx2,-fma`, and values like `-mcpu=skylake`.",
  ],
  "QC-TARGET-006": [
    "The graphics card of `cuda:NAME` is not in qc's list, or the value of `-arch` is none.",
    "Name the architecture: `cuda -arch=sm_75`.",
  ],
  "QC-TARGET-007": [
    "qc has no code generation for this architecture or operating system.",
    "Use `-mtriple=x86_64-linux-gnu` or `-mtriple=aarch64-linux-gnu`.",
  ],
  "QC-TARGET-008": [
    "`-mcpu=native` means the processor of this machine, and the triple is of another architecture.",
    "Name the processor: `-mcpu=cortex-a72`.",
  ],
  "QC-TARGET-009": [
    "The target `c` has no processor or features: its code is portable.",
    "Leave the flags out; give them to the C compiler that builds `model.c`.",
  ],
  "QC-TUNE-001": [
    "`iterations:0` takes schedules from a tuning log, and there is none.",
    "Search first with `iterations:N`, or leave `category:graph` out.",
  ],
  "QC-TUNE-002": [
    "This machine cannot run code for the target, so it cannot measure.",
    "Search on such a machine, copy its log to `optimization_artifacts/`, and compile with `category:graph,iterations:0`.",
  ],
  "QC-TUNE-003": ["No line of the file is a tuning record.", "Name a `.tuning.json` that `qc tune` or `--optimization` wrote."],
  "QC-TUNE-004": [
    "The program that measures candidates is missing from the installation.",
    "Run `npm run build`, or install qc again.",
  ],
  "QC-TUNE-005": [
    "Records of the log cannot be used: another version of qc or LLVM, or another kind of measurement, made them.",
    "A further search measures these kernels again.",
  ],
  "QC-TUNE-006": [
    "The log holds times for this target from another processor.",
    "Nothing has to be done if the processors are alike; else search on this machine and keep one log a machine.",
  ],
  "QC-TUNE-007": [
    "Lines of the log are damaged; they are left out.",
    "Nothing has to be done: the other lines are used. `qc records merge` writes a clean log.",
  ],
  "QC-TUNE-008": [
    "A recorded schedule no longer applies to its kernel, so the default schedule is used.",
    "A further search replaces it.",
  ],
  "QC-TUNE-009": [
    "The measuring process was asked about a kernel that it does not have.",
    "This is a bug in qc. Run again with `--debug` and report it.",
  ],
  "QC-TUNE-010": [
    "The log has no schedule for this kernel that is faster than the default one.",
    "Nothing has to be done: the default schedule is shown. A longer search may find one.",
  ],
  "QC-TUNE-011": [
    "Records were measured against another version's default schedules, and are left out.",
    "A further search measures the fastest of them again.",
  ],
  "QC-TUNE-012": ["There is no search strategy of that name.", "Use one that the error lists, or load the plugin that adds it."],
  "QC-TUNE-013": [
    "A search was cut short before its best schedules were measured in the whole model.",
    "Search further, be it one iteration: it confirms them or takes the default schedules.",
  ],
  "QC-TUNE-016": ["The target has no schedules that could be searched.", "Leave the search out, or build for `llvm`."],
};
