/** Named preprocessors: from a decoded image or sound to the values of a model input. */
import { fail } from "../support/diag.js";
import { didYouMean } from "../support/suggest.js";
import { type Audio, fitLength, mfcc } from "./audio.js";
import { type Image, swapRedBlue, toGray, toRgb } from "./image.js";
import { geometryOf, nhwcToNchw } from "./layout.js";
import { resizeAndCrop, resizeBilinear } from "./resize.js";
import { describe, elementCount, type InputSpec, roundHalfEven, type Values } from "./tensor.js";

interface Step {
  readonly doc: string;
  /** `geometry` chooses how the image is fitted, `colour` may change the channels, `scale` gives the values. */
  readonly role: "geometry" | "colour" | "scale";
  readonly meaning?: Values["meaning"];
  readonly apply?: (image: Image) => Image;
}

const perElement =
  (f: (x: number, channel: number) => number) =>
  (image: Image): Image<Float32Array> => ({ ...image, data: Float32Array.from(image.data, (x, i) => f(x, i % image.channels)) });

const scale = (doc: string, f: (x: number, channel: number) => number): Step => ({
  doc,
  role: "scale",
  meaning: "reals",
  apply: perElement(f),
});
const codes = (doc: string, f: (x: number) => number): Step => ({ doc, role: "scale", meaning: "codes", apply: perElement(f) });

const TORCH_MEAN = [0.485, 0.456, 0.406];
const TORCH_STD = [0.229, 0.224, 0.225];
const CAFFE_MEAN_BGR = [103.939, 116.779, 123.68];
const none: Step = codes("values as they are, 0 to 255", (x) => x);
const tf = scale("x / 127.5 - 1", (x) => x / 127.5 - 1);
const caffe: Step = {
  doc: "blue, green, red, less the mean 103.939, 116.779, 123.68",
  role: "scale",
  meaning: "reals",
  apply: (image) => perElement((x, c) => x - CAFFE_MEAN_BGR[c])(swapRedBlue(toRgb(image))),
};

/** Names as LEIP and Keras use them; several are joined by `+`: `crop+rgbtogray+unit`. */
const STEPS: Readonly<Record<string, Step>> = {
  none,
  identity: none,
  float32: none,
  uint8: codes("rounded to whole numbers, 0 to 255", roundHalfEven),
  symm: codes("rounded, less 128", (x) => roundHalfEven(x) - 128),
  unit: scale("x / 255", (x) => x / 255),
  tf,
  imagenet: tf,
  torch: scale("(x / 255 - mean) / std of ImageNet", (x, c) => (x / 255 - TORCH_MEAN[c]) / TORCH_STD[c]),
  caffe,
  imagenet_caffe: caffe,
  rgbtogray: { doc: "0.2989 R + 0.587 G + 0.114 B", role: "colour", apply: toGray },
  rgbtogray_int8: {
    doc: "gray, truncated to whole numbers, 0 to 255",
    role: "scale",
    meaning: "codes",
    apply: (i) => perElement(Math.trunc)(toGray(i)),
  },
  bgr: { doc: "red and blue swapped", role: "colour", apply: swapRedBlue },
  crop: { doc: "shorter side resized, then the middle cut out", role: "geometry" },
  stretch: { doc: "resized to the input's height and width (the default)", role: "geometry" },
};
const SPEECH = "speechcommand_uint8";

/** Name and meaning of every preprocessor, for help texts. */
export function listPreprocessors(): [name: string, doc: string][] {
  return [
    ...Object.entries(STEPS).map(([name, { doc }]): [string, string] => [name, doc]),
    [SPEECH, "one second of sound: MFCC as 0 to 255"],
  ];
}

export interface NamedPreprocessor {
  readonly name: string;
  ofImage(image: Image, spec: InputSpec, from: string): Values;
  ofAudio(audio: Audio, spec: InputSpec, from: string): Values;
}

