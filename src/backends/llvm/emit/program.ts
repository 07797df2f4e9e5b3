import type { Launch, Place, Program } from "../../../ir/loop/program.js";
import { ARCHS } from "../../../ir/target/arch.js";
import type { Target } from "../../../ir/target/target.js";
import { PARALLEL_WORK } from "../../backend.js";
import { type DescriptorFacts, descriptorOf } from "../../descriptor.js";
import { formProgram, type KernelForm } from "../../forms.js";
import { WEIGHTS } from "../../native/constants.js";
import { createModuleParts } from "./body.js";
import { descriptorText } from "./descriptor.js";
import { attributesText, parallelLoop, type StageFunction, stageFunctions } from "./stage.js";

/** Field numbers of qc_exec in runtime-c/qc.h. */
const EXEC = { arena: 0, state: 1, inputs: 2, outputs: 3, parallelFor: 4, pool: 5, tick: 6, user: 7, threads: 8 } as const;
const EXEC_TYPE = "%qc_exec = type { ptr, ptr, ptr, ptr, ptr, ptr, ptr, ptr, i32, i32 }";

const stageName = (form: number, stage: number): string => `@k${form}_s${stage}`;
const thunkName = (launch: number, stage: number): string => `@l${launch}_s${stage}`;

/** Code that a launch needs to find one operand. */
function placeText(place: Place, name: string): readonly string[] {
  const field = (i: number): string => `getelementptr inbounds %qc_exec, ptr %exec, i64 0, i32 ${i}`;
  switch (place.in) {
    case "arena":
    case "state": {
      const [from, base] = [`%${name}.field`, `%${name}.base`];
      return [
        `${from} = ${field(EXEC[place.in])}`,
        `${base} = load ptr, ptr ${from}, align 8`,
        `%${name} = getelementptr inbounds i8, ptr ${base}, i64 ${place.offset}`,
      ];
    }
    case "input":
    case "output": {
      const list = place.in === "input" ? EXEC.inputs : EXEC.outputs;
      return [
        `%${name}.field = ${field(list)}`,
        `%${name}.list = load ptr, ptr %${name}.field, align 8`,
        `%${name}.at = getelementptr inbounds ptr, ptr %${name}.list, i64 ${place.index}`,
        `%${name} = load ptr, ptr %${name}.at, align 8`,
      ];
    }
    case "weights":
      return [`%${name} = getelementptr inbounds i8, ptr @${WEIGHTS}, i64 ${place.offset}`];
  }
}

function thunkText(
  label: string,
  name: string,
  stage: string,
  operands: readonly (readonly [param: number, place: Place])[],
): string {
  const args = [...operands.map(([p]) => `ptr %b${p}`), "i64 %begin", "i64 %end"].join(", ");
  return [
    `; ${label}`.replaceAll("\n", " "),
    `define internal void ${name}(ptr %exec, i64 %begin, i64 %end) #0 {`,
    ...operands.flatMap(([p, place]) => placeText(place, `b${p}`).map((l) => `  ${l}`)),
    `  call void ${stage}(${args})`,
    "  ret void",
    "}",
  ].join("\n");
}

/** The functions that find the operands of a launch, one a stage. */
function thunksText(
  launch: Launch,
  n: number,
  formIndex: number,
  form: KernelForm,
  stages: readonly StageFunction[],
): readonly string[] {
  const places = new Map<number, Place>();
  for (const [i, p] of form.params.entries()) if (!places.has(p)) places.set(p, launch.places[i]);
  return stages.map(({ params }, j) => {
    const operands = params.map((p) => [p, places.get(p) as Place] as const);
    return thunkText(launch.label, thunkName(n, j), stageName(formIndex, j), operands);
  });
}

/** Starts a phase: the runtime's clock, where it is set. */
const PHASE = `define internal void @phase(ptr %exec, i32 %n) #0 {
  %tick.at = getelementptr inbounds %qc_exec, ptr %exec, i64 0, i32 ${EXEC.tick}
  %tick = load ptr, ptr %tick.at, align 8
  %none = icmp eq ptr %tick, null
  br i1 %none, label %done, label %call
call:
  %user.at = getelementptr inbounds %qc_exec, ptr %exec, i64 0, i32 ${EXEC.user}
  %user = load ptr, ptr %user.at, align 8
  call void %tick(ptr %user, i32 %n)
  br label %done
done:
  ret void
}`;

/** body(exec, [0, extent)), on the pool where there is more than one thread. */
const PARALLEL = `define internal void @parallel(ptr %exec, ptr %body, i64 %extent) #0 {
  %threads.at = getelementptr inbounds %qc_exec, ptr %exec, i64 0, i32 ${EXEC.threads}
  %threads = load i32, ptr %threads.at, align 4
  %alone = icmp sle i32 %threads, 1
  br i1 %alone, label %here, label %pool
here:
  call void %body(ptr %exec, i64 0, i64 %extent)
  br label %done
pool:
  %for.at = getelementptr inbounds %qc_exec, ptr %exec, i64 0, i32 ${EXEC.parallelFor}
  %for = load ptr, ptr %for.at, align 8
  %pool.at = getelementptr inbounds %qc_exec, ptr %exec, i64 0, i32 ${EXEC.pool}
  %with = load ptr, ptr %pool.at, align 8
  call void %for(ptr %with, ptr %body, ptr %exec, i64 %extent)
  br label %done
done:
  ret void
}`;

function runText(program: Program, formOf: readonly number[], forms: readonly KernelForm[]): string {
  const calls = program.launches.flatMap((launch, n) => {
    const worthThreads = launch.flops + launch.bytes >= PARALLEL_WORK;
    const stages = forms[formOf[n]].kernel.stages.map((stage, j) => {
      const extent = parallelLoop(stage)?.extent ?? 1;
      return extent > 1 && worthThreads
        ? `  call void @parallel(ptr %exec, ptr ${thunkName(n, j)}, i64 ${extent})`
        : `  call void ${thunkName(n, j)}(ptr %exec, i64 0, i64 ${extent})`;
    });
    return [`  call void @phase(ptr %exec, i32 ${n})`, ...stages];
  });
  return ["define internal i32 @run(ptr %exec) #0 {", ...calls, "  ret i32 0", "}"].join("\n");
}

/**
 * A program as one LLVM IR module that exports `qc_model`. The weights are the external symbol `qc_weights`; `weightsBytes` is the
 * length of what stands there.
 */
export function programText(program: Program, target: Target, facts: DescriptorFacts, weightsBytes: number): string {
  const module = createModuleParts(target.arch, target.features);
  const { forms, formOf } = formProgram(program);
  const stages = forms.map((form, i) => stageFunctions(form, (j) => stageName(i, j), module));
  const thunks = program.launches.flatMap((launch, n) => thunksText(launch, n, formOf[n], forms[formOf[n]], stages[formOf[n]]));
  return [
    `; ${program.name} for ${facts.targetText}`.replaceAll("\n", " "),
    EXEC_TYPE,
    ...(weightsBytes > 0 ? [`@${WEIGHTS} = external hidden constant [${weightsBytes} x i8], align 64`] : []),
    ...stages.flat().map((s) => s.text),
    ...thunks,
    PHASE,
    PARALLEL,
    runText(program, formOf, forms),
    descriptorText(descriptorOf(program, facts), ARCHS[target.arch].pointerBytes),
    module.text(),
    attributesText(target),
    "",
  ].join("\n\n");
}
