import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { modelRecordText } from "../../src/runtime/model-record.js";
import { sha256Hex } from "../../src/support/hash.js";
import { modelRecord } from "../helpers/model-record.js";
import { buildFake, compiler, compilerWith, FIXTURES, has, must, RUNTIME_C, RUNTIME_UNITS, run } from "./support/toolbox.js";

const work = mkdtempSync(join(tmpdir(), "qc-runtime-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function buildHarness(cc: string, name: string, flags: readonly string[], source = "harness.c"): string {
  const out = join(work, name);
  const all = ["-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", ...flags, "-I", RUNTIME_C];
  must(cc, [...all, join(FIXTURES, source), ...RUNTIME_UNITS, "-o", out, "-lpthread", "-ldl"]);
  return out;
}

/** Fresh copies: the driver replaces the first by the second. */
function models(name: string): readonly string[] {
  const pair = [join(work, `${name}.so`), join(work, `${name}-new.so`)];
  copyFileSync(join(work, "five.so"), pair[0]);
  copyFileSync(join(work, "seven.so"), pair[1]);
  return pair;
}

beforeAll(() => {
  buildFake(join(work, "five.so"));
  buildFake(join(work, "seven.so"), ["ROWS=7"]);
});

describe("the C runtime", () => {
  it("does what qc.h says", () => {
    expect(run(buildHarness(compiler(), "plain", []), models("plain"))).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });

  for (const sanitizer of ["address,undefined", "thread"]) {
    const cc = compilerWith(sanitizer, work);
    it.skipIf(!cc)(`is clean under -fsanitize=${sanitizer}`, () => {
      const name = sanitizer.split(",")[0];
      const harness = buildHarness(cc!, name, [`-fsanitize=${sanitizer}`, "-fno-sanitize-recover=all"]);
      expect(run(harness, models(name))).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
    });
  }

  it("refuses files that were cut anywhere, and checked ones that were changed", () => {
    const folder = join(work, "damaged");
    mkdirSync(folder);
    copyFileSync(join(work, "five.so"), join(folder, "model.so"));
    const sha256 = { "other.so": "0".repeat(64), "model.so": sha256Hex(readFileSync(join(folder, "model.so"))) };
    writeFileSync(join(folder, "model.json"), modelRecordText(modelRecord({ sha256 })));
    expect(run(buildHarness(compiler(), "files", []), ["damaged", folder])).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });

  for (const sanitizer of ["address,undefined", "thread"]) {
    const cc = compilerWith(sanitizer, work);
    it.skipIf(!cc)(`lets one call at a time into a context and tells the others, under -fsanitize=${sanitizer}`, () => {
      const flags = [`-fsanitize=${sanitizer}`, "-fno-sanitize-recover=all"];
      const harness = buildHarness(cc!, `beside-${sanitizer.split(",")[0]}`, flags, "beside_harness.c");
      expect(run(harness, [])).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
    });
  }

  it("tells a child process that the threads of a context stayed in its parent", () => {
    const harness = buildHarness(compiler(), "fork", [], "beside_harness.c");
    expect(run(harness, ["fork"])).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });

  it.skipIf(!has("valgrind"))("is clean under valgrind, and leaks nothing", () => {
    const harness = buildHarness(compiler(), "memcheck", []);
    const args = ["-q", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=all", harness, ...models("memcheck")];
    expect(run("valgrind", args)).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });

  it("has a pool that stands stalled workers and busy neighbours, and leaves the caller's processors alone", () => {
    expect(run(buildHarness(compiler(), "pool", [], "pool_harness.c"), [])).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });

  const cc = compilerWith("thread", work);
  it.skipIf(!cc)("whose pool is clean under -fsanitize=thread there, too", () => {
    const flags = ["-fsanitize=thread", "-fno-sanitize-recover=all"];
    const harness = buildHarness(cc!, "pool-thread", flags, "pool_harness.c");
    expect(run(harness, [])).toEqual({ status: 0, stdout: "ok\n", stderr: "" });
  });

  it("allocates nothing after the context is made", () => {
    const source = join(work, "alloc.c");
    writeFileSync(
      source,
      `#define _GNU_SOURCE
       #include <dlfcn.h>
       #include <stdio.h>
       #include "qc.h"
       static int counting, count;
       #define COUNT(R, name, P, A) R name P { R (*real) P = (R (*) P)dlsym(RTLD_NEXT, #name); count += counting; return real A; }
       COUNT(void *, malloc, (size_t n), (n))
       COUNT(void *, aligned_alloc, (size_t a, size_t n), (a, n))
       COUNT(void *, realloc, (void *p, size_t n), (p, n))
       int main(int argc, char **argv) {
         qc_network *net; qc_context *ctx; qc_options o = {.struct_bytes = sizeof o, .threads = 3};
         if (argc != 2 || qc_load(argv[1], &net) || qc_context_create(net, &o, &ctx)) return 2;
         float x[15] = {0}, y[15]; int64_t n[2] = {1, 2}, total; signed char codes[3];
         counting = 1;
         for (int i = 0; i < 100; i++) if (qc_run8(ctx, x, n, y, codes, &total, 0, 0, 0) || qc_reset(ctx)) return 3;
         counting = 0;
         qc_context_destroy(ctx); qc_close(net);
         printf("%d", count);
         return 0;
       }`,
    );
    const out = join(work, "alloc");
    must(compiler(), ["-O1", "-I", RUNTIME_C, source, ...RUNTIME_UNITS, "-o", out, "-lpthread", "-ldl"]);
    expect(run(out, [join(work, "five.so")])).toEqual({ status: 0, stdout: "0", stderr: "" });
  });

  it.skipIf(!has("nm"))("and a network export one symbol each way", () => {
    expect(must("nm", ["-D", "--undefined-only", join(work, "five.so")]).trim()).toBe("");
    expect(must("nm", ["-D", "--defined-only", "-j", join(work, "five.so")]).trim()).toBe("qc_model");
  });

  it("has the layout of docs/runtime-abi.md", () => {
    const source = join(work, "layout.c");
    const offsets = {
      qc_descriptor: {
        name: 16,
        features: 32,
        arena_bytes: 48,
        state_init: 80,
        n_inputs: 88,
        inputs: 96,
        n_phases: 112,
        phases: 120,
        run: 128,
      },
      qc_tensor: {
        name: 0,
        shape: 8,
        scales: 16,
        zeros: 24,
        bytes: 32,
        dtype: 40,
        rank: 44,
        quant: 48,
        quant_axis: 52,
        quant_block: 60,
      },
      qc_phase: { name: 0, flops: 8, bytes: 16 },
      qc_exec: { arena: 0, state: 8, inputs: 16, outputs: 24, parallel_for: 32, pool: 40, tick: 48, user: 56, threads: 64 },
    };
    const sizes = { qc_descriptor: 136, qc_tensor: 64, qc_phase: 24, qc_exec: 72 };
    const lines = Object.entries(offsets).flatMap(([type, fields]) =>
      Object.entries(fields).map(([field, at]) => `_Static_assert(offsetof(${type}, ${field}) == ${at}, "${type}.${field}");`),
    );
    for (const [type, size] of Object.entries(sizes)) lines.push(`_Static_assert(sizeof(${type}) == ${size}, "${type}");`);
    writeFileSync(source, `#include "qc.h"\n${lines.join("\n")}\n`);
    must(compiler(), ["-std=c11", "-fsyntax-only", "-I", RUNTIME_C, source]);
  });
});
