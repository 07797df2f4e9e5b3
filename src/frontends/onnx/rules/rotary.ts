import type { ValueId } from "../../../ir/graph/module.js";
import { reshape, shapeOf, transpose } from "../../shared/helpers.js";
import { sliceAxes } from "../../shared/ranges.js";
import type { NodeImport } from "../rule.js";

/**
 * RotaryEmbedding-23: pairs (a, b) of the first `rotary_embedding_dim` elements of each head turn by the angle of their position:
 *   a' = a cos - b sin,  b' = a sin + b cos
 * Pairs are neighbours where interleaved, else the two halves. X is [B, H, S, D], or [B, S, H D] with `num_heads`.
 */
export function rotaryEmbedding(n: NodeImport): ValueId {
  const given = n.input(0);
  const shape = shapeOf(n, given);
  const flat = shape.length === 3;
  const heads = flat ? n.int("num_heads", 0) : shape[1];
  if (flat && (heads < 1 || shape[2] % heads !== 0)) n.malformed(`num_heads is ${heads} for [${shape}]`);
  const x = flat ? reshape(n, given, [shape[0], shape[1], heads, shape[2] / heads]) : transpose(n, given, [0, 2, 1, 3]);
  const y = rotated(n, x, n.input(1), n.input(2), n.has(3) ? n.input(3) : null);
  return flat ? reshape(n, y, shape) : transpose(n, y, [0, 2, 1, 3]);
}

/** x [B, S, H, D]; caches [positions, R/2] with position ids [B, S], or [B, S, R/2] without. */
function rotated(n: NodeImport, x: ValueId, cosCache: ValueId, sinCache: ValueId, positions: ValueId | null): ValueId {
  const [batch, sequence, , size] = shapeOf(n, x);
  const dim = n.int("rotary_embedding_dim", 0) || size;
  const range = (v: ValueId, start: number, end: number, step = 1) =>
    sliceAxes(n, v, new Map([[shapeOf(n, v).length - 1, { start, end, step }]]));
  const angle = (cache: ValueId) => {
    const rows = positions ? n.emit("gather", [cache, positions], { axis: 0 }) : cache;
    return reshape(n, range(rows, 0, dim / 2), [batch, sequence, 1, dim / 2]);
  };
  const [cos, sin] = [angle(cosCache), angle(sinCache)];
  const interleaved = n.int("interleaved", 0) !== 0;
  const [a, b] = interleaved ? [range(x, 0, dim, 2), range(x, 1, dim, 2)] : [range(x, 0, dim / 2), range(x, dim / 2, dim)];
  const mul = (p: ValueId, q: ValueId) => n.emit("mul", [p, q]);
  const real = n.emit("sub", [mul(a, cos), mul(b, sin)]);
  const imaginary = n.emit("add", [mul(a, sin), mul(b, cos)]);
  const half = shapeOf(n, real);
  const paired = interleaved
    ? n.emit(
        "concat",
        [real, imaginary].map((v) => reshape(n, v, [...half, 1])),
        { axis: 4 },
      )
    : n.emit("concat", [real, imaginary], { axis: 3 });
  const turned = reshape(n, paired, [...half.slice(0, -1), dim]);
  return dim === size ? turned : n.emit("concat", [turned, range(x, dim, size)], { axis: 3 });
}
