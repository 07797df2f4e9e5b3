import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openTempFolder, withTempFolder } from "../../src/support/temp-folder.js";

const work = mkdtempSync(join(tmpdir(), "qc-temp-folder-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe("a temporary folder", () => {
  it("is gone when its body has returned, thrown, or settled", async () => {
    const seen: string[] = [];
    const note = (path: string) => {
      seen.push(path);
      writeFileSync(join(path, "file"), "");
    };
    expect(
      withTempFolder("test", (path) => {
        note(path);
        return 3;
      }),
    ).toBe(3);
    expect(() =>
      withTempFolder("test", (path) => {
        note(path);
        throw new Error("no");
      }),
    ).toThrow("no");
    const later = withTempFolder("test", async (path) => {
      note(path);
      await Promise.resolve();
      return existsSync(path);
    });
    await expect(later).resolves.toBe(true);
    expect(seen.map((path) => existsSync(path))).toEqual([false, false, false]);
  });

  it("leaves no handler behind", async () => {
    const settled = async () => {
      for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
    };
    await settled();
    const before = process.listenerCount("SIGINT");
    const folders = [1, 2, 3].map(() => openTempFolder("test"));
    expect(process.listenerCount("SIGINT")).toBe(before + 1);
    for (const f of folders) f.remove();
    await settled();
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  const module = new URL("../../src/support/temp-folder.ts", import.meta.url).href;
  /** Runs a script that prints "ready", sends it a signal, then makes the file `signalled`; gives its exit code and what is left. */
  const signalled = (script: string, signal: NodeJS.Signals): Promise<{ code: number | null; left: string[] }> =>
    new Promise((done) => {
      const text = `import { openTempFolder, withTempFolder } from "${module}";\n${script}`;
      writeFileSync(join(work, "script.ts"), text);
      const env = { ...process.env, TMPDIR: work };
      const jiti = new URL("../../node_modules/jiti/lib/jiti-register.mjs", import.meta.url).href;
      const child = spawn(process.execPath, ["--import", jiti, join(work, "script.ts")], { env });
      child.stdout.on("data", () => {
        child.kill(signal);
        writeFileSync(join(work, "signalled"), "");
      });
      child.on("close", (code) =>
        done({
          code,
          left: readdirSync(work)
            .filter((f) => f.startsWith("qc-"))
            .toSorted(),
        }),
      );
    });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is removed at %s, while the program waits", async (signal, code) => {
    const script = 'withTempFolder("wait", () => new Promise((r) => { console.log("ready"); setTimeout(r, 60_000); }));';
    expect(await signalled(script, signal)).toEqual({ code, left: [] });
  });

  it("is removed by the next process where its own was killed", async () => {
    const script = 'withTempFolder("wait", () => new Promise((r) => { console.log("ready"); setTimeout(r, 60_000); }));';
    const killed = await signalled(script, "SIGKILL");
    expect(killed.left.map((name) => name.replace(/\d+/g, "0"))).toEqual([expect.stringMatching(/^qc-wait-0\.0-/)]);
    const namespace = /\.(\d+)-/.exec(killed.left[0])?.[1];
    const kept = [`qc-wait-${process.pid}.${namespace}-abcdef`, "qc-wait-1234567890.1-abcdef", "qc-notes"];
    for (const name of kept) mkdirSync(join(work, name));
    const next = await signalled('withTempFolder("next", () => console.log("ready"));', "SIGCONT");
    expect(next).toEqual({ code: 0, left: kept.toSorted() });
    for (const name of kept) rmSync(join(work, name), { recursive: true });
  });

  it("does not swallow a signal that comes while synchronous code runs", async () => {
    const busy = `console.log("ready"); while (!existsSync(${JSON.stringify(join(work, "signalled"))}));`;
    const script = `import { existsSync } from "node:fs"; withTempFolder("busy", () => { ${busy} }); setTimeout(() => process.exit(7), 30_000);`;
    rmSync(join(work, "signalled"), { force: true });
    expect(await signalled(script, "SIGINT")).toEqual({ code: 130, left: [] });
  });
});
