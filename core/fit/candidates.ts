import { isWithin, type LevelRange } from './bounded.ts';
import type { Problem } from './moments.ts';
import type { Points } from './points.ts';

/** Where levels may be: anywhere, on the multiples of a step, or on values of a list, as those of a declared minifloat. */
export type Grid = 'any' | { readonly step: number } | { readonly values: readonly number[] };

/** What is wrong with a grid, in words, or undefined where it is fine. */
export function gridProblem(grid: Grid): string | undefined {
  if (grid === 'any') return undefined;
  if ('step' in grid)
    return grid.step > 0 && grid.step < Number.POSITIVE_INFINITY ? undefined : `A step is a positive number; this is ${grid.step}`;
  if (grid.values.length === 0) return 'A grid has at least one value; this one has none';
  const odd = grid.values.find((value) => !Number.isFinite(value));
  return odd === undefined ? undefined : `A value of a grid is a finite number; this is ${odd}`;
}

/**
 * The values of a grid that may be levels of these points, ascending and distinct, and the pins: of either sign, those of 0 and above
 * (`positive`), or of these only those whose negatives are on the grid too (`magnitudes`); all in a range that holds the pins. Multiples of a
 * step beyond the points are no use.
 */
export function candidatesOf(
  grid: Exclude<Grid, 'any'>,
  { at }: Points,
  pins: readonly number[],
  side: 'signed' | 'positive' | 'magnitudes',
  range: LevelRange,
): Float64Array | Problem {
  const [low, high] = [Math.max(at.at(0) ?? 0, range.low), Math.min(at.at(-1) ?? 0, range.high)];
  const values = 'step' in grid ? multiples(grid.step, side === 'signed' ? low : 0, high) : chosen(grid.values, side);
  if (values === undefined)
    return {
      problem: `A grid has at most ${MOST_CANDIDATES} values; multiples of ${(grid as { step: number }).step} from ${low} to ${high} are more`,
    };
  // 49 times 1/49 is not 1: of a pin and a multiple that differ by rounding only, the pin is meant.
  const isPin = (value: number): boolean => 'step' in grid && pins.some((pin) => Math.abs(value - pin) <= 1e-9 * grid.step);
  const candidates = new Set([...values.filter((value) => isWithin(value, range) && !isPin(value)), ...pins].map((value) => value + 0));
  if (candidates.size === 0) return { problem: 'No value of the grid can be a level: none has its negative on the grid' };
  return Float64Array.from(candidates).sort();
}

/** 16 levels on as many take a second. */
const MOST_CANDIDATES = 2 ** 16;

function multiples(step: number, low: number, high: number): readonly number[] | undefined {
  const first = Math.floor(low / step);
  const n = Math.ceil(high / step) - first + 1;
  return n > MOST_CANDIDATES ? undefined : Array.from({ length: n }, (_, i) => (first + i) * step);
}

function chosen(values: readonly number[], side: 'signed' | 'positive' | 'magnitudes'): readonly number[] {
  if (side === 'signed') return values;
  const all = new Set(values);
  return values.filter((value) => value >= 0 && (side === 'positive' || all.has(-value)));
}
