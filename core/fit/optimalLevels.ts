import { isWithin, type LevelRange } from './bounded.ts';
import { candidatesOf, type Grid, gridProblem } from './candidates.ts';
import { errorOnPoints } from './codebookError.ts';
import type { Measure } from './distortion.ts';
import { type Fitted, freeLevels } from './freeLevels.ts';
import { gridLevels } from './gridLevels.ts';
import { type Moments, momentsProblem, type Problem } from './moments.ts';
import { folded, type Points, pointsOf } from './points.ts';
import { levelsWithSpare } from './spareLevel.ts';

/** What levels are asked for. All constraints hold together. */
export interface Constraints {
  /** Width of a code: at most 2^bits levels. */
  readonly bits: number;
  readonly measure: Measure;
  /** Whether 0 must be a level. */
  readonly zero: boolean;
  /**
   * `no`: levels may be anywhere. `pairs`: the negative of every level is a level. With 0 among them that is an odd number of levels, so one of
   * the 2^bits codes is unused; 0 may come up without being asked for. `pairs-and-spare`: that code has a positive level whose negative is not
   * one; only with `zero` and a grid of at most 1024 values per sign, as no exact method is known here for levels anywhere.
   */
  readonly symmetric: 'no' | 'pairs' | 'pairs-and-spare';
  /** Levels that must be there, on the grid or not; where levels are symmetric, with their negatives. */
  readonly pin: readonly number[];
  readonly grid: Grid;
  /** Where all levels must lie. */
  readonly range: LevelRange;
}

/** The best levels there are. */
export interface Optimum {
  /** Ascending and distinct. Fewer than codes where more would not help, or constraints leave codes unused. Thresholds are midpoints. */
  readonly levels: Float64Array;
  /** The sum of mass times squared or absolute error. */
  readonly error: number;
}

/**
 * The levels with the least error on a distribution: the global optimum, not one that a search ended in. Levels anywhere take
 * O(2^bits n log n) time for n bins ({@link freeLevels}), levels on a grid of g values O(2^bits g log g log n) ({@link gridLevels}).
 */
export function optimalLevels(moments: Moments, constraints: Constraints): Optimum | Problem {
  const problem = momentsProblem(moments) ?? constraintsProblem(constraints);
  if (problem !== undefined) return { problem };
  const points = pointsOf(moments);
  const found = fitted(points, constraints);
  if ('problem' in found) return found;
  const levels = Float64Array.from(found.levels);
  return { levels, error: errorOnPoints(points, constraints.measure)(levels) };
}

function fitted(points: Points, { bits, measure, zero, symmetric, pin, grid, range }: Constraints): Fitted | Problem {
  const pins = distinct([...pin, ...(zero ? [0] : [])]);
  const nLevels = 2 ** bits;
  if (symmetric === 'no')
    return pins.length > nLevels ? tooMany(pins, nLevels) : best(points, measure, pins, nLevels, grid, 'signed', range);
  // 0 counts as one of the magnitudes: with it 2^(bits - 1) - 1 pairs fit, without it 2^(bits - 1).
  const magnitudes = distinct(pins.map(Math.abs));
  const reach = Math.min(range.high, -range.low);
  const around = { low: -reach, high: reach };
  if (magnitudes.length > nLevels / 2) return tooMany(distinct([...magnitudes.map((level) => 0 - level), ...magnitudes]), nLevels);
  if (symmetric === 'pairs-and-spare') return withSpare(points, measure, magnitudes, nLevels / 2 - 1, grid, around);
  const found = best(folded(points), measure, magnitudes, nLevels / 2, grid, 'magnitudes', around);
  return 'problem' in found ? found : { ...found, levels: distinct([...found.levels.map((level) => 0 - level), ...found.levels]) };
}

function best(
  points: Points,
  measure: Measure,
  pins: readonly number[],
  nLevels: number,
  grid: Grid,
  side: 'signed' | 'magnitudes',
  range: LevelRange,
): Fitted | Problem {
  if (grid === 'any') return freeLevels(points, measure, pins, nLevels - pins.length, range);
  const candidates = candidatesOf(grid, points, pins, side, range);
  return 'problem' in candidates ? candidates : gridLevels(points, measure, candidates, pins, nLevels);
}

function withSpare(
  points: Points,
  measure: Measure,
  pins: readonly number[],
  nPairs: number,
  grid: Grid,
  range: LevelRange,
): Fitted | Problem {
  if (pins[0] !== 0 || grid === 'any')
    return { problem: 'A spare positive level goes with `zero`, which leaves its code free, and with a grid of values to choose from' };
  const around = folded(points);
  const positive = candidatesOf(grid, around, pins, 'positive', range);
  if ('problem' in positive) return positive;
  const paired = candidatesOf(grid, around, pins, 'magnitudes', range);
  if ('problem' in paired) return paired;
  if (positive.length > LARGEST_TABLE)
    return { problem: `With a spare level a grid has at most ${LARGEST_TABLE} values of 0 and above; this one has ${positive.length}` };
  const pairs = new Set(paired);
  const indices = Int32Array.from([...positive.keys()].filter((i) => pairs.has(positive[i]!)));
  return levelsWithSpare(points, measure, positive, indices, pins, nPairs);
}

/** The tables of gaps with a spare level take 12 bytes per pair of values. */
const LARGEST_TABLE = 1024;

const distinct = (levels: readonly number[]): readonly number[] => [...new Set(levels.map((level) => level + 0))].sort((a, b) => a - b);

function constraintsProblem({ bits, pin, zero, grid, range }: Constraints): string | undefined {
  if (!Number.isInteger(bits) || bits < 1 || bits > 8) return `An optimal codebook has codes of 1 to 8 bits; this one has ${bits}`;
  const odd = pin.find((level) => !Number.isFinite(level));
  if (odd !== undefined) return `A pinned level is a finite number; this is ${odd}`;
  const beyond = [...pin, ...(zero ? [0] : [])].find((level) => !isWithin(level, range));
  if (beyond !== undefined) return `Levels lie from ${range.low} to ${range.high}; ${beyond} cannot be one`;
  return gridProblem(grid);
}

const tooMany = (pins: readonly number[], nLevels: number): Problem => ({
  problem: `${nLevels} levels cannot hold the ${pins.length} that must be there: ${pins.join(', ')}`,
});
