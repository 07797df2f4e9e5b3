/** Causes and cures of operators: shapes, types and attributes that do not agree. */
import type { CauseAndCure } from "./cause.js";

export const opErrors: Readonly<Record<string, CauseAndCure>> = {
  "QC-NN-001": [
    "A convolution or pool has more than three spatial axes, or none.",
    "Split the layer; qc computes with 1 to 3 spatial axes.",
  ],
  "QC-NN-002": [
    "Kernel, strides or dilations of a layer have the wrong number of entries, or one is not positive.",
    "Export the model again, or correct the attributes.",
  ],
  "QC-NN-003": ["The list of pads has the wrong length.", "Give a begin and an end for each spatial axis."],
  "QC-NN-004": [
    "The window of a layer is larger than its padded input.",
    "Check the input sizes given by `--input_shapes`: the image is too small for this network.",
  ],
  "QC-NN-005": ["An operand that the layer needs is left out.", "Give the operand that the error names."],
  "QC-NN-006": [
    "Input and weights of a convolution have different ranks, or no spatial axis.",
    "Export the model again, or correct the shapes.",
  ],
  "QC-NN-007": [
    "Channels, groups and outputs of a convolution do not agree.",
    "The weights must be [outputs, channels / groups, ...], and the groups divide both: correct the shape or the groups.",
  ],
  "QC-NN-008": ["The bias of a layer has not one value for each output channel.", "Correct the bias."],
  "QC-NN-010": [
    "The operands of a layer have types that do not go together.",
    "Use one float type for all, or integers of at most 16 bits; wider integers must be of one type and not quantized.",
  ],
  "QC-NN-011": [
    "The bias has not one value for each output, or is of another type than the sums.",
    "Use a bias of f32 for floats and of i32 for quantized operands.",
  ],
  "QC-NN-012": [
    "A layer's operand is quantized in blocks, which its kernels do not read.",
    "Insert a dequantize before the layer.",
  ],
  "QC-NN-013": [
    "The activation of an integer layer has a scale for every channel.",
    "Quantize activations per tensor, or insert a dequantize.",
  ],
  "QC-NN-014": [
    "The weights of an integer layer have scales along an axis that is not the output channel.",
    "Quantize the weights along the axis that the error names.",
  ],
  "QC-NN-020": [
    "The operands of a dense layer do not agree.",
    "Weights are [outputs, inputs] and the last dimension of x is inputs.",
  ],
  "QC-NN-030": [
    "The shapes of a matrix product do not agree.",
    "The last dimension of the first operand must be the last but one of the second.",
  ],
  "QC-NN-031": [
    "The first operand of an integer matrix product has scales that are not one for each row.",
    "Quantize it per tensor or along its rows.",
  ],
  "QC-NN-032": [
    "The second operand of an integer matrix product has scales that are not one for each column.",
    "Quantize it per tensor or along its columns.",
  ],
  "QC-NN-033": ["Both operands of an integer matrix product have scales along an axis.", "Quantize one of them per tensor."],
  "QC-NN-040": [
    "`output_padding` of a transposed convolution has the wrong number of entries.",
    "Give one entry for each spatial axis.",
  ],
  "QC-NN-041": ["A transposed convolution has negative padding.", "Use pads of 0 or more, and crop the result with a slice."],
  "QC-NN-042": ["The padding of a transposed convolution takes away its whole output.", "Use smaller pads or a larger input."],
  "QC-NN-050": ["A pool's operand has no spatial axis.", "Give it a tensor with batch, channels and at least one spatial axis."],
  "QC-NN-051": ["A pool reads a tensor with a scale for every channel.", "Quantize it per tensor, or insert a dequantize."],
  "QC-NN-052": [
    "The positions of a max pool are asked for in the channels-last layout.",
    'Use `layout = "channels_first"` for this node.',
  ],
  "QC-NN-053": ["An average pool reads integers of more than 16 bits.", "Cast the operand to a float type."],
  "QC-NN-054": ["An Lp pool reads integers.", "Cast the operand to f32."],
  "QC-NN-055": ["The p of an Lp pool is below 1.", "Use p of 1 or more."],
  "QC-NN-056": ["A max pool reads 64-bit integers.", "Cast the operand to i32 or a float type."],
  "QC-NN-060": [
    "The sizes, scales or region of a resize have the wrong number of entries.",
    "Give one size and one scale for each axis, and two region values for each.",
  ],
  "QC-NN-061": ["A size or scale of a resize is not positive.", "Correct it, or check the input sizes it is computed from."],
  "QC-NN-062": ["A resize reads a tensor with a scale for every channel.", "Quantize it per tensor, or insert a dequantize."],
  "QC-NN-063": ["A resize interpolates 64-bit integers.", "Cast the operand to f32, or use `nearest`."],
  "QC-NN-064": [
    "The positions of a max unpool have not the shape or type of its operand.",
    "Take them from the max pool that belongs to it, as i64.",
  ],
  "QC-NN-065": ["The result of a max unpool is smaller than its operand.", "Correct `output_shape`."],
  "QC-NN-066": ["An operator on images reads a tensor that is no batch of images.", "Give it a tensor of rank 4."],
  "QC-NN-067": [
    "The channels of depth_to_space do not divide by the square of the block size, or the image of space_to_depth by the block size.",
    "Use another block size, or pad the operand.",
  ],
  "QC-NN-068": [
    "depth_to_space or space_to_depth reads a tensor with a scale for every channel.",
    "Quantize it per tensor, or insert a dequantize.",
  ],
  "QC-NN-070": [
    "The shapes of a recurrent layer's operands do not agree.",
    "The message has the expected shapes; export the model again.",
  ],
  "QC-NN-071": ["The operands of a recurrent layer are of different types, or no floats.", "Use one float type for all of them."],
  "QC-NN-072": [
    "The sequence lengths of a recurrent layer are not i32, one for each sample.",
    "Cast them to i32, or leave them out.",
  ],
  "QC-NN-073": [
    "The initial state of a recurrent layer has the wrong shape or type.",
    "Give [batch, hidden] in the layer's type.",
  ],
  "QC-NN-074": [
    "A recurrent layer has the wrong number of activation functions, or one that qc does not have.",
    "Use those that the error lists, each with its alpha and beta.",
  ],
  "QC-NN-075": [
    "The peephole weights of an LSTM have the wrong shape.",
    "Give the shape that the error names, or leave them out.",
  ],
  "QC-NN-076": [
    "The recurrent bias of a GRU is given without `linear_before_reset`, or has not one value for each hidden unit.",
    "Set `linear_before_reset`, or correct the bias.",
  ],
  "QC-NN-080": ["col2im reads a tensor that is not float of rank 3.", "Give it [N, C x block, positions] in floats."],
  "QC-NN-081": [
    "The shape that col2im reads does not fit image, kernel and strides.",
    "The message has the expected shape; correct the attributes.",
  ],
  "QC-NN-082": ["A deformable convolution has not two spatial axes.", "qc computes it with two spatial axes only."],
  "QC-NN-083": [
    "The offsets of a deformable convolution have the wrong shape.",
    "Give two offsets for each tap, group and output pixel.",
  ],
  "QC-NN-084": [
    "The mask of a deformable convolution has the wrong shape.",
    "Give one value for each tap, group and output pixel.",
  ],
  "QC-NN-085": ["The grid of a grid_sample does not fit its image.", "The grid is [N, output sizes, number of spatial axes]."],
  "QC-NN-086": ["grid_sample reads integers.", "Cast image and grid to a float type."],
  "QC-NN-087": ["Cubic grid_sample is asked for on one or three spatial axes.", "Use `linear` there."],
  "QC-NN-088": ["The operands of roi_align do not agree.", "Give x as [N, C, H, W], regions as [R, 4] and batch indices as [R]."],
  "QC-NN-089": ["The operands of roi_align are of wrong types.", "Use floats for image and regions, i64 for the batch indices."],
  "QC-NN-090": [
    "An output size or a sample count of a pool of regions is out of range.",
    "Use 1 or more, and no more than the error names.",
  ],
  "QC-NN-091": [
    "An average pool names a grid for its mean, and its operand has no grid.",
    "Leave scale and zero point out, or quantize the operand.",
  ],
  "QC-NN-092": ["A max unpool reads a tensor with a scale for every channel.", "Quantize it per tensor, or insert a dequantize."],
  "QC-OP-001": ["An operand is of an element type that the operator does not take.", "Cast it to the type that the error names."],
  "QC-OP-002": [
    "An operator that is not exact on quantized values reads some, or its table has a scale for every channel.",
    "Insert a dequantize before it.",
  ],
  "QC-OP-003": ["The operands of an operator have different element types.", "Cast one of them."],
  "QC-OP-004": [
    "The shapes of the operands do not broadcast to each other.",
    "Dimensions must be equal or 1, counted from the last.",
  ],
  "QC-OP-005": ["An axis is outside of the tensor, or given twice.", "Use an axis from 0 to the rank less one, each once."],
  "QC-OP-006": [
    "An operator over channels reads a tensor without a channel axis, or a parameter has the wrong shape.",
    "Give it a tensor of rank 2 or more, and parameters of the shape that the error names.",
  ],
  "QC-OP-007": [
    "A quantization has no scale, the wrong number of scales, or a scale or zero point that cannot be used.",
    "Give positive scales, as many as the error names, and zero points inside of the integer type.",
  ],
  "QC-OP-008": ["Values cannot be quantized to this element type.", "Use a type that the error lists."],
  "QC-OP-009": [
    "A dequantize, or an operator on quantized values, reads a tensor without scale.",
    "Give it one with `with_quant`.",
  ],
  "QC-OP-010": ["A row of an integer softmax is empty or has more than a million elements.", "Compute it in floats."],
  "QC-OP-011": ["The channels do not divide into the groups, or a window of channels is empty.", "Correct `groups` or `size`."],
  "QC-OP-012": ["An `observe` node has a least element above its greatest one.", "Correct the node, or calibrate again."],
  "QC-TENSOR-001": [
    "An operator mixes channels that have different scales, or a concat joins tensors that are quantized in blocks.",
    "Insert a dequantize before it.",
  ],
  "QC-TENSOR-002": ["The operands differ in element type or quantization.", "Cast or requantize one of them."],
  "QC-TENSOR-003": ["Indices are no integers.", "Cast them to i64 or i32."],
  "QC-TENSOR-010": ["The list of a transpose is no permutation of the axes.", "Name each axis once."],
  "QC-TENSOR-011": [
    "A reshape changes the number of elements.",
    "Correct the shape; with other input sizes, check `--input_shapes`.",
  ],
  "QC-TENSOR-012": ["A reshape mixes channels that have different scales.", "Insert a dequantize before it."],
  "QC-TENSOR-013": [
    "A concat has no operands, or they differ in more than the joined axis.",
    "Give it tensors that are equal in all other dimensions.",
  ],
  "QC-TENSOR-014": [
    "A slice has not one start, end and step for each axis, a step of 0, or reaches outside of the tensor.",
    "Give all three for each axis, inside of the dimension.",
  ],
  "QC-TENSOR-015": ["The sizes of a split do not add up to the dimension.", "Correct the sizes."],
  "QC-TENSOR-016": ["A gather picks from an axis with no elements.", "Check the sizes that lead to it."],
  "QC-TENSOR-017": ["A pad has not a begin and an end for each axis, or takes away too much.", "Give two pads for each axis."],
  "QC-TENSOR-018": [
    "The indices of gather_elements do not fit the tensor.",
    "They have its rank, and no dimension larger than its own but along the axis.",
  ],
  "QC-TENSOR-019": [
    "The indices of gather_nd do not fit the tensor and its batch dimensions.",
    "The last dimension of the indices is at most the rank less the batch dimensions.",
  ],
  "QC-TENSOR-020": [
    "A scatter adds or multiplies quantized values, reads a tensor with a scale for every channel, or reduces booleans.",
    "Use the reduction `none`, insert a dequantize, or cast to a numeric type.",
  ],
  "QC-TENSOR-021": [
    "Indices and updates of scatter_elements do not fit the tensor.",
    "Indices and updates have the same shape, of the tensor's rank.",
  ],
  "QC-TENSOR-022": [
    "Indices and updates of scatter_nd do not fit the tensor.",
    "Updates are the indices' leading dimensions, then what remains of the tensor.",
  ],
  "QC-TENSOR-023": ["A tensor does not broadcast to the shape.", "Dimensions must be equal or 1, counted from the last."],
  "QC-TENSOR-024": ["A tile has not one repeat for each axis, or a negative one.", "Give one for each axis."],
  "QC-TENSOR-025": [
    "trilu reads a tensor without rows and columns, or one that is quantized in blocks.",
    "Give it a tensor of rank 2 or more, and insert a dequantize.",
  ],
  "QC-TENSOR-026": [
    "The lengths or axes of reverse_sequence do not fit the tensor, or a scale differs from step to step.",
    "Give two different axes for batch and time, and one length for each sample.",
  ],
  "QC-TENSOR-027": ["topk asks for more elements than there are, or fewer than none.", "Use a k from 0 to the dimension."],
  "QC-TENSOR-028": [
    "Axis, depth or values of a one_hot do not fit.",
    "Use an axis from 0 to the rank, a depth of 0 or more, and two values that are not quantized per axis.",
  ],
  "QC-TENSOR-029": ["det reads matrices that are not square.", "Give it [..., n, n]."],
  "QC-TENSOR-030": ["A bitcast goes to a type of another width.", "Use a type with as many bits."],
  "QC-TENSOR-031": [
    "The update or the starts of a tensor_scatter do not fit the tensor along its axis.",
    "The axis is not 0, only the dimension along it may be smaller, and there is one start for each sample.",
  ],
};
