/** Models and machines at fault, met by whole builds: a coded error with advice, exit code 1, no stack trace, and nothing written. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import onnxProto from "onnx-proto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, glyphFolder, MAIN, qc, qcHere } from "../cli/qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-bad-"));
const at = (name: string) => join(work, name);
afterAll(() => rmSync(work, { recursive: true, force: true }));

function expectError(r: Ended, code: string | RegExp): void {
  const [line] = r.err.split("\n").filter((l) => l.startsWith("error "));
  expect(line, r.err).toMatch(code instanceof RegExp ? code : new RegExp(`^error ${code}: `));
  expect(r.code).toBe(1);
  expect(r.err).toMatch(/= help: /);
  expect(r.err).not.toMatch(/\n\s+at .*\(?file:|node:internal|QC-INTERNAL/);
}

/** Nothing new in the work folder, and no temporary file left. Libraries and tools that are named in `env` are those of a process of its own. */
async function expectRefused(args: readonly string[], code: string | RegExp, env?: NodeJS.ProcessEnv): Promise<Ended> {
  const before = readdirSync(work);
  const run = env ? qc : qcHere;
  const r = await run(work, [...args, "--output_path", "made/out"], { TMPDIR: at("tmp"), ...env });
  expectError(r, code);
  expect(readdirSync(work)).toEqual(before);
  expect(readdirSync(at("tmp"))).toEqual([]);
  return r;
}

interface Options {
  /** Of the weights: external data entries, or 64 zeros in the file. */
  readonly external?: Readonly<Record<string, string>>;
  readonly dims?: readonly (number | string)[];
}

/** y[N, 4, 2, 2] = conv(x[1, 4, 2, 2], w[4, 4, 1, 1]) */
function convModel(name: string, { external, dims = [1, 4, 2, 2] }: Options = {}): string {
  const { onnx } = onnxProto;
  const w = { name: "w", dataType: 1, dims: [4, 4, 1, 1] };
  const stored = external
    ? { ...w, dataLocation: 1, externalData: Object.entries(external).map(([key, value]) => ({ key, value })) }
    : { ...w, rawData: new Uint8Array(64) };
  const dim = dims.map((d) => (typeof d === "number" ? { dimValue: d } : { dimParam: d }));
  const graph = {
    name: "g",
    node: [{ opType: "Conv", name: "conv", input: ["x", "w"], output: ["y"] }],
    initializer: [stored],
    input: [{ name: "x", type: { tensorType: { elemType: 1, shape: { dim } } } }],
    output: [{ name: "y" }],
  };
  const model = onnx.ModelProto.fromObject({ irVersion: 8, opsetImport: [{ domain: "", version: 17 }], graph });
  writeFileSync(at(name), onnx.ModelProto.encode(model).finish());
  return name;
}
const compile = (model: string, ...more: string[]) => ["compile", "--input_path", model, ...more];

beforeAll(() => {
  glyphFolder(work);
  mkdirSync(at("tmp"));
  mkdirSync(at("inner"));
  writeFileSync(at("short.bin"), new Uint8Array(60));
  writeFileSync(at("weights.bin"), new Uint8Array(64));
  symlinkSync("/etc/hostname", at("link.bin"));
  writeFileSync(at("no-library.so"), "not an ELF file");
  convModel("small.onnx");
});

describe("damaged models", () => {
  const whole = readFileSync(join(import.meta.dirname, "../../examples/glyphs/glyphs.onnx"));
  it.each([0, 1, 100, Math.floor(whole.length / 2), whole.length - 1])("cut after %i bytes", async (bytes) => {
    writeFileSync(at("cut.onnx"), whole.subarray(0, bytes));
    await expectRefused(compile("cut.onnx"), /^error QC-ONNX-\d+: /);
  });
  it("a folder that is called .onnx", async () => {
    mkdirSync(at("folder.onnx"), { recursive: true });
    await expectRefused(compile("folder.onnx"), "QC-COMPILE-002");
  });
});

