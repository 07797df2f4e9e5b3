/** `for i in [0, n)` over bytes; LLVM vectorises it at O3. `index` maps i to the byte that moves. */
function byteLoop(label: string, value: string, body: readonly string[]): string {
  return [
    `${label}:`,
    `  %${label}.empty = icmp eq i64 %n, 0`,
    `  br i1 %${label}.empty, label %done, label %${label}.loop`,
    `${label}.loop:`,
    `  %${value} = phi i64 [ 0, %${label} ], [ %${value}.next, %${label}.loop ]`,
    ...body.map((line) => `  ${line}`),
    `  %${value}.next = add nuw i64 %${value}, 1`,
    `  %${label}.end = icmp eq i64 %${value}.next, %n`,
    `  br i1 %${label}.end, label %done, label %${label}.loop`,
  ].join("\n");
}

const DONE = "done:\n  ret ptr %to\n}";
const COPY_FORWARD = [
  "%i.from = getelementptr i8, ptr %from, i64 %i",
  "%i.to = getelementptr i8, ptr %to, i64 %i",
  "%i.byte = load i8, ptr %i.from, align 1",
  "store i8 %i.byte, ptr %i.to, align 1",
];
const COPY_BACKWARD = [
  "%j.last = sub i64 %n, %j",
  "%j.at = add i64 %j.last, -1",
  "%j.from = getelementptr i8, ptr %from, i64 %j.at",
  "%j.to = getelementptr i8, ptr %to, i64 %j.at",
  "%j.byte = load i8, ptr %j.from, align 1",
  "store i8 %j.byte, ptr %j.to, align 1",
];

/**
 * memcpy, memmove and memset as a module of their own, hidden: LLVM calls them where it recognises a loop, and a model's `.so` has no
 * libc to take them from. Compile it to a second object; the linker drops it where nothing refers to it. "no-builtins" keeps LLVM
 * from turning each body into a call of itself.
 */
export function memFunctionsIR(): string {
  return [
    "define hidden ptr @memcpy(ptr noalias %to, ptr noalias %from, i64 %n) #0 {",
    "  br label %up",
    byteLoop("up", "i", COPY_FORWARD),
    DONE,
    "define hidden ptr @memmove(ptr %to, ptr %from, i64 %n) #0 {",
    "  %to.address = ptrtoint ptr %to to i64",
    "  %from.address = ptrtoint ptr %from to i64",
    "  %before = icmp ult i64 %to.address, %from.address",
    "  br i1 %before, label %up, label %down",
    byteLoop("up", "i", COPY_FORWARD),
    byteLoop("down", "j", COPY_BACKWARD),
    DONE,
    "define hidden ptr @memset(ptr %to, i32 %value, i64 %n) #0 {",
    "  %byte = trunc i32 %value to i8",
    "  br label %up",
    byteLoop("up", "i", ["%i.to = getelementptr i8, ptr %to, i64 %i", "store i8 %byte, ptr %i.to, align 1"]),
    DONE,
    'attributes #0 = { nounwind "no-builtins" }',
    "",
  ].join("\n");
}
