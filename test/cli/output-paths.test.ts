/** Where results may go: never over what is read, and through devices and links, which stay what they are. */
import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFileAtomic } from "../../src/support/fs.js";
import { writeNpy } from "../../src/support/npy.js";
import { qc } from "./qc.js";

const work = mkdtempSync(join(tmpdir(), "qc-outputs-"));
const at = (name: string) => join(work, name);
afterAll(() => rmSync(work, { recursive: true, force: true }));
const TEXT = `module "m" version 1\nfunc @main(%x: f32[1, 4]) -> f32[1, 4] {\n  %y = relu(%x)\n  return %y\n}\n`;
beforeAll(() => {
  writeFileSync(at("m.qc"), TEXT);
  symlinkSync("m.qc", at("alias.qc"));
  writeNpy(at("x.npy"), { dtype: "f32", shape: [1, 4], data: Float32Array.of(-1, 2, -3, 4) });
  expect(qc(work, ["compile", "m.qc", "-o", "out", "--bundle"]).code).toBe(0);
});

describe("an output that is an input is refused, and the input left alone", () => {
  it.each([
    ["dump onto the model", ["dump", "m.qc", "-o", "m.qc"], "m.qc", "QC-CLI-056"],
    ["dump onto a link to the model", ["dump", "m.qc", "-o", "alias.qc"], "m.qc", "QC-CLI-056"],
    ["opt onto the model", ["opt", "m.qc", "--passes=dce", "-o", "./m.qc"], "m.qc", "QC-CLI-056"],
    ["dump under a model's name", ["dump", "m.qc", "-o", "m.onnx"], "m.qc", "QC-CLI-057"],
    ["run onto its sample", ["run", "out", "--input", "x.npy", "-o", "x.npy"], "x.npy", "QC-CLI-056"],
    ["run onto its named sample", ["run", "out", "--input", "x=x.npy", "-o", "x.npy"], "x.npy", "QC-CLI-056"],
    [
      "evaluate onto its list",
      ["evaluate", "out", "--test_path", "list.txt", "--output_path", "list.txt"],
      "list.txt",
      "QC-CLI-056",
    ],
    ["export onto the log", ["records", "export", "log.json", "-o", "log.json"], "log.json", "QC-CLI-056"],
    [
      "merge of a part onto the log",
      ["records", "merge", "log.json", "--workload", "f32", "-o", "log.json"],
      "log.json",
      "QC-CLI-056",
    ],
    ["merge of nothing", ["records", "merge", "log.json", "-o", "other.json"], "log.json", "QC-CLI-055"],
  ])("%s", (_, args, input, code) => {
    writeFileSync(at("list.txt"), "x.npy 0\n");
    writeFileSync(at("log.json"), "not a record\n");
    const before = readFileSync(at(input));
    const r = qc(work, args);
    expect(r.err).toContain(code);
    expect(r.code).toBe(2);
    expect(readFileSync(at(input))).toEqual(before);
  });
});

describe("what is no regular file stays what it is", () => {
  it("a link is followed, also one to nothing yet", () => {
    for (const target of ["target.json", "new.json"]) {
      if (target === "target.json") writeFileSync(at(target), "old");
      symlinkSync(target, at(`to-${target}`));
      symlinkSync(`to-${target}`, at(`chain-${target}`));
      writeFileAtomic(at(`chain-${target}`), "new");
      expect(readlinkSync(at(`chain-${target}`))).toBe(`to-${target}`);
      expect(readFileSync(at(target), "utf8")).toBe("new");
    }
  });

  it("a FIFO is written to", () => {
    const fifo = at("fifo");
    if (spawnSync("mkfifo", [fifo]).status !== 0) throw new Error("mkfifo failed");
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      expect(qc(work, ["dump", "m.qc", "-o", "fifo"]).code).toBe(0);
      const got = Buffer.alloc(4096);
      expect(got.toString("utf8", 0, readSync(reader, got))).toContain("relu(%x)");
    } finally {
      closeSync(reader);
    }
    expect(lstatSync(fifo).isFIFO()).toBe(true);
  });

  it("a full device is told, and stays", () => {
    const r = qc(work, ["run", "out", "--input", "x.npy", "-o", "/dev/full"]);
    expect([r.code, r.err]).toEqual([1, expect.stringContaining("error QC-IO-001: cannot write '/dev/full'")]);
    const bundle = spawnSync(at("out/model"), [at("x.npy"), "-o", "/dev/full"], { encoding: "utf8" });
    expect([bundle.status, bundle.stderr]).toEqual([1, expect.stringContaining("cannot write /dev/full")]);
    expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
  });
});
