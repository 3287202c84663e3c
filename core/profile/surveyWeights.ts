import { absmaxOf } from './addAbsmax.ts';
import type { Survey } from './kernels.ts';
import { eachBlock, type Lines, nBlocks } from './lines.ts';

/** Sums over the finite weights of a run, in float64, and the absmax of its blocks. The readable twin of a kernel. */
export function surveyWeights(weights: Float32Array, lines: Lines): Survey {
  const absmax = new Float32Array(nBlocks(weights.length, lines));
  eachBlock(weights.length, lines, (from, to, block) => {
    absmax[block] = absmaxOf(weights, from, to);
  });
  const sums = { signal: 0, absSignal: 0, nZeros: 0, nNonFinite: 0 };
  for (const w of weights) {
    if (!Number.isFinite(w)) sums.nNonFinite++;
    else {
      sums.signal += w * w;
      sums.absSignal += Math.abs(w);
      sums.nZeros += w === 0 ? 1 : 0;
    }
  }
  return { absmax, ...sums };
}
