import { activationBits, activationOf, type HardwareSource, weightOf } from './source.ts';
import { sums } from './width.ts';

/** The steps of a testbench that are worked out beforehand. */
export interface TestPlan {
  /** Every n-th activation is tried with every weight, from 0 on, and so many of them. */
  readonly activationStride: number;
  readonly nActivations: number;
  /** Steps until `terms` products are added. */
  readonly nSteps: number;
  /** To the greatest sum, to the least, up from there to the greatest, and down again. */
  readonly walks: readonly Walk[];
}

/** The same pair of codes in all lanes, for some steps. */
export interface Walk {
  /** Whether the sum is cleared before. */
  readonly isFromZero: boolean;
  readonly a: bigint;
  readonly b: bigint;
  readonly nSteps: bigint;
}

/** So many steps at most lead up. Where there are fewer sums, and a product of 1, the walk visits every one. */
const WALK_UP_STEPS = 2n ** 17n;
const WALK_DOWN_STEPS = 2n ** 13n;

/** What to try. No sum leaves the range of `terms` products. */
export function testPlan(source: HardwareSource, nLanes: number): TestPlan {
  // 37 is prime, so that all exponents and many significands of fp16 come up.
  const activationStride = source.activation === 'fp16' ? 37 : 1;
  const nActivations = Math.floor(2 ** activationBits(source) / activationStride);
  const nSteps = Math.floor(source.terms / nLanes);
  return { activationStride, nActivations, nSteps, walks: walks(source, BigInt(nLanes), BigInt(nSteps)) };
}

/** A pair of codes and what it adds in one step. */
interface Pair {
  readonly a: bigint;
  readonly b: bigint;
  readonly sum: bigint;
}

function walks(source: HardwareSource, nLanes: bigint, nSteps: bigint): readonly Walk[] {
  const pairs = pairsOf(source, nLanes);
  const least = pairs.reduce((x, y) => (y.sum < x.sum ? y : x));
  const greatest = pairs.reduce((x, y) => (y.sum > x.sum ? y : x));
  const range = sums({ least: least.sum, greatest: greatest.sum }, Number(nSteps));
  const span = range.greatest - range.least;
  /** The pair of the smallest magnitude among some that gets from end to end in few enough steps. */
  const smallest = (some: readonly Pair[], limit: bigint): Pair | undefined =>
    some.filter(({ sum }) => span <= limit * magnitude(sum)).reduce<Pair | undefined>(nearerZero, undefined);
  const up = smallest(
    pairs.filter(({ sum }) => sum > 0n),
    WALK_UP_STEPS,
  );
  const down = smallest(
    pairs.filter(({ sum }) => sum < 0n),
    WALK_DOWN_STEPS,
  );
  const found = [walk(greatest, true, nSteps), walk(least, true, nSteps)];
  // Where no product is negative, the least sum is 0; where none is positive, so is the greatest.
  const nUp = up ? span / up.sum : 0n;
  if (up) found.push(walk(up, least.sum >= 0n, nUp));
  if (down) found.push(walk(down, !up, up ? (nUp * up.sum) / -down.sum : span / -down.sum));
  return found;
}

const walk = ({ a, b }: Pair, isFromZero: boolean, nSteps: bigint): Walk => ({ isFromZero, a, b, nSteps });

const nearerZero = (x: Pair | undefined, y: Pair): Pair => (x && magnitude(x.sum) <= magnitude(y.sum) ? x : y);

const magnitude = (integer: bigint): bigint => (integer < 0n ? -integer : integer);

/** The pairs to choose from: all, but of fp16 only the powers of two and the largest significands. */
function pairsOf(source: HardwareSource, nLanes: bigint): readonly Pair[] {
  const isTried = (bits: bigint): boolean => source.activation !== 'fp16' || (bits & 1023n) === 0n || (bits & 1023n) === 1023n;
  const activations = inUse(activationBits(source), (bits) => (isTried(bits) ? activationOf(source, bits) : undefined));
  const weights = inUse(source.grid.bits, (code) => weightOf(source, code));
  return weights.flatMap((a) => activations.map((b) => ({ a: a.code, b: b.code, sum: nLanes * a.integer * b.integer })));
}

function inUse(width: number, integerOf: (code: bigint) => bigint | undefined): readonly { code: bigint; integer: bigint }[] {
  return Array.from({ length: 2 ** width }, (_, code) => BigInt(code)).flatMap((code) => {
    const integer = integerOf(code);
    return integer === undefined ? [] : [{ code, integer }];
  });
}
