import { type Codebook, codebook } from '../format/codebook.ts';
import { type Answer, answerable, type FromSketch } from '../profile/answerable.ts';
import type { ScaleRule } from '../quantize/scaleRule.ts';
import { anywhere, type LevelRange } from './bounded.ts';
import type { Problem } from './moments.ts';
import type { Constraints } from './optimalLevels.ts';

/** What levels are asked for; where they may lie follows from the scale. */
export type LevelsAsked = Omit<Constraints, 'range'>;

/**
 * A way in which a scale rule maps blocks onto levels. Under most rules the scale depends on the codebook, by its outermost level or by its
 * largest power of two. A frame holds that fixed: all codebooks within it are scaled alike, so that one distribution tells their errors.
 */
export interface Frame {
  /** What of weights is read for it. */
  readonly from: FromSketch;
  /** Levels that keep a codebook in the frame. */
  readonly pin: readonly number[];
  readonly range: LevelRange;
}

/** Why there are no frames, and which of the two that were given is to blame. */
export interface FrameProblem extends Problem {
  readonly about: 'scale' | 'grid';
}

/**
 * The frames that together hold every codebook that is asked for, or why there are none. The unit of the levels is absmax, which lies at 1; at
 * the largest magnitude of a grid of values; and where the rule says where absmax lies (`best_of` of one target), it lies there. Where scales are
 * powers of two it matters how far from one the outermost level is: there it lies at an eighth from 1 to 15/8, all of which are tried.
 */
export function framesOf(rule: ScaleRule, asked: LevelsAsked): readonly Frame[] | FrameProblem {
  const unit = unitOf(rule, asked);
  if (typeof unit === 'object') return { ...unit, about: 'grid' };
  const wrongStep = stepProblem(rule, asked, unit);
  if (wrongStep !== undefined) return { problem: wrongStep, about: 'grid' };
  const wrongRule = evenProblem(rule);
  if (wrongRule !== undefined) return { problem: wrongRule, about: 'scale' };
  const units = isUnitFree(rule) && rule.type.kind === 'e8m0' && asked.grid === 'any' && asked.pin.length === 0 ? EIGHTHS : [unit];
  const frames = units
    .flatMap((outer) => shapes(rule, asked, outer))
    .map(({ model, pin, range }) => {
      const from = answerOf(model, rule, asked.bits);
      return from.from === 'sketch' ? { from, pin, range } : from;
    });
  const direct = frames.find((frame) => 'why' in frame);
  if (direct) return { problem: `No exact optimum is known under this scale. ${direct.why}`, about: 'scale' };
  return frames.filter((frame) => 'range' in frame);
}

const EIGHTHS: readonly number[] = Array.from({ length: 8 }, (_, i) => 1 + i / 8);

/** Whether levels are scaled as the frame has it: what was optimised is then what will be measured. */
export function isInFrame({ from }: Frame, ascending: ArrayLike<number>, rule: ScaleRule, bits: number): boolean {
  const own = answerOf(Array.from(ascending), rule, bits);
  return own.from === 'sketch' && own.target === from.target && JSON.stringify(own.reference) === JSON.stringify(from.reference);
}

/** The storage type does not matter to a sketch. */
const answerOf = (levels: readonly number[], rule: ScaleRule, bits: number): Answer =>
  answerable(rule, bookOf(levels, bits), 'F32', 'sketch');

const bookOf = (levels: readonly number[], bits: number): Codebook => codebook(levels, 'lower', bits);

/** Under which rules the scale follows from the outermost level, whatever its value: there the unit of levels is free. */
export const isUnitFree = ({ anchor: { kind } }: ScaleRule): boolean =>
  kind === 'absmax' || kind === 'max_level' || kind === 'clip' || kind === 'signed_max';

