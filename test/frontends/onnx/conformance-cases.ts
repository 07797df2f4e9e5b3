/** The ONNX conformance cases, read from their archive without unpacking it. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

const SHARED = path.resolve(import.meta.dirname, "../../../../shared/onnx-conformance");

export interface ConformanceCase {
  readonly name: string;
  readonly model: Uint8Array;
  /** Serialized tensors in the order of the graph's inputs and outputs. */
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

export const archivePath = (archive: string): string => path.join(SHARED, `${archive}.tar.gz`);

/** Files of a ustar archive by name; pax headers carry long names. */
function readTar(bytes: Uint8Array): Map<string, Uint8Array> {
  const text = (at: number, length: number) => new TextDecoder().decode(bytes.subarray(at, at + length)).replace(/\0.*$/s, "");
  const files = new Map<string, Uint8Array>();
  let longName: string | null = null;
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const kind = text(at + 156, 1);
    const body = bytes.subarray(at + 512, at + 512 + size);
    const prefix = text(at + 345, 155);
    const name: string = longName ?? (prefix ? `${prefix}/${text(at, 100)}` : text(at, 100));
    longName = null;
    if (kind === "x") longName = /\d+ path=(.*)\n/.exec(new TextDecoder().decode(body))?.[1] ?? null;
    else if (kind === "L") longName = new TextDecoder().decode(body).replace(/\0.*$/s, "");
    else if (kind === "0" || kind === "") files.set(name.replace(/^\.\//, ""), body.slice());
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

/** The cases of one archive (`node`, `simple`, ..); none where the archive is absent. */
export function conformanceCases(archive: string): ConformanceCase[] {
  const file = archivePath(archive);
  if (!existsSync(file)) return [];
  const files = readTar(gunzipSync(readFileSync(file)));
  const numbered = (folder: string, kind: string) => {
    const list: Uint8Array[] = [];
    for (;;) {
      const bytes = files.get(`${folder}/test_data_set_0/${kind}_${list.length}.pb`);
      if (!bytes) return list;
      list.push(bytes);
    }
  };
  return [...files].flatMap(([name, model]) => {
    if (!name.endsWith("/model.onnx")) return [];
    const folder = path.dirname(name);
    return [{ name: path.basename(folder), model, inputs: numbered(folder, "input"), outputs: numbered(folder, "output") }];
  });
}
