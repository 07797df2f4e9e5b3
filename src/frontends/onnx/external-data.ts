/** ONNX external data: the bytes of large tensors in files beside the model. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type onnxProto from "onnx-proto";
import { fail } from "../../support/diag.js";
import { isFile, resolveInside } from "../../support/fs.js";

type TensorProto = onnxProto.onnx.ITensorProto;

const HELP = "the data file is truncated or belongs to another model";

/**
 * The `want` bytes of a tensor, from the file that it names, at its offset. The file must lie inside `folder`.
 * Errors: QC-ONNX-006 no usable location, 007 no such file, 008 bytes outside the file or of another length, QC-IO-010 a path that
 * leaves the folder.
 */
export function readExternal(p: TensorProto, folder: string, name: string, want: number): Uint8Array {
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
  const file = resolveInside(folder, location);
  const missing = (): never =>
    fail("QC-ONNX-007", `tensor '${name}': its data file '${location}' cannot be read`, {
      help: `put '${location}' into the model's folder`,
    });
  if (!isFile(file)) missing();
  const offset = whole("offset") ?? 0;
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch {
    return missing();
  }
  try {
    const size = fstatSync(fd).size;
    const length = whole("length") ?? size - offset;
    if (offset + length > size || length < 0) {
      fail("QC-ONNX-008", `tensor '${name}': bytes ${offset}..${offset + length} lie outside '${location}' (${size} bytes)`, {
        help: HELP,
      });
    }
    if (length !== want)
      fail("QC-ONNX-008", `tensor '${name}': its shape needs ${want} bytes, '${location}' gives ${length}`, { help: HELP });
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const got = readSync(fd, bytes, done, length - done, offset + done);
      if (got === 0) fail("QC-ONNX-008", `tensor '${name}': '${location}' ended early`, { help: HELP });
      done += got;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
}
