import { readFileSync } from 'node:fs';
import { type Moments, momentsOf, pointMoments } from '../../../core/fit/moments.ts';
import { cdf, type Distribution } from '../../../core/numeric/distribution.ts';
import { normalCdf, normalPdf } from '../../../core/numeric/normal.ts';

/** Bins of equal width with 0 and both ends as centres. */
export const evenBins = (n: number, largest = 1): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => (largest * (2 * i - (n - 1))) / (n - 1));

/** The shares of a distribution in bins, as points; what is beyond the outer bins counts in them. */
export function sharesOf(distribution: Distribution, x: Float64Array): Moments {
  const below = Array.from(x.subarray(1), (at, i) => cdf(distribution, (x[i]! + at) / 2));
  return pointMoments(
    x,
    x.map((_, i) => (below[i] ?? 1) - (below[i - 1] ?? 0)),
  );
}

/** N(0, 1) in bins between edges, with its exact moments in each. */
export function normalBetween(edges: readonly number[]): Moments {
  const bins = edges.slice(1).map((high, i) => ({ low: edges[i]!, high }));
  const over = (f: (bin: { low: number; high: number }) => number): Float64Array => Float64Array.from(bins, f);
  // From the nearer tail, or the shares above 0 lose their digits.
  const share = ({ low, high }: { low: number; high: number }): number =>
    low > 0 ? normalCdf(-low) - normalCdf(-high) : normalCdf(high) - normalCdf(low);
  return {
    x: over(({ low, high }) => (low + high) / 2),
    mass: over(share),
    first: over(({ low, high }) => normalPdf(low) - normalPdf(high)),
    second: over((bin) => share(bin) + bin.low * normalPdf(bin.low) - bin.high * normalPdf(bin.high)),
  };
}

/**
 * Blocks of normal weights over their absmax m, by integration over m: each block has one weight at an end, and n - 1 others that are normal
 * between -m and m. Masses are m^2. `ends` are the shares of that one weight at -1 and 1.
 */
export function normalBlocks(blockSize: number, nBins: number, ends: readonly [number, number]): Moments {
  const x = evenBins(nBins);
  const mass = new Float64Array(nBins);
  const step = 0.01;
  for (let m = step; m < 7; m += step) {
    const within = 1 - 2 * normalCdf(-m);
    const weight = step * m * m * blockSize * 2 * normalPdf(m) * within ** (blockSize - 1);
    if (weight < 1e-18) continue;
    mass[0]! += weight * ends[0];
    mass[nBins - 1]! += weight * ends[1];
    for (let i = 0; i < nBins; i++) mass[i]! += (weight * (blockSize - 1) * m * (2 / (nBins - 1)) * normalPdf(m * x[i]!)) / within;
  }
  return pointMoments(x, mass);
}

/** The matrices of examples/tiny-lm in blocks along the rows. */
export function tinyModel(blockSize: number, power: 1 | 2, nBins: number): Moments {
  const samples: number[] = [];
  const masses: number[] = [];
  for (const { columns, weights } of matrices()) {
    for (let from = 0; from < weights.length; ) {
      const to = Math.min(from + blockSize, (Math.floor(from / columns) + 1) * columns);
      const block = weights.subarray(from, to);
      const absmax = block.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
      for (const w of block) {
        samples.push(w / absmax);
        masses.push(absmax ** power);
      }
      from = to;
    }
  }
  return momentsOf(samples, masses, evenBins(nBins));
}

function matrices(): { readonly columns: number; readonly weights: Float32Array }[] {
  const bytes = readFileSync('examples/tiny-lm/tiny.safetensors');
  const headerBytes = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerBytes)) as Record<string, { shape?: number[]; data_offsets: number[] }>;
  return Object.values(header)
    .filter(({ shape }) => shape?.length === 2)
    .map(({ shape, data_offsets: [from, to] }) => {
      const bits = Uint32Array.from({ length: (to! - from!) / 2 }, (_, i) => bytes.readUInt16LE(8 + headerBytes + from! + 2 * i) << 16);
      return { columns: shape![1]!, weights: new Float32Array(bits.buffer) };
    });
}

/** Even numbers in [0, 1) from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
