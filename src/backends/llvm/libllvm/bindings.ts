import koffi from "koffi";

/** A pointer owned by libLLVM. */
export interface Ptr {
  readonly opaque: "libLLVM";
}
/** An out-parameter: one cell that the callee fills. */
export type Cell = [Ptr | null];
export type Callback = ReturnType<typeof koffi.register>;

/** The part of the LLVM-C API in use; spelled the same in LLVM 15 to 21. Booleans are C ints, true means failure. */
export interface Bindings {
  readonly contextCreate: () => Ptr;
  readonly contextDispose: (context: Ptr) => void;
  readonly setDiagnosticHandler: (context: Ptr, handler: Callback | null, data: null) => void;
  readonly diagDescription: (info: Ptr) => Ptr;
  readonly diagSeverity: (info: Ptr) => number;
  readonly installFatalHandler: (handler: Callback) => void;
  readonly resetFatalHandler: () => void;
  readonly disposeMessage: (message: Ptr) => void;
  readonly bufferFromBytes: (bytes: Uint8Array, length: number, name: string) => Ptr;
  readonly bufferStart: (buffer: Ptr) => Ptr;
  readonly bufferSize: (buffer: Ptr) => number | bigint;
  readonly disposeBuffer: (buffer: Ptr) => void;
  /** Takes ownership of the buffer. */
  readonly parseIR: (context: Ptr, buffer: Ptr, module: Cell, message: Cell) => number;
  readonly verifyModule: (module: Ptr, action: number, message: Cell) => number;
  /** Takes ownership of `source`. */
  readonly linkModules: (into: Ptr, source: Ptr) => number;
  readonly cloneModule: (module: Ptr) => Ptr;
  readonly disposeModule: (module: Ptr) => void;
  readonly printModule: (module: Ptr) => Ptr;
  readonly setTarget: (module: Ptr, triple: string) => void;
  readonly setDataLayout: (module: Ptr, layout: Ptr) => void;
  readonly createDataLayout: (machine: Ptr) => Ptr;
  readonly disposeDataLayout: (layout: Ptr) => void;
  readonly targetFromTriple: (triple: string, target: Cell, message: Cell) => number;
  readonly createMachine: (
    target: Ptr,
    triple: string,
    cpu: string,
    features: string,
    level: number,
    reloc: number,
    code: number,
  ) => Ptr | null;
  readonly disposeMachine: (machine: Ptr) => void;
  readonly emitToBuffer: (machine: Ptr, module: Ptr, fileType: number, message: Cell, buffer: Cell) => number;
  readonly createPassOptions: () => Ptr;
  readonly disposePassOptions: (options: Ptr) => void;
  readonly runPasses: (module: Ptr, passes: string, machine: Ptr, options: Ptr) => Ptr | null;
  /** Consumes the error. */
  readonly errorMessage: (error: Ptr) => Ptr;
  readonly disposeErrorMessage: (message: Ptr) => void;
  readonly defaultTriple: () => Ptr;
  readonly normalizeTriple: (triple: string) => Ptr;
  readonly hostCpu: () => Ptr;
  readonly hostFeatures: () => Ptr;
}

const P = "void *";
const CELL = "_Out_ void **";
const DECLARATIONS: { readonly [K in keyof Bindings]: readonly [symbol: string, result: string, ...args: string[]] } = {
  contextCreate: ["LLVMContextCreate", P],
  contextDispose: ["LLVMContextDispose", "void", P],
  setDiagnosticHandler: ["LLVMContextSetDiagnosticHandler", "void", P, P, P],
  diagDescription: ["LLVMGetDiagInfoDescription", P, P],
  diagSeverity: ["LLVMGetDiagInfoSeverity", "int", P],
  installFatalHandler: ["LLVMInstallFatalErrorHandler", "void", P],
  resetFatalHandler: ["LLVMResetFatalErrorHandler", "void"],
  disposeMessage: ["LLVMDisposeMessage", "void", P],
  bufferFromBytes: ["LLVMCreateMemoryBufferWithMemoryRangeCopy", P, "const uint8_t *", "size_t", "const char *"],
  bufferStart: ["LLVMGetBufferStart", P, P],
  bufferSize: ["LLVMGetBufferSize", "size_t", P],
  disposeBuffer: ["LLVMDisposeMemoryBuffer", "void", P],
  parseIR: ["LLVMParseIRInContext", "int", P, P, CELL, CELL],
  verifyModule: ["LLVMVerifyModule", "int", P, "int", CELL],
  linkModules: ["LLVMLinkModules2", "int", P, P],
  cloneModule: ["LLVMCloneModule", P, P],
  disposeModule: ["LLVMDisposeModule", "void", P],
  printModule: ["LLVMPrintModuleToString", P, P],
  setTarget: ["LLVMSetTarget", "void", P, "const char *"],
  setDataLayout: ["LLVMSetModuleDataLayout", "void", P, P],
  createDataLayout: ["LLVMCreateTargetDataLayout", P, P],
  disposeDataLayout: ["LLVMDisposeTargetData", "void", P],
  targetFromTriple: ["LLVMGetTargetFromTriple", "int", "const char *", CELL, CELL],
  createMachine: ["LLVMCreateTargetMachine", P, P, "const char *", "const char *", "const char *", "int", "int", "int"],
  disposeMachine: ["LLVMDisposeTargetMachine", "void", P],
  emitToBuffer: ["LLVMTargetMachineEmitToMemoryBuffer", "int", P, P, "int", CELL, CELL],
  createPassOptions: ["LLVMCreatePassBuilderOptions", P],
  disposePassOptions: ["LLVMDisposePassBuilderOptions", "void", P],
  runPasses: ["LLVMRunPasses", P, P, "const char *", P, P],
  errorMessage: ["LLVMGetErrorMessage", P, P],
  disposeErrorMessage: ["LLVMDisposeErrorMessage", "void", P],
  defaultTriple: ["LLVMGetDefaultTargetTriple", P],
  normalizeTriple: ["LLVMNormalizeTargetTriple", P, "const char *"],
  hostCpu: ["LLVMGetHostCPUName", P],
  hostFeatures: ["LLVMGetHostCPUFeatures", P],
};

