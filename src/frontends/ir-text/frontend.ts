/** IR text with its weights beside it: what `qc dump -o` and `--emit qc` write, edited or not. */
import { replaceFunc } from "../../ir/graph/edit.js";
import { safeName } from "../../ir/graph/func-builder.js";
import { type Constant, type Func, isAbsent, type Module, type ValueId } from "../../ir/graph/module.js";
import { declareStates } from "../../ir/graph/state.js";
import { bytesOf, type Tensor } from "../../ir/op/tensor.js";
import { assertValid } from "../../ir/op/verify.js";
import type { IrContext } from "../../ir/pass/context.js";
import { readIrFile } from "../../ir/text/file.js";
import { type TensorType, tensorType } from "../../ir/type/tensor-type.js";
import { fail } from "../../support/diag.js";
import type { Frontend } from "../frontend.js";
import { checkInputNames, type ImportOptions, type InputShapes } from "../shared/inputs.js";

const CODES = {
  noSuchInput: "QC-TEXT-030", // an option names no input of the function
} as const;

/** White space and comments, then a word that begins an item. */
const BEGINNING = /^(?:\s|\/\/[^\n]*\n)*(?:module\s+"|const\s+#|func\s+@|kernel\s+@)/;

export const irText: Frontend = {
  name: "ir-text",
  doc: "IR text",
  endings: [".qc"],
  detects: (head) => BEGINNING.test(new TextDecoder().decode(head)),
  import: importIrText,
};

/**
 * The module of a text, with the inputs that `options.freeze` fixes made constants.
 * Errors: QC-TEXT-*, QC-QCW-*, QC-IR-* what is wrong with the text, QC-TEXT-011 no function, 031 a shape that is not the text's,
 * 032 a frozen value of another type, 033 more than one function: a module that is divided into kernels already.
 */
export function importIrText(file: string, ctx: IrContext, options: ImportOptions): Module {
  const { module: m, kernels } = readIrFile(file, ctx);
  if (!m) return fail("QC-TEXT-011", `'${file}' holds no function`, { help: "func @main(%x: f32[4]) -> f32[4] { return %x }" });
  if (kernels.length || m.funcs.length > 1)
    fail("QC-TEXT-033", `'${file}' holds ${m.funcs.length} functions and ${kernels.length} kernels: it is lowered already`, {
      help: "a build starts from one function: keep the text with qc dump, or with --emit qc",
    });
  assertValid(m, ctx.ops, ctx.blobs);
  checkShapes(callerInputs(m), options.shapes);
  return declareStates(frozen(m, options.freeze ?? {}, ctx), options.states ?? []);
}

interface Input {
  /** Position among the parameters of the entry. */
  readonly at: number;
  readonly id: ValueId;
  readonly name: string;
  readonly type: TensorType;
}

/** The parameters that the caller gives: those of states are the network's own. */
function callerInputs(m: Module): readonly Input[] {
  const { params, paramNames } = m.funcs[0];
  const inputs = params.map(({ id, type }, at): Input => ({ at, id, type, name: paramNames[at] }));
  return inputs.filter(({ at }) => !m.states.some((s) => s.param === at));
}

const namesOf = (inputs: readonly Input[]): readonly string[] => inputs.map((i) => i.name);

/** A text has the shapes that it has: those that are given must be the same. */
function checkShapes(inputs: readonly Input[], shapes: InputShapes | undefined): void {
  if (!shapes) return;
  checkInputNames("--input_shapes", Object.keys(shapes.named), namesOf(inputs), CODES);
  inputs.forEach(({ name, type }, i) => {
    const given = Object.hasOwn(shapes.named, name) ? shapes.named[name] : shapes.positional[i];
    if (given && given.join() !== type.shape.join())
      fail("QC-TEXT-031", `--input_shapes gives '${name}' the shape [${given}], the text says [${type.shape}]`, {
        help: "leave it out, or import the model again with these sizes: qc dump model.onnx --input_shapes ... -o edited.qc",
      });
  });
}

/** func(a, b) and b = value  -->  func(a) with the constant in b's place */
function frozen(m: Module, freeze: Readonly<Record<string, Tensor>>, ctx: IrContext): Module {
  const f = m.funcs[0];
  const inputs = callerInputs(m);
  checkInputNames("--freeze", Object.keys(freeze), namesOf(inputs), CODES);
  const chosen = inputs.filter(({ name }) => Object.hasOwn(freeze, name));
  if (chosen.length === 0) return m;
  const consts: Record<ValueId, Constant> = { ...m.consts };
  const constantOf = new Map<ValueId, ValueId>();
  for (const { id, name, type } of chosen) {
    checkFrozen(name, freeze[name], type);
    const free = freeName(`#${safeName(name)}`, consts);
    consts[free] = { type, blob: ctx.blobs.put(bytesOf(freeze[name])) };
    constantOf.set(id, free);
  }
  const moved = (v: ValueId): ValueId => (isAbsent(v) ? v : (constantOf.get(v) ?? v));
  const isKept = (at: number): boolean => !constantOf.has(f.params[at].id);
  const func: Func = {
    ...f,
    params: f.params.filter((_, at) => isKept(at)),
    paramNames: f.paramNames.filter((_, at) => isKept(at)),
    body: f.body.map((n) => ({ ...n, inputs: n.inputs.map(moved) })),
    results: f.results.map(moved),
  };
  const states = m.states.map((s) => ({ ...s, param: s.param - chosen.filter(({ at }) => at < s.param).length }));
  return { ...replaceFunc(m, func, consts), states };
}

function freeName(wanted: string, taken: Readonly<Record<string, unknown>>): string {
  for (let i = 0; ; i++) {
    const name = i === 0 ? wanted : `${wanted}_${i}`;
    if (!Object.hasOwn(taken, name)) return name;
  }
}

function checkFrozen(name: string, value: Tensor, { dtype, shape }: TensorType): void {
  const wanted = tensorType(dtype, shape);
  if (tensorType(value.type.dtype, value.type.shape) !== wanted)
    fail("QC-TEXT-032", `--freeze gives '${name}' ${value.type.dtype}[${value.type.shape}], the text says ${dtype}[${shape}]`, {
      help: "the file must hold an array of that type and shape",
    });
}
