/** What one core can do at best, measured with loops that our own LLVM builds: multiply-adds a second and bytes a second. */
import { join } from "node:path";
import koffi from "koffi";
import type { Bandwidth, MachinePeak } from "../../ir/target/roofline.js";
import type { Target } from "../../ir/target/target.js";
import { withTempFolder } from "../../support/temp-folder.js";
import { linkShared } from "../native/link.js";
import type { LLVM } from "./libllvm/open.js";

const CHAINS = 24;
const BLOCK = 1 << 12;
const KIB = 1024;
const SIZES = [512 * KIB, 8192 * KIB, 131072 * KIB];

const lanes = <T>(n: number, of: (i: number) => T): readonly T[] => Array.from({ length: n }, (_, i) => of(i));

interface ChainLoop {
  readonly name: string;
  /** Of the accumulators, and of the constant operand %x. */
  readonly type: string;
  readonly operand: string;
  readonly declare: string;
  /** Lines that make %b{i} of %a{i} and %x. */
  readonly step: (i: number) => string;
}

/** A loop over CHAINS independent chains, so that the latency of an instruction hides behind the others. */
function chainLoop({ name, type, operand, declare, step }: ChainLoop): string {
  const each = (line: (i: number) => string) => lanes(CHAINS, line).join("\n");
  return `${declare}
define void @${name}(i64 %n, ptr %sink) {
entry:
  %start = load volatile ${type}, ptr %sink, align 4
  %x = load volatile ${operand}, ptr %sink, align 4
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
${each((i) => `  %a${i} = phi ${type} [ %start, %entry ], [ %b${i}, %loop ]`)}
${each(step)}
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %done
done:
${each((i) => `  store volatile ${type} %b${i}, ptr %sink, align 4`)}
  ret void
}
`;
}

/** Sums of 64-byte rows in eight accumulators, streaming over `bytes`. */
function readLoop(width: number): string {
  const type = `<${width} x i32>`;
  const step = width * 4;
  const each = (f: (i: number) => string) => lanes(8, f).join("\n");
  return `
define void @read(ptr %data, i64 %bytes, ptr %sink) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
${each((i) => `  %a${i} = phi ${type} [ zeroinitializer, %entry ], [ %b${i}, %loop ]`)}
  %p = getelementptr i8, ptr %data, i64 %i
${each((i) => `  %p${i} = getelementptr i8, ptr %p, i64 ${i * step}\n  %v${i} = load ${type}, ptr %p${i}, align 4\n  %b${i} = xor ${type} %a${i}, %v${i}`)}
  %next = add i64 %i, ${8 * step}
  %more = icmp ult i64 %next, %bytes
  br i1 %more, label %loop, label %done
done:
${each((i) => `  store volatile ${type} %b${i}, ptr %sink, align 4`)}
  ret void
}
`;
}

/** The fastest exact multiply-add of 8-bit integers: VNNI, or pairs widened to 16 bits. Null where neither is there. */
function int8Loop(features: readonly string[]): { readonly text: string; readonly products: number } | null {
  const has = (f: string) => features.includes(f);
  if (has("avx512vnni") || has("avxvnni")) {
    const width = has("avx512vnni") ? 16 : 8;
    const type = `<${width} x i32>`;
    const call = `@llvm.x86.avx512.vpdpbusd.${width * 32}`;
    const step = (i: number) => `  %b${i} = call ${type} ${call}(${type} %a${i}, ${type} %x, ${type} %x)`;
    const declare = `declare ${type} ${call}(${type}, ${type}, ${type})`;
    return { text: chainLoop({ name: "peak8", type, operand: type, declare, step }), products: 4 * width };
  }
  if (!has("avx2")) return null;
  const [type, operand] = ["<8 x i32>", "<16 x i16>"];
  const call = `call ${type} @llvm.x86.avx2.pmadd.wd(${operand} %x, ${operand} %y`;
  const step = (i: number) =>
    [`%y${i} = bitcast ${type} %a${i} to ${operand}`, `%m${i} = ${call}${i})`, `%b${i} = add ${type} %a${i}, %m${i}`]
      .map((line) => `  ${line}`)
      .join("\n");
  const declare = `declare ${type} @llvm.x86.avx2.pmadd.wd(${operand}, ${operand})`;
  return { text: chainLoop({ name: "peak8", type, operand, declare, step }), products: 16 };
}

function fmaLoop(width: number): string {
  const type = `<${width} x float>`;
  const call = `@llvm.fma.v${width}f32`;
  const step = (i: number) => `  %b${i} = call ${type} ${call}(${type} %x, ${type} %x, ${type} %a${i})`;
  return chainLoop({ name: "peak", type, operand: type, declare: `declare ${type} ${call}(${type}, ${type}, ${type})`, step });
}

/** The least time of several calls in nanoseconds. */
function least(times: number, call: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const start = process.hrtime.bigint();
    call();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best;
}

/** Measures one core for about a second. The target is the machine at hand. */
export function measurePeak(llvm: LLVM, target: Target): MachinePeak {
  const width = target.vectorBits / 32;
  const int8 = int8Loop(target.features);
  const text = [fmaLoop(width), readLoop(width), int8?.text ?? ""].join("\n");
  const machine = { triple: target.mtriple, cpu: target.mcpu, features: target.flags };
  const { object } = llvm.compile({ texts: [text], name: "machine", optLevel: 2, ...machine });
  return withTempFolder("machine", (folder) => {
    const output = join(folder, "machine.so");
    linkShared({ objects: [object], output, exports: ["peak", "read", ...(int8 ? ["peak8"] : [])] });
    const library = koffi.load(output);
    const peak = library.func("void peak(int64_t n, void *sink)");
    const sink = new Uint8Array(128);
    const turns = 100 * BLOCK;
    const rate = (opsPerTurn: number, f: (n: number, sink: Uint8Array) => void) =>
      (opsPerTurn * turns) / least(30, () => f(turns, sink));
    const read = library.func("void read(void *data, int64_t bytes, void *sink)");
    const bandwidth = SIZES.map((bytes): Bandwidth => {
      const data = new Uint8Array(bytes).fill(1);
      const calls = Math.max(1, Math.round((32 << 20) / bytes));
      const ns = least(12, () => {
        for (let i = 0; i < calls; i++) read(data, bytes, sink);
      });
      return { bytes, gbytes: (bytes * calls) / ns };
    });
    return {
      gflops: rate(2 * CHAINS * width, peak),
      int8Gops: int8 ? rate(2 * CHAINS * int8.products, library.func("void peak8(int64_t n, void *sink)")) : null,
      bandwidth,
    };
  });
}
