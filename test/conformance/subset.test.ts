/** One ONNX backend case for each of many ops, through the native path in this process; `npm run conformance` runs them all. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { caseId, debianCases, debianInstalled } from "../../scripts/conformance/cases.js";
import { difference } from "../../scripts/conformance/compare.js";
import { createEngine } from "../../scripts/conformance/engines.js";
import { runCase } from "../../scripts/conformance/run-case.js";
import { tensorOf } from "../../src/ir/op/tensor.js";
import { tensorType } from "../../src/ir/type/tensor-type.js";

const FAMILIES = [
  ...[
    "add_bcast",
    "and4d",
    "argmax_keepdims_example",
    "averagepool_2d_pads_count_include_pad",
    "basic_convinteger",
    "batchnorm_example",
  ],
  ...[
    "bitshift_left_uint32",
    "cast_FLOAT_to_DOUBLE",
    "clip_example",
    "concat_3d_axis_1",
    "constantofshape_float_ones",
    "conv_with_autopad_same",
  ],
  ...[
    "convtranspose_3d",
    "cumsum_1d_exclusive",
    "depthtospace_crd_mode_example",
    "dequantizelinear_axis",
    "dynamicquantizelinear",
    "edge_pad",
  ],
  ...[
    "einsum_batch_matmul",
    "elu_example",
    "erf",
    "expand_dim_unchanged",
    "flatten_axis2",
    "gather_negative_indices",
    "gathernd_example_int32",
  ],
  ...[
    "gelu_default_1",
    "gemm_all_attributes",
    "globalaveragepool",
    "gru_batchwise",
    "hardmax_axis_1",
    "hardswish",
    "instancenorm_example",
  ],
  ...[
    "isinf_positive",
    "layer_normalization_4d_axis2",
    "leakyrelu_example",
    "less_bcast",
    "logsoftmax_axis_1",
    "lrn",
    "lstm_with_peepholes",
  ],
  ...[
    "matmul_3d",
    "matmulinteger",
    "max_int64",
    "maxpool_2d_dilations",
    "mean_example",
    "mod_mixed_sign_float32",
    "mvn",
    "nonmaxsuppression_limit_output_size",
  ],
  ...[
    "onehot_with_axis",
    "pow_bcast_scalar",
    "prelu_broadcast",
    "qlinearconv",
    "qlinearmatmul_3D",
    "quantizelinear_axis",
    "range_float_type_positive_delta",
  ],
  ...["reduce_log_sum_exp_keepdims_random", "reduce_prod_negative_axes_keepdims_random", "reflect_pad", "reshape_zero_dim"],
  ...[
    "resize_downsample_scales_cubic",
    "resize_upsample_sizes_nearest_floor_align_corners",
    "reversesequence_batch",
    "rnn_seq_length",
    "round",
  ],
  ...[
    "scatter_elements_with_axis",
    "scatternd_add",
    "sce_mean",
    "selu",
    "shape",
    "simple_rnn_with_initial_bias",
    "sinh",
    "slice_neg_steps",
  ],
  ...[
    "softmax_large_number",
    "softplus",
    "spacetodepth",
    "split_variable_parts_1d",
    "squeeze_negative_axes",
    "sub_uint8",
    "tile",
    "top_k_smallest",
  ],
  ...["transpose_all_permutations_2", "tril_pos", "unsqueeze_three_axes", "where_long_example", "xor_bcast3v2d"],
];

const wanted = new Set(FAMILIES.map((f) => `test_${f}`));
const cases = debianCases(["node"]).filter((c) => wanted.has(c.name));

describe.skipIf(!debianInstalled())("ONNX backend cases (libonnx-testdata)", () => {
  const engine = debianInstalled() ? createEngine("native") : null;
  it("are there", () => {
    const names = readdirSync("/usr/share/libonnx-testdata/data/node");
    expect([...wanted].filter((w) => !names.includes(w) && w !== "test_gelu_default_1")).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
  });
  it.each(cases.map((c) => [caseId(c), c] as const))("%s", (_, c) => {
    const { outcome, reason } = runCase(c, engine as NonNullable<typeof engine>);
    expect(["pass", "frozen"], reason).toContain(outcome);
  });
});

describe("the comparison", () => {
  const exact = { rtol: 1e-3, atol: 1e-7 };
  const f32 = (...v: number[]) => tensorOf(tensorType("f32", [v.length]), v);
  it("is relative for floats, with NaN and infinities equal to themselves", () => {
    expect(difference(f32(1000.9, Number.NaN, Infinity), f32(1000, Number.NaN, Infinity), exact)).toBeNull();
    expect(difference(f32(1002), f32(1000), exact)).toContain("[0]");
    expect(difference(f32(Number.NaN), f32(0), exact)).toContain("NaN");
    expect(difference(f32(Infinity), f32(-Infinity), exact)).toContain("Infinity");
  });
  it("is exact for integers, and sees types and shapes", () => {
    const ints = (...v: number[]) => tensorOf(tensorType("i64", [v.length]), v);
    expect(difference(ints(1, 2), ints(1, 3), exact)).toContain("[1]");
    expect(difference(ints(1), f32(1), exact)).toContain("not f32");
    expect(difference(f32(1, 2), f32(1), exact)).toContain("f32[2]");
    expect(difference(f32(5), f32(1), exact, true)).toBeNull();
  });
});
