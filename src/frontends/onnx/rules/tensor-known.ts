/** Ops whose result size depends on values: evaluated here, on operands that are known when the model is compiled. */

import type { ValueId } from "../../../ir/graph/module.js";
import type { Tensor } from "../../../ir/op/tensor.js";
import { numElements, tensorType } from "../../../ir/type/tensor-type.js";
import { plain, shapeOf } from "../../shared/helpers.js";
import type { ImportRules, NodeImport } from "../rule.js";
import { SIZED_BY_VALUES } from "./tensor-constant.js";
import { axisOf } from "./tensor-shape.js";

function knownTensor(n: NodeImport, i: number): Tensor {
  n.knownFloats(i, "operand: the size of its result depends on the values", SIZED_BY_VALUES);
  return n.known(plain(n, n.input(i))) ?? n.malformed(`operand ${i} is missing`);
}

/** Unique-11: Y, first indices, inverse indices, counts; over flat elements or over slices along `axis`. */
function unique(n: NodeImport): readonly ValueId[] {
  const x = knownTensor(n, 0);
  const { dtype, shape } = x.type;
  const axis = n.hasAttr("axis") ? axisOf(n, n.int("axis"), shape.length) : null;
  const length = axis === null ? x.data.length : shape[axis];
  const inner = axis === null ? 1 : numElements(shape.slice(axis + 1));
  const outer = axis === null ? 1 : numElements(shape.slice(0, axis));
  const offset = (i: number, k: number) => (Math.floor(k / inner) * length + i) * inner + (k % inner);
  const slice = (i: number) => Array.from({ length: outer * inner }, (_, k) => x.data[offset(i, k)]);
  const groups = new Map<string, { first: number; count: number; values: (number | bigint)[] }>();
  const keys = Array.from({ length }, (_, i) => {
    const values = slice(i);
    const key = values.join();
    const group = groups.get(key);
    if (group) group.count++;
    else groups.set(key, { first: i, count: 1, values });
    return key;
  });
  const order = [...groups.entries()];
  if (n.int("sorted", 1)) order.sort(([, a], [, b]) => compareLists(a.values, b.values));
  const place = new Map(order.map(([key], i) => [key, i]));
  const type = tensorType(dtype, axis === null ? [order.length] : shape.with(axis, order.length));
  const data = x.data.slice(0, numElements(type.shape)) as Float64Array;
  order.forEach(([, g], i) => {
    g.values.forEach((v, k) => {
      data[(Math.floor(k / inner) * order.length + i) * inner + (k % inner)] = v as number;
    });
  });
  const list = (values: readonly number[]) => n.array("i64", [values.length], values);
  return [
    n.constant({ type, data }),
    list(order.map(([, g]) => g.first)),
    list(keys.map((k) => place.get(k) ?? 0)),
    list(order.map(([, g]) => g.count)),
  ];
}

function compareLists(a: readonly (number | bigint)[], b: readonly (number | bigint)[]): number {
  const i = a.findIndex((v, k) => v !== b[k]);
  if (i < 0) return 0;
  return a[i] < b[i] ? -1 : 1;
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

function boxOf(v: readonly number[], centered: boolean): Box {
  const [a, b, c, d] = v;
  if (centered) return { left: a - c / 2, right: a + c / 2, top: b - d / 2, bottom: b + d / 2 };
  return { top: Math.min(a, c), bottom: Math.max(a, c), left: Math.min(b, d), right: Math.max(b, d) };
}

/** Intersection over union; 0 where a box is empty. */
function overlap(p: Box, q: Box): number {
  const height = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
  const width = Math.min(p.right, q.right) - Math.max(p.left, q.left);
  if (height <= 0 || width <= 0) return 0;
  const area = (r: Box) => (r.bottom - r.top) * (r.right - r.left);
  return (height * width) / (area(p) + area(q) - height * width);
}

/** NonMaxSuppression-11: [selected, 3] of batch, class and box, by falling score. */
function nonMaxSuppression(n: NodeImport): ValueId {
  const boxes = n.knownFloats(0, "list of boxes: the size of its result depends on the values", SIZED_BY_VALUES);
  const scores = n.knownFloats(1, "list of scores: the size of its result depends on the values", SIZED_BY_VALUES);
  const [batches, classes, count] = shapeOf(n, n.input(1));
  const limit = n.has(2) ? n.knownInts(2, "output limit")[0] : 0;
  const maxOverlap = n.has(3) ? n.knownFloats(3, "overlap threshold")[0] : 0;
  const minScore = n.has(4) ? n.knownFloats(4, "score threshold")[0] : Number.NEGATIVE_INFINITY;
  const centered = n.int("center_point_box", 0) !== 0;
  const chosen: number[] = [];
  for (let b = 0; b < batches; b++) {
    const own = Array.from({ length: count }, (_, i) =>
      boxOf(boxes.slice((b * count + i) * 4, (b * count + i) * 4 + 4), centered),
    );
    for (let c = 0; c < classes; c++) {
      const score = (i: number) => scores[(b * classes + c) * count + i];
      const order = own.map((_, i) => i).filter((i) => score(i) > minScore);
      order.sort((i, j) => score(j) - score(i) || i - j);
      const kept: number[] = [];
      for (const i of order) {
        if (kept.length >= limit) break;
        if (kept.every((k) => overlap(own[k], own[i]) <= maxOverlap)) kept.push(i);
      }
      chosen.push(...kept.flatMap((i) => [b, c, i]));
    }
  }
  return n.array("i64", [chosen.length / 3, 3], chosen);
}

export const tensorKnownRules: ImportRules = { Unique: unique, NonMaxSuppression: nonMaxSuppression };
