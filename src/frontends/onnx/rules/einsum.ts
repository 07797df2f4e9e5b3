/** Einsum-12 as transposes, sums and matrix products. */

import type { ValueId } from "../../../ir/graph/module.js";
import { isFloat } from "../../../ir/type/dtype.js";
import { numElements } from "../../../ir/type/tensor-type.js";
import { plain, reshape, shapeOf, transpose } from "../../shared/helpers.js";
import type { NodeImport } from "../rule.js";

/** A value whose dimensions are named; no name twice. */
interface Term {
  readonly v: ValueId;
  readonly labels: readonly string[];
}

interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** Labels of the dimensions that an ellipsis stands for, counted from the last one so that they align by broadcasting. */
const ellipsisLabels = (count: number): string[] => Array.from({ length: count }, (_, i) => `.${count - i}`);

function labelsOf(n: NodeImport, text: string, rank: number): string[] {
  const letters = text.replace("...", "");
  if (!/^[A-Za-z]*$/.test(letters)) n.malformed(`equation term '${text}'`);
  const dots = rank - letters.length;
  if (dots < 0 || (dots > 0 && !text.includes("..."))) n.malformed(`equation term '${text}' for an operand of rank ${rank}`);
  const [before, after] = text.includes("...") ? text.split("...") : [text, ""];
  return [...before, ...ellipsisLabels(dots), ...after];
}

function parseEquation(n: NodeImport, ranks: readonly number[]): Equation {
  const [left, right] = n.string("equation").replace(/\s/g, "").split("->");
  const terms = left.split(",");
  if (terms.length !== ranks.length) n.malformed(`the equation names ${terms.length} operands, there are ${ranks.length}`);
  const inputs = terms.map((t, i) => labelsOf(n, t, ranks[i]));
  const all = inputs.flat();
  const dots = ellipsisLabels(Math.max(0, ...all.filter((l) => l.startsWith(".")).map((l) => Number(l.slice(1)))));
  if (right === undefined) {
    const once = all.filter((l) => !l.startsWith(".") && all.indexOf(l) === all.lastIndexOf(l));
    return { inputs, output: [...dots, ...once.sort()] };
  }
  const [before, after] = right.includes("...") ? right.split("...") : [right, null];
  const output = after === null ? [...before] : [...before, ...dots, ...after];
  const unknown = output.find((l) => !all.includes(l));
  if (unknown || new Set(output).size !== output.length) n.malformed(`equation result '${right}'`);
  return { inputs, output };
}

const permuted = (n: NodeImport, t: Term, labels: readonly string[]): Term => ({
  v: transpose(
    n,
    t.v,
    labels.map((l) => t.labels.indexOf(l)),
  ),
  labels,
});

/** x[.., i, .., i, ..] = x'[.., i]: the two axes last, seen as one of n n, every (n + 1)th of it. */
function diagonal(n: NodeImport, t: Term): Term {
  const twice = t.labels.find((l, i) => t.labels.indexOf(l) !== i);
  if (twice === undefined) return t;
  const [a, b] = [t.labels.indexOf(twice), t.labels.lastIndexOf(twice)];
  const rest = t.labels.flatMap((_, i) => (i === a || i === b ? [] : [i]));
  const dims = shapeOf(n, t.v);
  if (dims[a] !== dims[b]) n.malformed(`label '${twice}' names dimensions of ${dims[a]} and ${dims[b]}`);
  const flat = reshape(n, transpose(n, t.v, [...rest, a, b]), [...rest.map((i) => dims[i]), dims[a] * dims[a]]);
  const last = rest.length;
  const ends = shapeOf(n, flat);
  const picked = n.emit("slice", [flat], {
    starts: ends.map(() => 0),
    ends,
    steps: ends.map((_, i) => (i === last ? dims[a] + 1 : 1)),
  });
  return diagonal(n, { v: picked, labels: [...rest.map((i) => t.labels[i]), twice] });
}

/** Sums over the dimensions that nothing else names. */
function summed(n: NodeImport, t: Term, needed: ReadonlySet<string>): Term {
  const axes = t.labels.flatMap((l, i) => (needed.has(l) ? [] : [i]));
  if (!axes.length) return t;
  return { v: n.emit("reduce_sum", [t.v], { axes, keepdims: false }), labels: t.labels.filter((l) => needed.has(l)) };
}

/** a and b over their shared labels: summed over those that `needed` lacks. */
function product(n: NodeImport, a: Term, b: Term, needed: ReadonlySet<string>): Term {
  const shared = a.labels.filter((l) => b.labels.includes(l));
  const batch = shared.filter((l) => needed.has(l));
  const sums = shared.filter((l) => !needed.has(l));
  const own = (t: Term) => t.labels.filter((l) => !shared.includes(l));
  const [rows, cols] = [own(a), own(b)];
  const sizes = new Map([a, b].flatMap((t) => t.labels.map((l, i) => [l, shapeOf(n, t.v)[i]] as const)));
  const dims = (labels: readonly string[]) => labels.map((l) => sizes.get(l) ?? 1);
  const labels = [...batch, ...rows, ...cols];
  if (sums.length && isFloat(n.type(a.v).dtype)) {
    const size = (l: readonly string[]) => numElements(dims(l));
    const left = reshape(n, permuted(n, a, [...batch, ...rows, ...sums]).v, [...dims(batch), size(rows), size(sums)]);
    const right = reshape(n, permuted(n, b, [...batch, ...sums, ...cols]).v, [...dims(batch), size(sums), size(cols)]);
    return { v: reshape(n, n.emit("matmul", [left, right]), dims(labels)), labels };
  }
  const all = [...labels, ...sums];
  const spread = (t: Term) => {
    const present = all.filter((l) => t.labels.includes(l));
    return reshape(
      n,
      permuted(n, t, present).v,
      all.map((l) => (t.labels.includes(l) ? (sizes.get(l) ?? 1) : 1)),
    );
  };
  return summed(n, { v: n.emit("mul", [spread(a), spread(b)]), labels: all }, new Set(labels));
}

/**
 * Operands are contracted from left to right. A dimension of 1 where another operand has more broadcasts, that is, it may be left out.
 */
export function einsum(n: NodeImport): ValueId {
  const operands = n.inputs.map((v) => plain(n, v));
  const { inputs, output } = parseEquation(
    n,
    operands.map((v) => shapeOf(n, v).length),
  );
  const terms = operands.map((v, i) => diagonal(n, { v, labels: inputs[i] }));
  const sizes = new Map<string, number>();
  for (const t of terms) {
    t.labels.forEach((l, i) => {
      const [known, d] = [sizes.get(l) ?? 1, shapeOf(n, t.v)[i]];
      if (known !== 1 && d !== 1 && known !== d) n.malformed(`label '${l}' names dimensions of ${known} and ${d}`);
      sizes.set(l, known === 1 ? d : known);
    });
  }
  const reduced = terms.map((t) => {
    const kept = t.labels.filter((l, i) => shapeOf(n, t.v)[i] === sizes.get(l));
    return {
      v: reshape(
        n,
        t.v,
        kept.map((l) => sizes.get(l) ?? 1),
      ),
      labels: kept,
    };
  });
  const neededFrom = (k: number) => new Set([...output, ...reduced.slice(k).flatMap((t) => t.labels)]);
  const alone = (t: Term, k: number) =>
    summed(n, t, new Set([...output, ...reduced.flatMap((u, i) => (i === k ? [] : u.labels))]));
  const result = reduced.map(alone).reduce((acc, t, k) => product(n, acc, t, neededFrom(k + 1)));
  return permuted(n, summed(n, result, new Set(output)), output).v;
}
