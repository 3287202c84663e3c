import { codebook, encode } from '../format/codebook.ts';
import { floatTypes, floorLog2, powerOfTwo, roundMagnitude, roundToFloat, smallestPositive } from '../numeric/floatTypes.ts';
import type { ScaleRounding, ScaleType } from './scaleRule.ts';

/**
 * A scale as it is stored: rounded to `type`, where `floor` is toward zero, `ceil` away from it, and `nearest` and `even` are nearest with ties
 * to even; except that between powers of two (e8m0) `nearest` takes ties up, and in a declared format by the rule of that format, in float32.
 * Saturates at both ends: a scale that is not 0 never becomes 0 or infinite. A type without sign keeps the magnitude.
 */
export function storedScale(type: ScaleType, rounding: ScaleRounding, scale: number): number {
  if (scale === 0) return 0;
  if (scale < 0 && isSigned(type)) return -storedMagnitude(negated(type), rounding, -scale);
  return storedMagnitude(type, rounding, Math.abs(scale));
}

/** A scale minus the mean of the scales, as it is stored: may become 0, and becomes the least value of a type without sign where negative. */
export function storedDeviation(type: ScaleType, rounding: ScaleRounding, deviation: number): number {
  if (deviation < 0 && isSigned(type)) return -storedDeviation(negated(type), rounding, -deviation);
  return Math.min(rounded(type, rounding, Math.max(0, deviation)), largestScale(type));
}

/** Bits of a stored scale. */
export function scaleBits(type: ScaleType): number {
  switch (type.kind) {
    case 'float':
      return floatTypes[type.name].bits;
    case 'e8m0':
      return 8;
    case 'int':
      return type.bits;
    case 'format':
      return type.codebook.bits;
  }
}

/** The largest value of a type; an integer type is symmetric: -127 to 127 for 8 bits. */
export function largestScale(type: ScaleType): number {
  switch (type.kind) {
    case 'float':
      return floatTypes[type.name].largest;
    case 'e8m0':
      return 2 ** 127;
    case 'int':
      return 2 ** (type.bits - 1) - 1;
    case 'format':
      return Math.fround(Math.max(0, type.codebook.ascending.at(-1) ?? 0));
  }
}

const storedMagnitude = (type: ScaleType, rounding: ScaleRounding, magnitude: number): number =>
  Math.min(Math.max(rounded(type, rounding, magnitude), smallestScale(type)), largestScale(type));

/** A magnitude rounded to a type, not yet kept from 0. */
function rounded(type: ScaleType, rounding: ScaleRounding, magnitude: number): number {
  switch (type.kind) {
    case 'float':
      // Scales are computed in float32, or in float64 where a scale is stored so, and mostly there is nothing to round.
      if (type.name === 'fp64' || (type.name === 'fp32' && Math.fround(magnitude) === magnitude)) return magnitude;
      return roundToFloat(floatTypes[type.name], rounding, magnitude);
    case 'e8m0':
      return magnitude === 0 ? smallestScale(type) : nearbyPowerOfTwo(magnitude, rounding);
    case 'int':
      return roundMagnitude(Math.min(magnitude, largestScale(type)), rounding);
    case 'format': {
      const { codebook: book } = type;
      if (rounding === 'floor') return Math.fround(Math.max(0, book.ascending.findLast((level) => level <= magnitude) ?? 0));
      if (rounding === 'ceil') return Math.fround(book.ascending.find((level) => level >= magnitude) ?? largestScale(type));
      return Math.fround(Math.max(0, book.levels[encode(rounding === 'even' ? { ...book, ties: 'even' } : book, magnitude)]!));
    }
  }
}

function nearbyPowerOfTwo(magnitude: number, rounding: ScaleRounding): number {
  const exponent = floorLog2(magnitude);
  const significand = magnitude / powerOfTwo(exponent);
  switch (rounding) {
    case 'floor':
      return powerOfTwo(exponent);
    case 'ceil':
      return powerOfTwo(significand > 1 ? exponent + 1 : exponent);
    case 'nearest':
      return powerOfTwo(significand >= 1.5 ? exponent + 1 : exponent);
    case 'even': {
      // The code is exponent + 127: even where the exponent is odd.
      const tieGoesUp = exponent % 2 === 0;
      return powerOfTwo(significand > 1.5 || (significand === 1.5 && tieGoesUp) ? exponent + 1 : exponent);
    }
  }
}

function smallestScale(type: ScaleType): number {
  switch (type.kind) {
    case 'float':
      return smallestPositive(floatTypes[type.name]);
    case 'e8m0':
      return 2 ** -127;
    case 'int':
      return 1;
    case 'format':
      return Math.fround(type.codebook.ascending.find((level) => Math.fround(level) > 0) ?? 0);
  }
}

const isSigned = (type: ScaleType): boolean =>
  type.kind === 'float'
    ? floatTypes[type.name].signed
    : type.kind === 'int' || (type.kind === 'format' && type.codebook.ascending.some((level) => level < 0));

/** The type whose values are the negatives of a signed type: itself, but for a declared format, which need not be symmetric. */
function negated(type: ScaleType): ScaleType {
  if (type.kind !== 'format') return type;
  const { levels, ties, bits } = type.codebook;
  const mirrored = ties === 'lower' ? 'upper' : ties === 'upper' ? 'lower' : ties;
  return {
    ...type,
    codebook: codebook(
      levels.map((level) => -level),
      mirrored,
      bits,
    ),
  };
}
