import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { count, flag, help, listOf, oneOf, option, parse } from "../../scripts/command-line.mjs";

const COLORS = ["red", "blue"] as const;
const command = {
  run: "npm run paint --",
  about: "Paints.",
  options: {
    color: option("COLOR", "with what", COLORS[0], oneOf(COLORS)),
    coats: option("N,...", "how often", [1] as readonly number[], listOf(count)),
    where: option("DIR", "on what", undefined),
    dry: flag("only thinks"),
  },
  examples: [["npm run paint -- --dry", "no paint"]],
} as const;
const read = (...args: string[]) => parse(command, args);

describe("a command line", () => {
  it("has values for every option", () => {
    expect(read()).toEqual({ color: "red", coats: [1], where: undefined, dry: false });
    expect(read("--color", "blue", "--coats=2,3", "--where", "a b", "--dry")).toEqual({
      color: "blue",
      coats: [2, 3],
      where: "a b",
      dry: true,
    });
  });
  it.each([
    [["--colour", "red"], "there is no option --colour: npm run paint -- --help says what there is"],
    [["-d"], "there is no option -d: npm run paint -- --help says what there is"],
    [["red"], "'red' stands where an option should: npm run paint -- --help says what there is"],
    [["--color", "green"], "--color green: expected one of red, blue"],
    [["--coats", "1,0"], "--coats 1,0: expected a whole number, 1 or more"],
    [["--coats", "--dry"], "--coats N,...: the value is missing"],
    [["--where"], "--where DIR: the value is missing"],
    [["--dry=no"], "--dry takes no value"],
  ])("%j is wrong", (args, message) => expect(() => read(...args)).toThrow(new Error(message)));
  it("is explained", () => {
    expect(read("--color", "blue", "--help")).toBeNull();
    expect(help(command)).toBe(
      [
        "npm run paint -- [OPTIONS]",
        "",
        "Paints.",
        "",
        "  --color COLOR  with what [red]",
        "  --coats N,...  how often [1]",
        "  --where DIR    on what",
        "  --dry          only thinks",
        "  --help         this text",
        "",
        "Examples",
        "  npm run paint -- --dry  no paint",
      ].join("\n"),
    );
  });
});

const folder = join(import.meta.dirname, "../../scripts");
const scripts = readdirSync(folder).filter(
  (f) => /\.(ts|mjs)$/.test(f) && /runScript\(|setUp\(/.test(readFileSync(join(folder, f), "utf8")),
);
const started = (script: string, option: string) =>
  new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const loader = script.endsWith(".ts") ? ["--import", "jiti/register"] : [];
    const child = spawn(process.execPath, [...loader, join(folder, script), option], { cwd: join(folder, "..") });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => (out += text));
    child.stderr.on("data", (text) => (err += text));
    child.on("close", (code) => resolve({ code, out, err }));
  });

describe("every script", () => {
  it("is found", () => expect(scripts).toEqual(expect.arrayContaining(["bench.ts", "setup.mjs", "test.mjs"])));
  it.each(scripts.filter((s) => s !== "command-line.mjs"))(
    "%s answers --help, and refuses what it does not know in a line",
    async (script) => {
      const [helped, refused] = await Promise.all([
        started(script, "--help"),
        script === "test.mjs" ? null : started(script, "--nonsense"),
      ]);
      expect(helped).toMatchObject({ code: 0, err: "" });
      expect(helped.out).toMatch(/^(npm|node) .*\n\n[\s\S]* {2}--help +this text\n/);
      if (refused)
        expect(refused).toMatchObject({
          code: 2,
          out: "",
          err: expect.stringMatching(/^error: there is no option --nonsense: .*\n$/),
        });
    },
    240_000, // a script compiles src as it is loaded, on a cold and busy machine slowly
  );
});
