/** The worker process of the tuner: it alone runs candidates, so a crash or an endless loop takes nothing else with it. */
import { measureOf, openToolchain } from "../../build/toolchain.js";
import { targetText } from "../../ir/target/resolve.js";
import { endWithParent } from "../../runtime/parent-death.js";
import { openPool } from "../../runtime/pool.js";
import { type Announce, type Bench, openBench, type WorkerTools } from "./bench.js";
import type { Reply, Request } from "./protocol.js";

/** Workloads that stay open, by their operands. */
const MOST_BYTES = 256 * 1024 * 1024;

const send = (reply: Reply): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(reply, (error: Error | null) => (error ? reject(error) : resolve()));
  });
const announce: Announce = (phase) => send({ k: "phase", ...phase });

function startWorker(): void {
  endWithParent(Number(process.argv[2]));
  const benches = new Map<string, Bench>();
  let opened: WorkerTools | null = null;
  const open = async (m: Extract<Request, { k: "open" }>): Promise<Bench> => {
    const known = benches.get(m.key);
    if (known) return known;
    if (!opened) {
      const tools = openToolchain(targetText(m.target));
      const pool = m.threads > 1 ? openPool(m.threads) : null;
      opened = { ...tools, native: measureOf(tools), pool };
    }
    const held = [...benches.values()].reduce((n, b) => n + b.bytes, 0);
    if (held > MOST_BYTES) {
      for (const b of benches.values()) b.close();
      benches.clear();
    }
    const bench = await openBench(m, opened, announce);
    benches.set(m.key, bench);
    return bench;
  };
  const handle = async (m: Request): Promise<Reply> => {
    if (m.k === "open") return { k: "done", results: [(await open(m)).standard] };
    const bench = benches.get(m.key);
    return { k: "done", results: bench ? await bench.measure(m, announce) : [] };
  };
  // Ctrl-C reaches the whole group: the parent decides when this process ends
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit(0));
  process.on("message", (m: Request) => {
    handle(m).then(send, (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    });
  });
}

startWorker();
