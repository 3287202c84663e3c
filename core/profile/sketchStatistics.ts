import { roundHalfEven } from '../numeric/floatTypes.ts';
import { EXACT_WEIGHTS, type ExactBlocks, eachBlock, joined, split } from './exactBlocks.ts';
import { emptySketch, HALF, type Sketch } from './sketch.ts';

/** The statistics of a sketch profile: the sketch of most blocks, and weight by weight those that a sketch would not do justice to. */
export interface SketchStatistics {
  readonly kind: 'sketch';
  readonly sketch: Sketch;
  /** Sum of a^4 over the weights in the sketch: says how few of them dominate, and so how well the errors of the sketch cancel. */
  readonly fourth: number;
  readonly exact: ExactBlocks;
}

/** The statistics of all parts. Blocks that are too many to keep move into the sketch, the smallest first. */
export function joinedSketches(parts: readonly SketchStatistics[]): SketchStatistics {
  const [only] = parts;
  if (only && parts.length === 1 && only.exact.weights.length <= 2 * EXACT_WEIGHTS) return only;
  const sketch = emptySketch();
  let fourth = 0;
  for (const part of parts) {
    for (const sums of ['counts', 'mass', 'energy', 'moment'] as const) addTo(sketch[sums], part.sketch[sums]);
    fourth += part.fourth;
  }
  const { kept, rest } = split(joined(parts.map(({ exact }) => exact)), 2 * EXACT_WEIGHTS);
  for (const block of eachBlock(rest)) fourth += addBlock(sketch, block);
  return { kind: 'sketch', sketch, fourth, exact: kept };
}

/** Adds each value to the one in its place. */
export function addTo(sums: Float64Array, more: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += more[i]!;
}

/** Adds a block to the bins, and says its sum of a^4. */
function addBlock({ counts, mass, energy, moment }: Sketch, { weights, references }: ExactBlocks): number {
  const a = references[0]!;
  for (const w of weights) {
    const y = a === 0 ? 0 : (w / a) * HALF;
    const bin = Math.min(Math.max(roundHalfEven(y) + HALF, 0), 2 * HALF);
    counts[bin]!++;
    mass[bin]! += a;
    energy[bin]! += a * a;
    moment[bin]! += a * a * (y + HALF - bin);
  }
  return weights.length * a ** 4;
}
