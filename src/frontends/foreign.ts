/** Formats that qc knows by sight and does not read: what to do about each. */

export interface ForeignFormat {
  /** "a TensorFlow Lite model" */
  readonly what: string;
  readonly endings: readonly string[];
  readonly detects: (head: Uint8Array) => boolean;
  /** How to make a file of it that qc reads. */
  readonly help: string;
}

const at = (head: Uint8Array, offset: number, text: string): boolean =>
  head.length >= offset + text.length && [...text].every((c, i) => head[offset + i] === c.charCodeAt(0));

const LONGEST_LINK = 256;

const never = (): boolean => false;

/** The path of another file and nothing else: what a link becomes where it is copied as text. */
const LINK = /^(?:\.\.?\/)+[\w.@+/ -]+\n?$/;

export const FOREIGN: readonly ForeignFormat[] = [
  {
    what: "a symbolic link that was copied as text",
    endings: [],
    detects: (head) => head.length < LONGEST_LINK && LINK.test(Buffer.from(head).toString("utf8")),
    help: "copy the files that links lead to: cp -rL FROM TO",
  },
  {
    what: "a pointer of Git LFS",
    endings: [],
    detects: (head) => at(head, 0, "version https://git-lfs."),
    help: "fetch what it stands for: git lfs pull",
  },
  {
    what: "a TensorFlow Lite model",
    endings: [".tflite", ".lite"],
    detects: (head) => at(head, 4, "TFL3"),
    help: "convert it: python -m tf2onnx.convert --tflite model.tflite --output model.onnx",
  },
  {
    what: "an ONNX Runtime model (.ort)",
    endings: [".ort"],
    detects: (head) => at(head, 4, "ORTM"),
    help: "take the .onnx model that it was made from",
  },
  {
    what: "a PyTorch checkpoint or another zip archive",
    endings: [".pt", ".pth", ".keras"],
    detects: (head) => at(head, 0, "PK\u0003\u0004"),
    help: "export the network: torch.onnx.export(model, args, 'model.onnx'), or tf2onnx for Keras",
  },
  {
    what: "a Keras HDF5 model",
    endings: [".h5", ".hdf5"],
    detects: (head) => at(head, 1, "HDF\r\n"),
    help: "convert it: tf2onnx.convert.from_keras(model, output_path='model.onnx')",
  },
  {
    what: "weights in GGUF",
    endings: [".gguf"],
    detects: (head) => at(head, 0, "GGUF"),
    help: "it holds weights only: export the network that uses them to ONNX",
  },
  {
    what: "weights in safetensors",
    endings: [".safetensors"],
    detects: (head) => at(head, 8, '{"') && head.subarray(4, 8).every((b) => b === 0),
    help: "it holds weights only: export the network that uses them to ONNX",
  },
  {
    what: "a TensorFlow graph",
    endings: [".pb", ".meta"],
    detects: never,
    help: "convert it: python -m tf2onnx.convert --saved-model FOLDER --output model.onnx",
  },
  {
    what: "a Core ML model",
    endings: [".mlmodel", ".mlpackage"],
    detects: never,
    help: "export the network that it was made from to ONNX",
  },
];
