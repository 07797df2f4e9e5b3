/** ONNX external data: the bytes of large tensors in files beside the model. */
import { closeSync, fstatSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import path from "node:path";
import type onnxProto from "onnx-proto";
import { fail, QcError } from "../../support/diag.js";
import { isFile, resolveInside } from "../../support/fs.js";

type TensorProto = onnxProto.onnx.ITensorProto;

/** Node reads fewer than 2 GiB at once. */
const LONGEST_READ = 1 << 30;

const HELP = "the data file is truncated or belongs to another model";

/** Where the data files of a model may lie. */
export interface DataFolder {
  /** The model's folder. */
  readonly path: string;
  /** Where the model's bytes lie if the model itself is a symbolic link: links beside it may lead there too. */
  readonly linked: string | null;
}

export function dataFolderOf(model: string): DataFolder {
  const file = path.resolve(model);
  const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return { path: path.dirname(file), linked: isLink ? path.dirname(realpathSync(file)) : null };
}

/**
 * The `want` bytes of a tensor, from the file that it names, at its offset; a length that is given must be `want`. The file must lie
 * inside `folder`.
 * Errors: QC-ONNX-006 no usable location, 007 no such file, 008 bytes outside the file or of another length, QC-IO-010 a path that
 * leaves the folder.
 */
export function readExternal(p: TensorProto, folder: DataFolder, name: string, want: number): Uint8Array {
  const entry = (key: string) => p.externalData?.find((e) => e.key === key)?.value ?? undefined;
  const whole = (key: string): number | undefined => {
    const text = entry(key);
    if (text === undefined || text === "") return undefined;
    return /^\d{1,15}$/.test(text)
      ? Number(text)
      : fail("QC-ONNX-008", `tensor '${name}': its external ${key} is '${text}'`, { help: HELP });
  };
  const location =
    entry("location") ?? fail("QC-ONNX-006", `tensor '${name}' has external data without a location`, { help: HELP });
  const file = ofTensor(name, () => resolveInside(folder.path, location, folder.linked));
  const missing = (): never =>
    fail("QC-ONNX-007", `tensor '${name}': its data file '${location}' cannot be read`, {
      help: `put '${location}' into the model's folder`,
    });
  if (!ofTensor(name, () => isFile(file))) missing();
  const offset = whole("offset") ?? 0;
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return missing();
  }
  try {
    const size = fstatSync(fd).size;
    const length = whole("length") ?? want;
    if (offset + length > size || length < 0) {
      fail("QC-ONNX-008", `tensor '${name}': bytes ${offset}..${offset + length} lie outside '${location}' (${size} bytes)`, {
        help: HELP,
      });
    }
    if (length !== want)
      fail("QC-ONNX-008", `tensor '${name}': its shape needs ${want} bytes, '${location}' gives ${length}`, { help: HELP });
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(fd, bytes, done, Math.min(length - done, LONGEST_READ), offset + done);
      if (got === 0) fail("QC-ONNX-008", `tensor '${name}': '${location}' ended early`, { help: HELP });
      done += got;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** What `look` finds; its error says which tensor names the file. */
function ofTensor<T>(name: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof QcError)) throw error;
    throw new QcError(
      error.diags.map((d) => ({ ...d, message: `tensor '${name}': ${d.message}` })),
      error.kind,
    );
  }
}
