import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { QcError } from "../../src/support/diag.js";
import { KNOBS, knob } from "../../src/support/env.js";
import { canonicalJson, hashJson, sha256Hex, sha256OfParts, shortHash } from "../../src/support/hash.js";
import { createProgress } from "../../src/support/progress.js";
import { createRuleTable } from "../../src/support/rule-table.js";
import { geometricMean, quantile } from "../../src/support/statistics.js";
import { closest, didYouMean, editDistance } from "../../src/support/suggest.js";
import { formatTable } from "../../src/support/table.js";

function errorOf(run: () => unknown): QcError {
  try {
    run();
  } catch (error) {
    if (error instanceof QcError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("hash", () => {
  it("is SHA-256", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256OfParts(["a", Buffer.from("bc")])).toBe(sha256Hex("abc"));
    expect(shortHash("abc", 6)).toBe("ba7816");
  });
  it("of JSON does not depend on the order of keys", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: undefined })).toBe('{"b":[{"c":2,"d":1}]}');
    expect(hashJson({ x: 1, y: 2 })).toBe(hashJson({ y: 2, x: 1 }));
    expect(hashJson([1, 2])).not.toBe(hashJson([2, 1]));
    const alike = [null, Number.NaN, Infinity, -Infinity, 0, -0, 0n, "0n", "NaN"];
    expect(new Set(alike.map(canonicalJson)).size).toBe(alike.length);
  });
});

describe("suggest", () => {
  it("counts edits, a swap of neighbours as one", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("conv", "cnov")).toBe(1);
    expect(editDistance("", "abc")).toBe(3);
  });
  it("names what is near and nothing else", () => {
    expect(closest("optimise", ["optimize", "compile", "opt"])).toEqual(["optimize"]);
    expect(didYouMean("Conv2D", ["conv2d", "dense"])).toBe("did you mean 'conv2d'?");
    expect(didYouMean("xyz", ["conv2d", "dense"])).toBeUndefined();
  });
});

describe("rule table", () => {
  it("names both owners of a duplicate", () => {
    const table = createRuleTable<number>({ what: "op" });
    table.add("clip", 1, "core");
    const error = errorOf(() => table.add("clip", 2, "plugin x"));
    expect(error.message).toBe("QC-RULE-001: op 'clip' is defined twice: by core and by plugin x");
    expect(table.get("clip")).toBe(1);
  });
  it("answers a missing key with undefined, or with a diagnostic that suggests", () => {
    const table = createRuleTable<number>({ what: "ONNX importer", missingCode: "QC-ONNX-017" });
    table.add("Conv", 1, "core");
    expect(table.get("Scan")).toBeUndefined();
    const error = errorOf(() => table.require("Cnov", { loc: { file: "m.onnx", node: "n" } }));
    expect(error.code).toBe("QC-ONNX-017");
    expect(error.diags[0]).toMatchObject({ help: "did you mean 'Conv'?", loc: { node: "n" } });
    expect([table.size, table.ownerOf("Conv"), table.require("Conv"), table.keys()]).toEqual([1, "core", 1, ["Conv"]]);
  });
});

describe("knobs", () => {
  it("have defaults, parsers and coded errors", () => {
    expect(knob("QC_BLESS", {})).toBe(false);
    expect(knob("QC_BLESS", { QC_BLESS: "1" })).toBe(true);
    expect(knob("QC_THREADS", { QC_THREADS: "3" })).toBe(3);
    expect(knob("QC_CACHE_DIR", { XDG_CACHE_HOME: "/c" })).toBe("/c/qc");
    expect(errorOf(() => knob("QC_THREADS", { QC_THREADS: "0" })).message).toContain(
      "QC_THREADS='0' is not a whole number, at least 1",
    );
    for (const spec of Object.values(KNOBS)) expect(spec.doc).not.toBe("");
  });
});

describe("progress", () => {
  const run = (mode: "auto" | "lines", msPerTick: number) => {
    let text = "";
    let time = 0;
    const stream = new Writable({
      write(chunk, _, done) {
        text += String(chunk);
        done();
      },
    });
    const progress = createProgress({ label: "calibrate", total: 20, stream, mode, now: () => time });
    for (let i = 0; i < 20; i++) {
      time += msPerTick;
      progress.tick();
    }
    progress.stop();
    progress.stop();
    return text;
  };
  it("is silent without a terminal, and for what is short", () => {
    expect(run("auto", 500)).toBe("");
    expect(run("lines", 10)).toBe("");
  });
  it("writes a line for every tenth", () => {
    expect(run("lines", 500).split("\n")).toHaveLength(11);
    expect(run("lines", 500)).toContain("calibrate: 100 % (20 of 20)\n");
  });
});

describe("statistics", () => {
  it("quantiles lie between the nearest ranks", () => {
    expect([quantile([3, 1, 2], 0.5), quantile([1, 2], 0.5), quantile([1, 2, 3], 1), quantile([4], 0.99)]).toEqual([
      2, 1.5, 3, 4,
    ]);
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  });
});

describe("table", () => {
  it("is plain text without a terminal, numbers flush right", () => {
    const rows = [
      ["conv", 1.5],
      ["dense_int8", "10.25"],
    ];
    const text = formatTable(["kernel", "ms"], rows, { tty: false });
    expect(text.split("\n")).toEqual(["kernel         ms", "conv          1.5", "dense_int8  10.25"]);
  });
  it("draws borders on one", () => {
    expect(formatTable(["a"], [["b"]], { tty: true })).toContain("│");
  });
});
