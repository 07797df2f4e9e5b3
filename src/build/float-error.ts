/** What the builder states about the floats of a network: where sums are not direct, and how far they may be off. */
import type { Program } from "../ir/loop/program.js";
import type { IrContext } from "../ir/pass/context.js";
import { FLOAT_TOLERANCE } from "../ir/schedule/scheduler.js";
import { winogradBound } from "../ir/schedule/steps/winograd-math.js";
import { floatWinogradOf } from "../ir/schedule/steps/winograd-of.js";
import type { FloatError, WinogradLayer } from "../runtime/model-record.js";

/** The layers that Winograd's algorithm computes in float32. A bound above the tolerance is warned of (QC-COMPILE-007). */
export function floatError(program: Program, ctx: Pick<IrContext, "report">): FloatError {
  const winograd = program.launches.flatMap(({ kernel, loc }): WinogradLayer[] => {
    const found = floatWinogradOf(program.kernels[kernel]);
    if (!found) return [];
    const bound = winogradBound(found.m, found.channels);
    return [{ node: loc.node, tile: found.m, channels: found.channels, bound: Number(bound.toPrecision(2)) }];
  });
  for (const { node, bound } of winograd.filter((l) => l.bound > FLOAT_TOLERANCE)) {
    ctx.report({
      severity: "warning",
      code: "QC-COMPILE-007",
      message: `'${node}' may err by ${bound} of its range, more than ${FLOAT_TOLERANCE}: its schedule uses Winograd's algorithm`,
      help: "--strict_float keeps direct sums",
    });
  }
  return { tolerance: FLOAT_TOLERANCE, winograd };
}
