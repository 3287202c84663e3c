/** Numbers from 0 to 1, exclusive, that are the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Draws of Student-t by Bailey's polar method; of the normal distribution where nu is infinite. Scaled as weights are. */
export function draws(n: number, nu: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => {
    for (;;) {
      const u = 2 * next() - 1;
      const v = 2 * next() - 1;
      const w = u * u + v * v;
      if (w >= 1) continue;
      return 0.02 * u * Math.sqrt(Number.isFinite(nu) ? (nu * (w ** (-2 / nu) - 1)) / w : (-2 * Math.log(w)) / w);
    }
  });
}

/** Every 1 / share-th weight or so times 1000. */
export function withOutliers(weights: Float32Array, nOutliers: number, factor: number): Float32Array {
  const result = weights.slice();
  for (let i = 0; i < nOutliers; i++) result[Math.floor(((i + 0.37) * weights.length) / nOutliers)]! *= factor;
  return result;
}

/** Each rounded to bf16, ties to even. */
export function toBf16(weights: Float32Array): Float32Array {
  const result = weights.slice();
  const bits = new Uint32Array(result.buffer);
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i]! + 0x7fff + ((bits[i]! >>> 16) & 1)) & 0xffff_0000;
  return result;
}

/** Each rounded to fp16, ties to even; weights are well below its largest number. */
export function toFp16(weights: Float32Array): Float32Array {
  return weights.map((w) => {
    const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(w)))) - 10);
    return w === 0 ? 0 : (w / unit + 1.5 * 2 ** 52 - 1.5 * 2 ** 52) * unit;
  });
}
