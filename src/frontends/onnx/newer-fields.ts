/** Fields of onnx.proto that are newer than the onnx-proto package and change what a model means, read off the wire. */
import onnxProto from "onnx-proto";
import protobuf from "protobufjs/minimal.js";

type AttributeProto = onnxProto.onnx.IAttributeProto;

/** Field numbers of onnx.proto (ONNX 1.13): ModelProto.functions, FunctionProto.attribute_proto. */
const FUNCTIONS = 25;
const ATTRIBUTE_PROTO = 11;
const LENGTH_DELIMITED = 2;

/** Calls `visit` with the bytes of every length-delimited field `wanted` of a message. */
function eachField(message: Uint8Array, wanted: number, visit: (bytes: Uint8Array) => void): void {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === wanted && (tag & 7) === LENGTH_DELIMITED) visit(reader.bytes());
    else reader.skipType(tag & 7);
  }
}

/** By function, in file order: its attributes that have a default. Throws what protobufjs throws on damaged bytes. */
export function functionAttributes(model: Uint8Array): AttributeProto[][] {
  const all: AttributeProto[][] = [];
  eachField(model, FUNCTIONS, (fn) => {
    const attributes: AttributeProto[] = [];
    eachField(fn, ATTRIBUTE_PROTO, (bytes) => attributes.push(onnxProto.onnx.AttributeProto.decode(bytes)));
    all.push(attributes);
  });
  return all;
}
