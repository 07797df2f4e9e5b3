/** Tools that are there and do not work are told before any work is done: the model is not even looked at. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { glyphFolder, qcHere } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-broken-tools-"));
beforeAll(() => {
  glyphFolder(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const FAULTS: Readonly<Record<string, string>> = {
  fails: "#!/bin/sh\necho 'bad installation' >&2\nexit 3\n",
  "is killed": "#!/bin/sh\nkill -9 $$\n",
  "writes nothing": "#!/bin/sh\nexit 0\n",
  "writes nonsense": '#!/bin/sh\nfor a; do [ "$last" = -o ] && echo nonsense > "$a"; last=$a; done\nexit 0\n',
  "is no program": "",
};
const USES = [
  ["the linker of llvm", "QC_LLD", ["--target", "llvm"]],
  ["the compiler of a bundle", "QC_CC", ["--target", "llvm", "--bundle"]],
  ["the compiler of c", "QC_CC", ["--target", "c"]],
] as const;

function fake(folder: string, name: string, text: string): string {
  mkdirSync(join(work, folder), { recursive: true });
  const path = join(work, folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

describe.each(USES)("%s", (use, variable, args) => {
  it.each(Object.entries(FAULTS))("%s", async (fault, text) => {
    const path = fake(`${use} ${fault}`, "tool", text);
    const done = await qcHere(work, ["compile", ...args, "missing.onnx", "-o", "out"], { [variable]: path });
    expect(done.code, done.err).toBe(1);
    expect(done.err).toContain("error QC-LINK-007");
    expect(done.err).toContain(path);
    expect(done.err).toMatch(/= help: .*QC_(LLD|CC)/);
    expect(existsSync(join(work, "out"))).toBe(false);
  });
});

it("a broken linker is passed over with a warning where another one works", async () => {
  const path = fake("first", "ld.lld-21", FAULTS.fails);
  const env = { PATH: `${join(work, "first")}${delimiter}${process.env.PATH}` };
  const done = await qcHere(work, ["compile", "model.onnx", "-o", "passed-over"], env);
  expect(done.code, done.err).toBe(0);
  expect(done.err).toContain("warning QC-LINK-008");
  expect(done.err).toContain(path);
  expect(done.err).toContain("bad installation");
});

it.each([
  ["an empty file", (path: string) => writeFileSync(path, "")],
  ["text", (path: string) => writeFileSync(path, "not a library\n")],
  ["another program", (path: string) => copyFileSync(process.execPath, path)],
])("libLLVM that is %s", async (_, make) => {
  const path = join(work, "libLLVM.so");
  make(path);
  const done = await qcHere(work, ["compile", "missing.onnx", "-o", "out"], { QC_LIBLLVM: path });
  expect(done.code, done.err).toBe(1);
  expect(done.err).toContain("error QC-LLVM-002");
  expect(done.err).toContain(path);
});
