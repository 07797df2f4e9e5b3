import { describe, expect, it } from "vitest";
import * as make from "../../../src/ir/loop/make.js";
import type { Buffer, Kernel, Stmt } from "../../../src/ir/loop/stmt.js";
import { verifyKernel } from "../../../src/ir/loop/verify.js";

const i = make.variable("i");
const x: Buffer = { name: "x", dtype: "f32", shape: [4], role: "in" };
const y: Buffer = { name: "y", dtype: "f32", shape: [4], role: "out" };
const kernel = (body: Stmt, buffers: readonly Buffer[] = [x, y]): Kernel => ({
  name: "k",
  buffers,
  stages: [{ name: "s", body }],
  prepare: [],
});
const copy = (extent: number, at = i) => make.loop("i", extent, make.store("y", [at], make.load("x", "f32", [at])));

describe("the kernel verifier names what is wrong", () => {
  it("accepts a copy", () => verifyKernel(kernel(copy(4))));
  it.each<[string, Kernel, RegExp]>([
    ["range", kernel(copy(5)), /runs over \[0, 4\], the dimension is 4/],
    ["unbound variable", kernel(copy(4, make.variable("j"))), /unknown variable 'j'/],
    ["buffer", kernel(make.loop("i", 4, make.store("z", [i], make.constant("f32", 0)))), /unknown buffer 'z'/],
    ["rank", kernel(make.loop("i", 4, make.store("y", [i, i], make.constant("f32", 0)))), /2 indices into 'y' of rank 1/],
    ["element type", kernel(make.loop("i", 4, make.store("y", [i], make.constant("i32", 0)))), /i32 written to 'y' of f32/],
    ["input", kernel(make.loop("i", 4, make.store("x", [i], make.constant("f32", 0)))), /write to in buffer 'x'/],
    ["two names", kernel(make.loop("i", 4, copy(4))), /'i' is bound twice/],
    ["parallel inside", kernel(make.loop("o", 2, { ...copy(4), kind: "parallel" } as Stmt)), /'i' is parallel but not outermost/],
    ["buffers", kernel(copy(4), [x, x, y]), /two buffers of one name/],
  ])("%s", (_, k, message) => expect(() => verifyKernel(k)).toThrow(message));
});
