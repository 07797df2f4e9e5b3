/**
 * The optimisation pipeline, in the syntax of `opt -passes=`, spelled so that LLVM 15 to 21 read it: what `default<O3>` does for C-like
 * loops, less the passes for what kernels do not have (exceptions, virtual calls, coroutines, OpenMP, library calls) and less the SLP
 * vectoriser: that of LLVM 19.1.7 leaves lanes undefined in unrolled f64 code for AVX-512 (test/backends/llvm/ops.test.ts, roi_align).
 */
const SIMPLIFY = [
  "sroa,early-cse<memssa>,simplifycfg,instcombine,reassociate",
  "loop-mssa(loop-instsimplify,loop-simplifycfg,licm,loop-rotate,licm,simple-loop-unswitch<nontrivial;trivial>)",
  "simplifycfg,instcombine",
  "loop(indvars,loop-deletion,loop-unroll-full)",
  "sroa,vector-combine,gvn,sccp,bdce,instcombine,correlated-propagation,adce,dse,loop-mssa(licm)",
  "simplifycfg,instcombine",
];
const VECTORIZE = [
  "float2int,loop(loop-rotate,loop-deletion),loop-vectorize,loop-load-elim,instcombine,simplifycfg",
  "vector-combine,instcombine,loop-unroll<O3>,sroa,instcombine,loop-mssa(licm)",
  "instsimplify,div-rem-pairs,simplifycfg",
];

/** The pipeline for a libLLVM of this version: from 18 on instcombine, named alone, ends the process where one round is not enough. */
export function kernelPasses(version: string): string {
  const text = `always-inline,function(${[...SIMPLIFY, ...VECTORIZE].join(",")}),globaldce`;
  return Number.parseInt(version, 10) >= 18 ? text.replaceAll("instcombine", "instcombine<no-verify-fixpoint>") : text;
}
