/**
 * read.mjs FOLDER FILE: reads LLVM text with the llvm-bindings that is installed in FOLDER, and prints {functions, instructions, broken} as JSON.
 * In a process of its own: the package ends the process where a text cannot be parsed.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import koffi from "koffi";
import { countText, packageOf } from "./count.mjs";

const [folder, file] = process.argv.slice(2);
const found = packageOf(folder);
if (found === null) throw new Error(`llvm-bindings is not installed in '${folder}'`);
const llvm = createRequire(join(found, "package.json"))(found);
// LLVM 14 reads `ptr` only behind this switch, which the package does not have: its library exports LLVM's C API
const parseOptions = koffi
  .load(join(found, "build/Release/llvm-bindings.node"))
  .func("LLVMParseCommandLineOptions", "void", ["int", "const char **", "str"]);
parseOptions(2, ["llvm-bindings", "-opaque-pointers"], "");
const module = llvm.parseIRFile(file, new llvm.SMDiagnostic(), new llvm.LLVMContext());
const broken = llvm.verifyModule(module);
console.log(JSON.stringify({ ...countText(module.print()), broken }));