/** LLVM architecture names whose code generators are initialised where the library has them. */
const ARCHITECTURES = ["X86", "AArch64"] as const;
const INIT_PARTS = ["TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser"] as const;

export interface Library {
  readonly path: string;
  readonly version: string;
  readonly llvm: Bindings;
  /** Types of the two callbacks, made once a library. */
  readonly diagType: ReturnType<typeof koffi.pointer>;
  readonly fatalType: ReturnType<typeof koffi.pointer>;
}

function hasSymbol(lib: ReturnType<typeof koffi.load>, symbol: string): boolean {
  try {
    lib.func(symbol, "void", []);
    return true;
  } catch {
    return false;
  }
}

/** `19.1.7`; LLVM 15 lacks LLVMGetVersion and is told from 14 by a function that 15 added. null: too old. */
function libraryVersion(lib: ReturnType<typeof koffi.load>): string | null {
  if (hasSymbol(lib, "LLVMGetVersion")) {
    const parts: [number][] = [[0], [0], [0]];
    lib.func("LLVMGetVersion", "void", ["_Out_ unsigned int *", "_Out_ unsigned int *", "_Out_ unsigned int *"])(...parts);
    return parts.map(([n]) => n).join(".");
  }
  return hasSymbol(lib, "LLVMPointerTypeIsOpaque") ? "15" : null;
}

/**
 * koffi runs every call on a stack of its own, 1 MiB unless set before the first library is loaded; LLVM's optimiser recurses deeper
 * than that on large functions. Where another library came first the default stays.
 */
export function reserveStack(): void {
  if (koffi.config().sync_stack_size === STACK_BYTES) return;
  try {
    koffi.config({ ...koffi.config(), sync_stack_size: STACK_BYTES });
  } catch {
    // a library is loaded already: the size is fixed
  }
}
const STACK_BYTES = 16 * 1024 * 1024;

/** Loads one shared library. Throws koffi's Error where it cannot be loaded; returns null for an LLVM older than 15. */
export function loadBindings(path: string): Library | null {
  reserveStack();
  const lib = koffi.load(path);
  const version = libraryVersion(lib);
  if (version === null) return null;
  const entries = Object.entries(DECLARATIONS).map(([key, [symbol, result, ...args]]) => [key, lib.func(symbol, result, args)]);
  for (const arch of ARCHITECTURES) {
    if (!hasSymbol(lib, `LLVMInitialize${arch}Target`)) continue;
    for (const part of INIT_PARTS) lib.func(`LLVMInitialize${arch}${part}`, "void", [])();
  }
  return {
    path,
    version,
    llvm: Object.fromEntries(entries) as unknown as Bindings,
    diagType: koffi.pointer(koffi.proto("void", [P, P])),
    fatalType: koffi.pointer(koffi.proto("void", ["const char *"])),
  };
}

/** The C string behind a pointer that libLLVM owns. */
export function readString(text: Ptr): string {
  return koffi.decode(text, "char", -1) as string;
}

/** The C string behind a pointer, which is then freed. */
export function takeString(llvm: Bindings, text: Ptr | null): string {
  if (text === null) return "";
  const result = readString(text);
  llvm.disposeMessage(text);
  return result;
}

/** A copy of the bytes of a memory buffer, which is then freed. */
export function takeBuffer(llvm: Bindings, buffer: Ptr): Uint8Array {
  const bytes = new Uint8Array(koffi.view(llvm.bufferStart(buffer), Number(llvm.bufferSize(buffer)))).slice();
  llvm.disposeBuffer(buffer);
  return bytes;
}

export type Severity = "error" | "warning" | "remark" | "note";
const SEVERITIES: readonly Severity[] = ["error", "warning", "remark", "note"];

export interface Message {
  readonly severity: Severity;
  readonly text: string;
}

/**
 * Runs `body` with the context's diagnostics and LLVM's fatal errors routed here: without a handler LLVM prints them and ends the
 * process. Returns what the body returns, and the diagnostics in order. A fatal error cannot return to the caller, so it goes to
 * `onFatal`, which must end the process.
 */
export function withHandlers<T>(
  { llvm, diagType, fatalType }: Library,
  context: Ptr,
  onFatal: (reason: string) => void,
  body: (messages: readonly Message[]) => T,
): T {
  const messages: Message[] = [];
  const onDiag = (info: Ptr): void => {
    messages.push({
      severity: SEVERITIES[llvm.diagSeverity(info)] ?? "error",
      text: takeString(llvm, llvm.diagDescription(info)),
    });
  };
  const diag = koffi.register(onDiag, diagType);
  const fatal = koffi.register(onFatal, fatalType);
  try {
    llvm.setDiagnosticHandler(context, diag, null);
    llvm.resetFatalHandler();
    llvm.installFatalHandler(fatal);
    return body(messages);
  } finally {
    llvm.resetFatalHandler();
    llvm.setDiagnosticHandler(context, null, null);
    koffi.unregister(diag);
    koffi.unregister(fatal);
  }
}
