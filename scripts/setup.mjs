#!/usr/bin/env node
// Makes a bare Debian or Ubuntu machine ready: system packages (as root; otherwise it says what to type), npm packages, the build.
// Needs nothing but node and npm, so that `npm test` and `npm run demo` can begin with it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { flag, isStarted, runScript } from "./command-line.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const LIB_FOLDERS = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
const LLVM_VERSIONS = [21, 20, 19, 18, 17, 16, 15];

const runs = (program, args = ["--version"]) => spawnSync(program, args, { stdio: "ignore" }).status === 0;
const hasFile = (folders, pattern) => folders.some((f) => existsSync(f) && readdirSync(f).some((name) => pattern.test(name)));
const llvmFolders = () => LLVM_VERSIONS.map((v) => `/usr/lib/llvm-${v}/lib`);
/** Compiles a program that needs libc's headers, with what the flags ask for. */
const compiles = (flags = []) =>
  spawnSync("cc", [...flags, "-x", "c", "-", "-o", "/dev/null"], {
    input: '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n',
    stdio: ["pipe", "ignore", "ignore"],
  }).status === 0;

/** What is needed, how to see that it is there, and the packages that bring it, the first that the machine's archive has. */
const NEEDS = [
  {
    what: "libLLVM 15 or newer",
    there: () => Boolean(process.env.QC_LIBLLVM) || hasFile([...LIB_FOLDERS, ...llvmFolders()], /^libLLVM(-1[5-9]|-2\d)?\.so/),
    packages: ["libllvm19", "libllvm18", "libllvm17", "libllvm16", "libllvm15"],
  },
  {
    what: "the linker lld",
    there: () => Boolean(process.env.QC_LLD) || ["ld.lld", ...LLVM_VERSIONS.map((v) => `ld.lld-${v}`)].some((name) => runs(name)),
    packages: ["lld-19", "lld-18", "lld-16", "lld"],
  },
  { what: "a C compiler with libc's headers", there: () => compiles(), packages: ["gcc"], also: ["libc6-dev"] },
  { what: "ar (binutils)", there: () => runs("ar"), packages: ["binutils"] },
];
const TEST_NEEDS = [
  {
    what: "the ONNX test data",
    there: () => existsSync("/usr/share/libonnx-testdata/data"),
    packages: ["libonnx-testdata"],
    optional: true,
  },
  { what: "python3", there: () => runs("python3"), packages: ["python3"] },
  { what: "numpy", there: () => runs("python3", ["-c", "import numpy"]), packages: ["python3-numpy"], optional: true },
  { what: "valgrind", there: () => runs("valgrind"), packages: ["valgrind"], optional: true },
  {
    what: "the sanitizers of the C compiler",
    there: () => compiles(["-fsanitize=address,undefined"]),
    packages: ["libasan8", "libasan6"],
    optional: true,
  },
  {
    what: "an emulator of 64-bit Arm",
    there: () => runs("qemu-aarch64"),
    packages: ["qemu-user"],
    optional: true,
  },
  {
    what: "a C compiler for 64-bit Arm, with its libc",
    there: () => process.arch === "arm64" || (runs("aarch64-linux-gnu-gcc") && existsSync("/usr/aarch64-linux-gnu/include")),
    packages: ["gcc-aarch64-linux-gnu"],
    also: ["libc6-dev-arm64-cross"],
    optional: true,
  },
];

function apt(args) {
  const r = spawnSync("apt-get", args, { encoding: "utf8", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  if (r.status !== 0)
    throw new Error(
      `apt-get ${args.join(" ")} failed:\n${(r.stderr || r.stdout || String(r.error)).trim().split("\n").slice(-5).join("\n")}`,
    );
}

const isKnown = (name) =>
  /^Candidate: (?!\(none\))/m.test(
    spawnSync("apt-cache", ["policy", name], { encoding: "utf8" }).stdout?.replace(/^ +/gm, "") ?? "",
  );

function installSystemPackages(needs) {
  const missing = needs.filter((n) => !n.there());
  if (missing.length === 0) return;
  const typed = missing.flatMap((n) => [n.packages[0], ...(n.also ?? [])]).join(" ");
  const canInstall = process.getuid?.() === 0 && runs("apt-get");
  if (!canInstall) {
    const needed = missing.filter((n) => !n.optional);
    console.log(`missing: ${missing.map((n) => n.what).join(", ")}\n  sudo apt-get install --no-install-recommends ${typed}`);
    if (needed.length) throw new Error("install what is missing, then try again");
    return;
  }
  console.log(`installing ${missing.map((n) => n.what).join(", ")}`);
  apt(["update", "-qq"]);
  for (const optional of [false, true]) {
    const names = missing
      .filter((n) => Boolean(n.optional) === optional)
      .flatMap((n) => [n.packages.find(isKnown) ?? n.packages[0], ...(n.also ?? [])]);
    if (names.length === 0) continue;
    try {
      apt(["install", "-y", "-qq", "--no-install-recommends", ...names]);
    } catch (error) {
      if (!optional) throw error;
      console.log(`not installed, and the tests that need them are skipped: ${names.join(", ")}`);
    }
  }
  const still = missing.filter((n) => !n.optional && !n.there());
  if (still.length) throw new Error(`still missing: ${still.map((n) => n.what).join(", ")}`);
}

/** node_modules is up to date when it was written after the lock file and has what the lock file lists. */
function installNpmPackages() {
  const marker = join(root, "node_modules", ".package-lock.json");
  const lock = join(root, "package-lock.json");
  const wanted = Object.entries(JSON.parse(readFileSync(lock, "utf8")).packages).filter(
    ([path, p]) => path !== "" && !p.optional,
  );
  if (existsSync(marker) && wanted.every(([path]) => existsSync(join(root, path)))) return;
  console.log("installing npm packages");
  // not `npm ci`: it insists that the registry has the packages for every other platform, and mirrors often do not; versions come from the lock file all the same
  const args = ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const r = spawnSync("npm", args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (r.status !== 0) throw new Error("npm install failed");
}

const newest = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .reduce((latest, e) => Math.max(latest, statSync(join(e.parentPath ?? e.path, e.name)).mtimeMs), 0);

async function buildIfStale() {
  const product = join(root, "dist", ".tsbuildinfo");
  const sources = Math.max(
    newest(join(root, "src")),
    newest(join(root, "runtime-c")),
    statSync(join(root, "tsconfig.json")).mtimeMs,
  );
  const isFresh =
    existsSync(product) && existsSync(join(root, "dist", "runtime", "libqcrt.so")) && statSync(product).mtimeMs > sources;
  if (isFresh) return;
  console.log("building");
  const { build } = await import(pathToFileURL(join(root, "scripts", "build.mjs")).href);
  build();
}

export async function setUp({ tests = false, build = true } = {}) {
  const [major] = process.versions.node.split(".").map(Number);
  if (major < 20) throw new Error(`node ${process.versions.node} is too old: 20 or newer is needed`);
  installSystemPackages(tests ? [...NEEDS, ...TEST_NEEDS] : NEEDS);
  installNpmPackages();
  if (build) await buildIfStale();
}

const command = {
  run: "node scripts/setup.mjs",
  about: `Installs what is missing: system packages (on Debian and Ubuntu as root; elsewhere it says what to type), npm packages, the build of qc.
What is there already is kept.`,
  options: { tests: flag("also what only tests need"), "no-build": flag("packages only") },
};
if (isStarted(import.meta.url)) await runScript(command, (o) => setUp({ tests: o.tests, build: !o["no-build"] }));
