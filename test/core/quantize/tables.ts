// Codebooks as published: arXiv 2405.03103, Table 15, and the OCP Microscaling specification.

/** With both signs of each magnitude, and 0. */
const signed = (...magnitudes: number[]): readonly number[] => [...magnitudes.map((m) => -m).reverse(), 0, ...magnitudes];

export const nf4: readonly number[] = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
  0.7229568362236023, 1,
];
export const sf4: readonly number[] = [
  -1, -0.627781, -0.454736, -0.334331, -0.237434, -0.152899, -0.074982, 0, 0.065513, 0.132965, 0.204661, 0.283835, 0.375805, 0.491076,
  0.656781, 1,
];
export const e2m1 = signed(0.5, 1, 1.5, 2, 3, 4, 6);
/** In code order: sign, exponent, significand. */
export const e2m1Code: readonly number[] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
export const e2m1Intel = signed(0.0625, 1, 1.5, 2, 3, 4, 6);
export const e2m1Bnb = signed(0.0625, 2, 3, 4, 6, 8, 12);
export const superRange: readonly number[] = [...e2m1, 8];
export const superPrecision: readonly number[] = [...e2m1, 5];
export const superPrecision2: readonly number[] = [...e2m1, 2.5];
export const e3m0 = signed(0.25, 0.5, 1, 2, 4, 8, 16);
export const apot4 = signed(0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1);
export const apot4Sp: readonly number[] = [...apot4, 0.5];
export const flint4 = signed(1, 2, 3, 4, 6, 8, 16);
export const denorm4: readonly number[] = [-7, -6, -5, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 5, 6];
export const en25: readonly number[] = [...signed(0.063069, 0.138071, 0.227264, 0.333333, 0.459471, 0.609476, 0.787862), 1];
/** Two's complement, in code order. */
export const int4: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, -8, -7, -6, -5, -4, -3, -2, -1];
