/**
 * Seeded random numbers, the same on every machine.
 * @typedef {object} Random
 * @property {() => number} unit uniform in [0, 1)
 * @property {(lo: number, hi: number) => number} between uniform in [lo, hi)
 * @property {(n: number) => number} below an integer, uniform in [0, n)
 * @property {() => number} normal mean 0, standard deviation 1
 */

/**
 * A generator that depends on every one of the keys, so image 17 can be drawn without drawing images 0 to 16.
 * State: FNV-1a over the keys; steps: mulberry32 (T. Ettinger, public domain).
 * @param {...(number | string)} keys
 * @returns {Random}
 */
export function random(...keys) {
  let state = 0x811c9dc5;
  for (const ch of keys.join("/")) state = Math.imul(state ^ ch.charCodeAt(0), 0x01000193);
  const unit = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    unit,
    between: (lo, hi) => lo + (hi - lo) * unit(),
    below: (n) => Math.floor(n * unit()),
    normal: () => Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()), // Box and Muller 1958
  };
}

/**
 * A permutation of 0 .. n-1 (Fisher and Yates).
 * @param {number} n
 * @param {Random} rng
 * @returns {Uint32Array}
 */
export function shuffled(n, rng) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = rng.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
