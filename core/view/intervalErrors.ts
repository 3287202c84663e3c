import type { Codebook } from '../format/codebook.ts';
import { COUNT, type Cumulative, ENERGY, ENERGY_Y, ENERGY_YY, FIELDS } from '../profile/cumulative.ts';
import type { SketchPrefix } from '../profile/errorFromSketch.ts';
import { scaledLevels } from '../profile/levelSums.ts';
import { codeOfZero, levelOfZero } from '../profile/profileError.ts';

/** What one level makes of the weights that are nearest to it. Places are in units of the normalised weights. */
export interface LevelInterval {
  readonly code: number;
  /** As the format has it, before any scale. */
  readonly level: number;
  /** Where it lies. */
  readonly at: number;
  /** The thresholds on either side; infinite at the ends. */
  readonly from: number;
  readonly to: number;
  /** Weights; no whole number where a bin is cut. */
  readonly count: number;
  /** Their part of the noise over the signal of all weights: the parts add up to the NSR. */
  readonly nsr: number;
}

/** The intervals of a codebook whose level value `target` lies at 1, in ascending order. None where every scale is 0. */
export function levelIntervals({ profile, bins, blocks, zeros }: SketchPrefix, book: Codebook, target: number): readonly LevelInterval[] {
  if (target === 0) return [];
  const { levels, cuts, codes } = scaledLevels(book, target);
  const ofZero = codeOfZero(book);
  const zeroLevel = levelOfZero(book) / target;
  const before = new Float64Array(FIELDS);
  const after = new Float64Array(FIELDS);
  return Array.from(levels, (at, i): LevelInterval => {
    before.set(after);
    addBelow(cuts[i], [bins, blocks], after);
    const [energy, energyY, energyYY] = [ENERGY, ENERGY_Y, ENERGY_YY].map((field) => after[field]! - before[field]!);
    const isOfZero = codes[i] === ofZero;
    const noise = Math.max(0, energyYY! - at * (2 * energyY! - at * energy!)) + (isOfZero ? zeroLevel * zeroLevel * zeros.energy : 0);
    return {
      code: codes[i]!,
      level: book.ascending[i] ?? 0,
      at,
      from: cuts[i - 1] ?? Number.NEGATIVE_INFINITY,
      to: cuts[i] ?? Number.POSITIVE_INFINITY,
      count: Math.max(0, after[COUNT]! - before[COUNT]!) + (isOfZero ? zeros.count : 0),
      nsr: profile.totals.signal > 0 ? noise / profile.totals.signal : 0,
    };
  });
}

const part = new Float64Array(FIELDS);

/** The sums over all parts below a cut, or over all weights where there is none. */
function addBelow(cut: number | undefined, parts: readonly Cumulative[], out: Float64Array): void {
  out.fill(0);
  for (const sums of parts) {
    if (cut === undefined) sums.all(part, 0);
    else sums.below(cut, part, 0);
    for (let field = 0; field < FIELDS; field++) out[field]! += part[field]!;
  }
}