describe("external data", () => {
  it.each([
    ["in the folder above", { location: "../weights.bin" }, /^error QC-(ONNX|IO)-\d+: /],
    ["at an absolute path", { location: "/etc/hostname" }, /^error QC-(ONNX|IO)-\d+: /],
    ["behind a link out of the folder", { location: "link.bin" }, /^error QC-(ONNX|IO)-\d+: /],
    ["missing", { location: "nowhere.bin" }, /^error QC-(ONNX|IO)-\d+: .*nowhere\.bin/],
    ["too short", { location: "short.bin" }, /^error QC-ONNX-\d+: /],
    ["with an offset past the end", { location: "weights.bin", offset: "64" }, /^error QC-ONNX-\d+: /],
    ["with a negative offset", { location: "weights.bin", offset: "-4" }, /^error QC-ONNX-\d+: /],
    ["of another length", { location: "weights.bin", length: "32" }, /^error QC-ONNX-\d+: /],
  ] as const)("%s", async (_what, external, code) => {
    const r = await expectRefused(compile(convModel("external.onnx", { external })), code);
    expect(r.err).toContain(`'${"offset" in external && external.offset === "-4" ? "w" : external.location}'`);
  });
  it("whole, in the model's folder: compiles", async () => {
    const r = await qcHere(work, [
      ...compile(convModel("external.onnx", { external: { location: "weights.bin" } })),
      "--output_path",
      "fine",
    ]);
    expect(r.code, r.err).toBe(0);
  });
});

describe("shapes", () => {
  it("left open: all of them named", async () => {
    const r = await expectRefused(compile(convModel("open.onnx", { dims: [1, 4, "height", "width"] })), "QC-ONNX-012");
    expect(r.err).toMatch(/--input_shapes/);
  });
  it("that do not fit the weights", async () => {
    const r = await expectRefused(
      compile(convModel("open.onnx", { dims: [1, "c", 2, 2] }), "--input_shapes", "x:[1,3,2,2]"),
      /^error QC-/,
    );
    expect(r.err).toContain("conv");
  });
  it("too large for any memory", async () => {
    await expectRefused(
      compile(convModel("open.onnx", { dims: [1, 4, "h", "w"] }), "--input_shapes", "x:[1,4,99999,99999]"),
      /^error QC-/,
    );
  });
});

describe("the machine", () => {
  const OPTIMIZE = ["optimize", "--input_path", "model.onnx", "--rep_dataset", "rep_dataset.txt", "--preprocessor", "unit"];
  it.each([
    ["libLLVM that is none", compile("small.onnx"), { QC_LIBLLVM: "no-library.so" }, /^error QC-LLVM-\d+: /],
    ["no libLLVM to calibrate with", OPTIMIZE, { QC_LIBLLVM: "/nonexistent" }, /^error QC-LLVM-\d+: /],
    ["no linker", compile("small.onnx"), { QC_LLD: "/nonexistent" }, "QC-LINK-001"],
    ["a linker that fails", compile("small.onnx"), { QC_LLD: "/bin/false" }, /^error QC-LINK-\d+: /],
    ["no C compiler for the bundle", compile("small.onnx", "--bundle"), { QC_CC: "/nonexistent" }, "QC-LINK-002"],
  ] as const)("%s", async (_what, args, env, code) => {
    await expectRefused(args, code, env);
  });
});

/** A disk of 64 KiB, mounted where only the command sees it: it needs root, or user namespaces. */
const DISK = "mount -t tmpfs -o size=64k none disk && cd disk";
const unshare = ["-m", "-rm"].find((flags) => spawnSync("unshare", [flags, "true"]).status === 0 && canMount(flags));
function canMount(flags: string): boolean {
  mkdirSync(at("disk"), { recursive: true });
  return spawnSync("unshare", [flags, "sh", "-c", DISK], { cwd: work }).status === 0;
}

describe.skipIf(!unshare)("a full disk", () => {
  const onDisk = (command: string): Ended => {
    const script = `${DISK} && { ${command}; code=$?; ls -A; exit $code; }`;
    const r = spawnSync("unshare", [unshare ?? "", "sh", "-c", script], { cwd: work, encoding: "utf8" });
    return { code: r.status, signal: r.signal, out: r.stdout, err: r.stderr };
  };
  const command = `${process.execPath} ${MAIN} compile --input_path ../model.onnx`;
  it.each([
    ["for the results", `${command} --output_path out`],
    ["for temporary files", `TMPDIR=. ${command} --output_path ../made`],
    ["for a bundle's results", `${command} --bundle --output_path out`],
  ])("%s", (_what, text) => {
    const r = onDisk(text);
    expectError(r, "QC-IO-001");
    expect(r.out).toBe("");
    expect(existsSync(at("made"))).toBe(false);
  });
});
