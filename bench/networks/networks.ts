import { efficientnetLite0, mobilenetV1, mobilenetV2, resnet, squeezenet } from "./convolutional.js";
import type { Kind, Model } from "./model-builder.js";
import { bertMini, vitTiny } from "./transformers.js";

export interface Network {
  readonly build: () => Model;
  /** The integer form that ONNX Runtime runs fastest; null where it has no integer operators for the whole network. */
  readonly buildInteger: ((kind: Kind) => Model) | null;
}

const convolutional = (build: (kind?: Kind) => Model): Network => ({ build: () => build(), buildInteger: build });
const transformer = (build: () => Model): Network => ({ build, buildInteger: null });

/** The bench networks by name: published architectures, batch 1, random weights that are the same at every build. */
export const NETWORKS: Readonly<Record<string, Network>> = {
  "resnet-18": convolutional((kind) => resnet(18, kind)),
  "resnet-50": convolutional((kind) => resnet(50, kind)),
  "mobilenet-v1": convolutional(mobilenetV1),
  "mobilenet-v2": convolutional(mobilenetV2),
  "squeezenet-1.1": convolutional(squeezenet),
  "efficientnet-lite0": convolutional(efficientnetLite0),
  "vit-tiny": transformer(vitTiny),
  "bert-mini": transformer(bertMini),
};
