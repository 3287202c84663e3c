import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type FloatRounding,
  floatTypes,
  floorLog2,
  nextFloat32Below,
  nextFloat64Below,
  powerOfTwo,
  roundHalfEven,
  roundToFloat,
  smallestPositive,
} from '../../../core/numeric/floatTypes.ts';

test('E4M3 rounds as ml_dtypes does, and saturates where that gives NaN', () => {
  const nearest = (x: number) => roundToFloat(floatTypes.e4m3, 'nearest', x);
  expect([0.1, 2 ** -10, 1.5 * 2 ** -10, 300, 432, 464, 464.1, 1e30].map(nearest)).toEqual([
    0.1015625,
    0,
    2 ** -9,
    288,
    448,
    448,
    448,
    448,
  ]);
});

test('the types end where their specifications say', () => {
  const ends = Object.entries(floatTypes).map(([name, type]) => [name, type.largest, smallestPositive(type)]);
  expect(ends).toEqual([
    ['fp64', Number.MAX_VALUE, Number.MIN_VALUE],
    ['fp32', 3.4028234663852886e38, 1.401298464324817e-45],
    ['fp16', 65504, 2 ** -24],
    ['bf16', 3.3895313892515355e38, 2 ** -133],
    ['e4m3', 448, 2 ** -9],
    ['e5m2', 57344, 2 ** -16],
    ['ue4m3', 448, 2 ** -9],
  ]);
});

test('floor is toward zero and ceil away from it', () => {
  const rounded = (rounding: FloatRounding) => [1.01, -1.01, 2 ** -30].map((x) => roundToFloat(floatTypes.fp16, rounding, x));
  expect(rounded('floor')).toEqual([1 + 10 / 1024, -1 - 10 / 1024, 0]);
  expect(rounded('ceil')).toEqual([1 + 11 / 1024, -1 - 11 / 1024, 2 ** -24]);
});

test('a type without sign has no negatives', () => {
  expect(roundToFloat(floatTypes.ue4m3, 'nearest', -3)).toBe(0);
});

test('rounding to fp32 is Math.fround, up to the largest', () => {
  fc.assert(
    fc.property(fc.double({ min: -3.4e38, max: 3.4e38, noNaN: true }), (x) => {
      expect(roundToFloat(floatTypes.fp32, 'nearest', x)).toBe(Math.fround(x));
    }),
  );
});

test('bf16 is the upper half of a float32, rounded half to even', () => {
  const view = new DataView(new ArrayBuffer(4));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7f7effff }), (pattern) => {
      view.setUint32(0, pattern);
      const x = view.getFloat32(0);
      view.setUint32(0, ((pattern + 0x7fff + ((pattern >>> 16) & 1)) >>> 16) << 16);
      expect(roundToFloat(floatTypes.bf16, 'nearest', x)).toBe(view.getFloat32(0));
    }),
  );
});

test('floorLog2 is exact where Math.log2 is not', () => {
  const below8 = 8 - 2 ** -50;
  expect(Math.floor(Math.log2(below8))).toBe(3);
  expect([below8, 8, 2 ** -149, 2 ** -1074, 1.5].map(floorLog2)).toEqual([2, 3, -149, -1074, 0]);
  expect([-149, -1, 0, 127, -1022, 1023].map(powerOfTwo)).toEqual([2 ** -149, 0.5, 1, 2 ** 127, 2 ** -1022, 2 ** 1023]);
  expect([-1023, -1074, -1075, -1200, 1024].map(powerOfTwo)).toEqual([2 ** -1023, Number.MIN_VALUE, 0, 0, Number.POSITIVE_INFINITY]);
});

test('half rounds to even on both sides of zero', () => {
  expect([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 2.4].map((x) => roundHalfEven(x) + 0)).toEqual([0, 2, 2, 0, -2, -2, 2]);
});

test('nothing lies between a float32 and the next one below', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const below = nextFloat32Below(x);
      fc.pre(Number.isFinite(below));
      expect(below).toBeLessThan(x);
      expect([below, x + 0]).toContain(Math.fround((below + x) / 2) + 0);
    }),
  );
});

test('nothing lies between a float64 and the next one below', () => {
  fc.assert(
    fc.property(fc.double({ min: -(2 ** 1000), max: 2 ** 1000, noNaN: true }), (x) => {
      const below = nextFloat64Below(x);
      expect(below).toBeLessThan(x);
      expect([below, x + 0]).toContain((below + x) / 2 + 0);
    }),
  );
});