/** Where the outermost level lies, or under `max_power` the largest power of two. */
function unitOf(rule: ScaleRule, { grid, symmetric }: LevelsAsked): number | Problem {
  if (grid === 'any' || 'step' in grid) return 1;
  const { kind } = rule.anchor;
  const isPositive = kind === 'max_level' || (kind === 'clip' && rule.anchor.of === 'max_level');
  const all = new Set(grid.values);
  const usable = symmetric === 'no' ? grid.values : grid.values.filter((value) => all.has(-value));
  const sizes = usable.map((value) => (isPositive ? value : Math.abs(value)));
  const used = kind === 'max_power' ? sizes.filter((size) => size > 0 && Number.isInteger(Math.log2(size))) : sizes;
  const unit = Math.max(0, ...used);
  if (unit > 0) return unit;
  return {
    problem: kind === 'max_power' ? 'Under `max_power` a grid needs a power of two' : 'A grid needs a value that absmax is mapped onto',
  };
}

function stepProblem(rule: ScaleRule, { grid }: LevelsAsked, unit: number): string | undefined {
  if (grid === 'any' || !('step' in grid) || !(grid.step > 0) || !(isUnitFree(rule) || rule.anchor.kind === 'max_power')) return undefined;
  const n = unit / grid.step;
  if (Math.abs(n - Math.round(n)) <= 1e-9 * n) return undefined;
  return `Absmax lies at 1, which is no multiple of ${grid.step}; a step is a fraction such as 1/15`;
}

const evenProblem = ({ anchor, rounding }: ScaleRule): string | undefined =>
  anchor.kind === 'max_power' && rounding === 'even'
    ? 'No exact optimum is known under `max_power` with `rounding = even`, where every scale depends on the outermost level; `floor`, `ceil` and `nearest` have one'
    : undefined;

interface Shape {
  /** Levels that are scaled as all of the frame are. */
  readonly model: readonly number[];
  readonly pin: readonly number[];
  readonly range: LevelRange;
}

function shapes(rule: ScaleRule, asked: LevelsAsked, unit: number): readonly Shape[] {
  const { anchor } = rule;
  const isOnGrid = (level: number): boolean => asked.grid === 'any' || 'step' in asked.grid || asked.grid.values.includes(level);
  const both = { low: -unit, high: unit };
  const pairs = { model: [-unit, unit], pin: [unit, -unit], range: both };
  const isPaired = asked.symmetric === 'pairs';
  switch (anchor.kind) {
    case 'absmax':
      return isPaired ? [pairs] : outermost(unit, both).filter(({ pin }) => pin.every(isOnGrid));
    case 'clip':
      if (isPaired) return [pairs];
      return anchor.of === 'absmax' ? outermost(unit, both).filter(({ pin }) => pin.every(isOnGrid)) : [highest(unit)];
    case 'max_level':
      return isPaired ? [pairs] : [highest(unit)];
    case 'signed_max': {
      if (isPaired) return [pairs];
      // Below the other end, however little, or the scale would have no sign.
      const least = unit * (1 - 2 ** -20);
      const up = { model: [0, unit], pin: [unit], range: { low: -least, high: unit } };
      const down = { model: [-unit, 0], pin: [-unit], range: { low: -unit, high: least } };
      return [pairs, up, down].filter(({ pin }) => pin.every(isOnGrid));
    }
    case 'max_power': {
      const free = { model: [unit], pin: [], range: anywhere };
      return [free, { ...free, pin: [unit] }, ...(isPaired ? [] : [{ ...free, pin: [-unit] }])].filter(({ pin }) => pin.every(isOnGrid));
    }
    default:
      return [{ model: [unit], pin: [], range: anywhere }];
  }
}

const outermost = (unit: number, range: LevelRange): readonly Shape[] => [
  { model: [-unit, unit], pin: [unit], range },
  { model: [-unit, unit], pin: [-unit], range },
];

const highest = (unit: number): Shape => ({ model: [-unit, unit], pin: [unit], range: { low: Number.NEGATIVE_INFINITY, high: unit } });
