// Constants that loops hold in SIMD registers are loaded from memory, where the host has put them. Were they literals, Binaryen would move
// them into the loops, and V8 would make them anew in each turn: 20 to 30 % slower. Offsets from `constants`, written by core/profile/kernels.ts.

/** 32 bits: 0x7fffffff, all but the sign of a float32. */
export const MAGNITUDE: usize = 0;
/** 32 bits: 0x7f800000, infinity and the first pattern that is not finite. */
export const INFINITY: usize = 4;
/** 32 bits: the patterns of {@link ROUNDER} - 8192 and + 8192, the end bins. */
export const FIRST_BIN: usize = 8;
export const LAST_BIN: usize = 12;
/** 16 bits: all but the sign of a bfloat16, its exponent, its fraction. */
export const MAGNITUDE16: usize = 16;
export const EXPONENT16: usize = 18;
export const FRACTION16: usize = 20;
/** 16 bits: the cells of one sign that have a gap, and with the one for smaller weights. */
export const GAPS: usize = 22;
export const SIGN_CELLS: usize = 24;
/** 32 bits: the exponents of float16 in float32's place, less than float32's by 112. */
export const F16_EXPONENT: usize = 28;
export const F16_REBIAS: usize = 32;
/** 32 bits: 2^-14, the smallest normal float16, as float32. */
export const F16_NORMAL: usize = 36;
/** 32 bits: 0x8fffffff, the sign of a float16 in float32's place, and all below its exponent's. */
export const F16_KEPT: usize = 40;
/** 16 bits: the least exponent of a normal float16, in its place. */
export const F16_ONE: usize = 44;
/** 32 bits: 1.5 x 2^23 as a float32. Added to a number of up to 2^22 in magnitude, it rounds that to an integer, ties to even, in its last bits. */
export const ROUNDER: usize = 48;
/** Bytes 0, 4, 8, 12: where the bytes of the first of four float32 are in a table that has them byte by byte. */
export const PLANE_BYTES: usize = 52;
/** 32 bits: the largest float32. */
export const LARGEST: usize = 56;
/** 32 bits: 0xff. */
export const LOWEST_BYTE: usize = 60;