/** The preprocessor of a name, or of several joined by `+`; the empty name is `none`. QC-DATA-010 where it is unknown. */
export function namedPreprocessor(name: string): NamedPreprocessor {
  const names = name
    .split("+")
    .map((n) => n.trim().toLowerCase())
    .filter((n) => n !== "");
  const unknown = names.find((n) => n !== SPEECH && !Object.hasOwn(STEPS, n));
  if (unknown !== undefined) {
    const all = listPreprocessors().map(([n]) => n);
    fail("QC-DATA-010", `there is no preprocessor '${unknown}'`, {
      help: didYouMean(unknown, all) ?? `known: ${all.join(", ")}; or a file: --preprocessor ./mine.mjs`,
    });
  }
  const steps = names.filter((n) => n !== SPEECH).map((n) => STEPS[n]);
  if (steps.filter((s) => s.role === "scale").length > 1)
    fail("QC-DATA-010", `'${name}' scales the values twice`, { help: "keep one of the two" });
  return {
    name: name || "none",
    ofImage: (image, spec, from) =>
      names.includes(SPEECH)
        ? fail("QC-DATA-011", `${from} is an image, '${SPEECH}' takes sound`, { help: "give a .wav file" })
        : imageValues(image, steps, spec, from),
    ofAudio: (audio, spec, from) =>
      names.includes(SPEECH)
        ? speechValues(audio, spec, from)
        : fail("QC-DATA-011", `${from} is sound, and the preprocessor '${name || "none"}' takes images`, {
            help: `use ${SPEECH}, a file of yours, or .npy`,
          }),
  };
}

function imageValues(image: Image, steps: readonly Step[], spec: InputSpec, from: string): Values {
  const place = geometryOf(spec);
  const crop = steps.some((s) => s === STEPS.crop);
  const fitted = place.kind === "flat" ? image : (crop ? resizeAndCrop : resizeBilinear)(image, place.height, place.width);
  const ordered = [...steps.filter((s) => s.role === "colour"), ...steps.filter((s) => s.role === "scale")];
  const channels = place.kind === "image" ? place.channels : place.length === image.width * image.height ? 1 : 3;
  const gray = steps.some((s) => s === STEPS.rgbtogray || s === STEPS.rgbtogray_int8);
  let out = channels === 3 && !gray ? toRgb(fitted) : fitted;
  for (const { apply } of ordered) out = apply ? apply(out) : out;
  if (channels === 3 && gray) out = toRgb(out);
  if (channels !== out.channels) {
    return fail("QC-DATA-003", `${from} is a colour image, ${describe(spec)} takes gray`, {
      help: "put 'rgbtogray' into the preprocessor: rgbtogray+unit",
    });
  }
  const data = Float32Array.from(out.data);
  const planar = place.kind === "image" && place.layout === "NCHW";
  return {
    data: planar ? nhwcToNchw(data, [1, out.height, out.width, out.channels]) : data,
    meaning: steps.find((s) => s.role === "scale")?.meaning ?? "codes",
  };
}

/** The ranges of the speech-commands example: MFCC from -247 to 30 become 0 to 255. */
const MFCC_MIN = -247;
const MFCC_MAX = 30;

/** One second at 16 kHz: its MFCC (window 30 ms, stride 10 or 20 ms, 40, 13 or 10 coefficients, told from the size of the input), or the samples themselves. */
function speechValues({ rate, samples }: Audio, spec: InputSpec, from: string): Values {
  if (rate !== 16000)
    return fail("QC-DATA-012", `${from} has ${rate} samples a second, ${SPEECH} takes 16000`, { help: "resample it to 16 kHz" });
  const second = fitLength(samples, rate);
  const length = elementCount(spec.shape);
  if (length === rate) return { data: second.map((x) => Math.min(255, roundHalfEven((x + 1) * 127.5))), meaning: "codes" };
  for (const stride of [160, 320]) {
    for (const coefficients of [40, 13, 10]) {
      const frames = 1 + Math.floor((rate - 480) / stride);
      if (frames * coefficients !== length) continue;
      const features = mfcc(second, { rate, window: 480, stride, coefficients });
      const code = (x: number) => Math.min(255, Math.max(0, roundHalfEven((255 * (x - MFCC_MIN)) / (MFCC_MAX - MFCC_MIN))));
      return { data: features.map(code), meaning: "codes" };
    }
  }
  return fail("QC-DATA-012", `${SPEECH} makes no features of the size of ${describe(spec)}`, {
    help: "give the features as .npy, or use a preprocessor file of yours",
  });
}
