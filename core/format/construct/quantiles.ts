import { type Distribution, distributionProblem, quantile } from '../../numeric/distribution.ts';
import { bitsProblem, byPosition, type Constructed } from './levelTable.ts';

/** What the NF4/SF4 construction can vary. */
export interface QuantileOptions {
  readonly bits: number;
  readonly dist: Distribution;
  /** Whether a level is 0. Without it the levels are evenly spaced in probability throughout (NF3_NZ). */
  readonly zero: boolean;
  /** The probability of the highest level, 1 minus that of the lowest; {@link defaultOffset} unless given. */
  readonly offset?: number | undefined;
  /** `fp32` computes probabilities and levels as bitsandbytes does, to reproduce its NF4 bit by bit. */
  readonly type: 'fp32' | 'fp64';
}

/**
 * The quantiles of a distribution at evenly spaced probabilities, divided by the largest magnitude (QLoRA's NF4, arXiv 2305.14314; SF4,
 * arXiv 2405.03103, Algorithm 1). With `zero`, 2^(bits-1) - 1 levels lie below 0 and 2^(bits-1) above, each side evenly spaced up to the median.
 * Codes are in value order.
 */
export function quantiles({ bits, dist, zero, offset = defaultOffset(bits), type }: QuantileOptions): Constructed {
  const problem = bitsProblem(bits) ?? offsetProblem(offset) ?? distributionProblem(dist);
  if (problem) return { error: problem };
  const round = type === 'fp32' ? Math.fround : (x: number): number => x;
  const raw = zero ? withZero(bits, offset, dist, round) : withoutZero(bits, round(offset), dist, round);
  const stored = raw.map(round);
  const largest = Math.max(...stored.map(Math.abs));
  const levels = stored.map((level) => round(level / largest));
  const disorder = orderProblem(raw) ?? orderProblem(levels);
  return disorder ? { error: disorder } : byPosition(levels, bits);
}

/** The probability of the highest level that the NF4/SF4 construction gives a width: 1 - 31/960 at 4 bits. */
export function defaultOffset(bits: number): number {
  return 1 - (1 / 2 ** (bits + 1) + 1 / (2 ** (bits + 1) - 2)) / 2;
}

type Round = (x: number) => number;

/** Both sides run from the outermost level to the median, because bitsandbytes does, and in float32 the steps depend on the direction. */
function withZero(bits: number, offset: number, dist: Distribution, round: Round): readonly number[] {
  const half = 2 ** (bits - 1);
  const below = steps(offset, 0.5, half, round).slice(0, -1);
  const above = steps(offset, 0.5, half + 1, round).slice(0, -1);
  return [...below.map((p) => quantile(dist, 1 - p)), 0, ...above.map((p) => quantile(dist, p)).reverse()];
}

/** The lowest probability mirrors the rounded offset, which is exact in float32 too, so that both ends have the same magnitude. */
function withoutZero(bits: number, offset: number, dist: Distribution, round: Round): readonly number[] {
  return steps(1 - offset, offset, 2 ** bits, round).map((p) => quantile(dist, p));
}

/** Evenly spaced, both ends included, as torch.linspace does it: up from the start in the first half, down from the end in the second. */
function steps(from: number, to: number, n: number, round: Round): readonly number[] {
  const [start, end] = [round(from), round(to)];
  const step = round(round(end - start) / (n - 1));
  return Array.from({ length: n }, (_, i) => (i < n >> 1 ? round(start + round(step * i)) : round(end - round(step * (n - 1 - i)))));
}

function offsetProblem(offset: number): string | undefined {
  return offset > 0.5 && offset < 1
    ? undefined
    : `The offset is the probability of the highest level, between 0.5 and 1 and neither of them; this is ${offset}`;
}

function orderProblem(levels: readonly number[]): string | undefined {
  const at = levels.findIndex((level, i) => !(Number.isFinite(level) && (i === 0 || level > levels[i - 1]!)));
  if (at < 0) return undefined;
  return Number.isFinite(levels[at])
    ? `Levels ascend; here level ${at + 1} of ${levels.length} would be ${levels[at]}, not above ${levels[at - 1]}`
    : `Level ${at + 1} of ${levels.length} is too large for the type it is computed in`;
}
