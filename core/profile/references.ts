import { floatTypes } from '../numeric/floatTypes.ts';
import { type Reference, reachOf, referenceOf, takesSign } from './reference.ts';

/**
 * The reference of each block from its absmax, as {@link referenceOf} has it, rounded to float32. References that take the sign of a weight are
 * not for it. Bit tricks for all blocks whose scales are normal numbers of their type, and the readable way for the others.
 */
export function referencesFrom(reference: Reference, absmax: Float32Array): Float32Array {
  if (takesSign(reference)) throw new RangeError('This reference depends on the sign of the largest weight, which absmax does not tell');
  const out = absmax.slice();
  if (reference.kind === 'absmax') return out;
  const isLeft = reference.kind === 'power' ? powers(reference, out) : fractions(reference, out);
  const slow = referenceOf(reference);
  for (const b of isLeft) out[b] = slow(-absmax[b]!, absmax[b]!);
  return out;
}

type Power = Extract<Reference, { kind: 'power' }>;
type Fraction = Extract<Reference, { kind: 'fraction' }>;

/** Turns the absmax of blocks into their references, and says which blocks are left. */
function powers(reference: Power, out: Float32Array): readonly number[] {
  const bits = new Uint32Array(out.buffer);
  const up = firstFractionUp(reference);
  const reach = reachOf(reference);
  const left: number[] = [];
  for (let b = 0; b < out.length; b++) {
    const field = bits[b]! >>> 23;
    if (field === 0 || field >= 254) {
      left.push(b);
      continue;
    }
    bits[b] = (field + +((bits[b]! & 0x7f_ffff) >= up)) << 23;
    out[b] = out[b]! * reach;
  }
  return left;
}

/** From which fraction of absmax on, in 2^-23, its power of two is the next one up. */
function firstFractionUp({ rounding, fullness }: Power): number {
  switch (rounding) {
    case 'floor':
      return 2 ** 23;
    case 'ceil':
      return 1;
    case 'nearest':
      return 2 ** 22;
    case 'even':
      return Math.ceil((fullness / 2) * 2 ** 23);
  }
}

function fractions(reference: Fraction, out: Float32Array): readonly number[] {
  const { type, ratio, onto, rounding } = reference;
  const isRounded = rounding === 'nearest' || rounding === 'even';
  if (type.kind !== 'float' || type.name === 'fp64' || !isRounded) return [...out.keys()];
  const { precision, minExponent, largest } = floatTypes[type.name];
  const [share, target, reach] = [Math.fround(ratio), Math.fround(onto), reachOf(reference)];
  const least = 2 ** Math.max(minExponent, -126);
  // Half a unit of the last place, less one where that place is even: ties to even.
  const drop = 24 - precision;
  const half = drop === 0 ? 0 : 2 ** (drop - 1) - 1;
  const bits = new Uint32Array(out.buffer);
  const left: number[] = [];
  for (let b = 0; b < out.length; b++) {
    out[b] = Math.fround(out[b]! * share) / target;
    if (!(out[b]! >= least && out[b]! < largest / 2)) {
      left.push(b);
      continue;
    }
    if (drop > 0) bits[b] = ((bits[b]! + half + ((bits[b]! >>> drop) & 1)) >>> drop) << drop;
    out[b] = out[b]! * reach;
  }
  return left;
}
