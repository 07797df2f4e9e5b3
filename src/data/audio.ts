/** WAV files, and the spectral features of the TensorFlow speech-commands example. */
import { fail } from "../support/diag.js";

export interface Audio {
  readonly rate: number;
  /** The first channel, -1 to 1. */
  readonly samples: Float32Array;
}

export function isWav(bytes: Uint8Array): boolean {
  return (
    bytes.length > 12 &&
    Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "RIFF" &&
    Buffer.from(bytes.subarray(8, 12)).toString("latin1") === "WAVE"
  );
}

/** Reads 16-bit PCM WAV; of several channels the first. */
export function decodeWav(bytes: Uint8Array, name: string): Audio {
  const bad = (why: string): never =>
    fail("QC-DATA-030", `${name}: ${why}`, { help: "16-bit PCM WAV files are read; or give the features as .npy" });
  if (!isWav(bytes)) return bad("not a WAV file");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let format: { channels: number; rate: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = Buffer.from(bytes.subarray(at, at + 4)).toString("latin1");
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === "fmt ") {
      if (size < 16 || body + 16 > bytes.length) return bad("its header is cut off");
      const kind = view.getUint16(body, true);
      const bits = view.getUint16(body + 14, true);
      if ((kind !== 1 && kind !== 0xfffe) || bits !== 16) return bad(`its samples are of format ${kind} with ${bits} bits`);
      format = { channels: view.getUint16(body + 2, true), rate: view.getUint32(body + 4, true) };
      if (format.channels < 1 || format.rate < 1) return bad("its header makes no sense");
    }
    if (id === "data") {
      if (!format) return bad("its data stand before the header");
      const { channels, rate } = format;
      const frames = Math.floor(Math.min(size, bytes.length - body) / (2 * channels));
      const samples = Float32Array.from({ length: frames }, (_, i) => view.getInt16(body + 2 * channels * i, true) / 32768);
      return { rate, samples };
    }
    at = body + size + (size % 2);
  }
  return bad("it has no data");
}

/** The first n samples, silence after the end. */
export function fitLength(samples: Float32Array, n: number): Float32Array {
  const out = new Float32Array(n);
  out.set(samples.subarray(0, n));
  return out;
}

export interface MfccOptions {
  readonly rate: number;
  /** Samples. */
  readonly window: number;
  readonly stride: number;
  readonly coefficients: number;
}

const MEL_CHANNELS = 40;
const LOWER_HZ = 20;
const UPPER_HZ = 4000;
const mel = (hz: number) => 1127 * Math.log1p(hz / 700);

/** Mel-frequency cepstral coefficients, [frames, coefficients], as TensorFlow's AudioSpectrogram and Mfcc ops define them (40 mel bands, 20 to 4000 Hz). */
export function mfcc(samples: Float32Array, { rate, window, stride, coefficients }: MfccOptions): Float32Array {
  const size = 2 ** Math.ceil(Math.log2(window));
  const hann = Float64Array.from({ length: window }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window));
  const bands = melBands(rate, size / 2 + 1);
  const frames = Math.max(0, 1 + Math.floor((samples.length - window) / stride));
  const out = new Float32Array(frames * coefficients);
  for (let frame = 0; frame < frames; frame++) {
    const re = new Float64Array(size);
    for (let i = 0; i < window; i++) re[i] = samples[frame * stride + i] * hann[i];
    const logs = bands(magnitudes(re)).map((e) => Math.log(Math.max(e, 1e-12)));
    for (let k = 0; k < coefficients; k++) {
      let sum = 0;
      for (let j = 0; j < MEL_CHANNELS; j++) sum += logs[j] * Math.cos(((k * Math.PI) / MEL_CHANNELS) * (j + 0.5));
      out[frame * coefficients + k] = sum * Math.sqrt(2 / MEL_CHANNELS);
    }
  }
  return out;
}

/** |DFT| of a real signal of length 2^k, bins 0 to half: iterative radix 2. */
function magnitudes(re: Float64Array): Float64Array {
  const n = re.length;
  const im = new Float64Array(n);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) [re[i], re[j]] = [re[j], re[i]];
  }
  for (let span = 2; span <= n; span *= 2) {
    for (let k = 0; k < span / 2; k++) {
      const cos = Math.cos((-2 * Math.PI * k) / span);
      const sin = Math.sin((-2 * Math.PI * k) / span);
      for (let low = k; low < n; low += span) {
        const high = low + span / 2;
        const x = re[high] * cos - im[high] * sin;
        const y = re[high] * sin + im[high] * cos;
        re[high] = re[low] - x;
        im[high] = im[low] - y;
        re[low] += x;
        im[low] += y;
      }
    }
  }
  return Float64Array.from({ length: n / 2 + 1 }, (_, i) => Math.hypot(re[i], im[i]));
}

/** Triangular filters, evenly spaced in mel: each bin is split between the two bands whose centres enclose it. */
function melBands(rate: number, bins: number): (spectrum: Float64Array) => Float64Array {
  const low = mel(LOWER_HZ);
  const spacing = (mel(UPPER_HZ) - low) / (MEL_CHANNELS + 1);
  const hzPerBin = (0.5 * rate) / (bins - 1);
  const first = Math.trunc(1.5 + LOWER_HZ / hzPerBin);
  const last = Math.min(bins - 1, Math.trunc(UPPER_HZ / hzPerBin));
  return (spectrum) => {
    const out = new Float64Array(MEL_CHANNELS);
    for (let bin = first; bin <= last; bin++) {
      const position = (mel(bin * hzPerBin) - low) / spacing - 1; // in bands; band b has its centre at b
      const band = Math.max(-1, Math.ceil(position) - 1);
      const weight = band + 1 - position;
      if (band >= 0 && band < MEL_CHANNELS) out[band] += spectrum[bin] * weight;
      if (band + 1 < MEL_CHANNELS) out[band + 1] += spectrum[bin] * (1 - weight);
    }
    return out;
  };
}
