import { LARGEST, LOWEST_BYTE, PLANE_BYTES } from './constants';

// A codebook at a zero point as the kernels below look it up, of at most 16 levels. Addresses are multiples of 16; core/quantize/directMemory.ts
// writes it.
/** Bytes of it. */
const LOOKUP: usize = 192;
/** float32: cuts 3, 7 and 11. */
const CUT_3: usize = 0;
const CUT_7: usize = 4;
const CUT_11: usize = 8;
/** float32: x beyond these counts as clipped. */
const CLIP_LOW: usize = 12;
const CLIP_HIGH: usize = 16;
/** float32: the largest magnitude of a level. */
const MOST: usize = 20;
/** Three tables of four float32, byte by byte: first the lowest bytes. Of cuts 0, 4, 8 and 12; 1, 5, 9 and 13; 2, 6, 10 and 14. */
const TABLE_0: usize = 32;
const TABLE_1: usize = 48;
const TABLE_2: usize = 64;
/** 16 levels in float32, likewise: a plane of their lowest bytes, and so on. */
const PLANE_0: usize = 80;
const PLANE_1: usize = 96;
const PLANE_2: usize = 112;
const PLANE_3: usize = 128;

/**
 * Writes the place among the levels of each weight of a run, as bytes, and returns how many are clipped. The run begins at weight `inLine` of a
 * line; each line of `line` weights is cut into blocks of `block`. Each block has a float32 in `scales` and the number of its lookup in `numbers`.
 * The place is that of the least cut not below x = w / scale: the same division and comparison as in the reference, whatever the weights. NaN is at
 * place 0 and not clipped. Up to 15 more bytes are written.
 */
export function findPlaces(
  x: usize,
  n: i32,
  inLine: i32,
  line: i32,
  block: i32,
  scales: usize,
  numbers: usize,
  lookups: usize,
  places: usize,
  constants: usize,
): i32 {
  const planeBytes = v128.load32_splat(constants, PLANE_BYTES);
  const lowest = v128.load32_splat(constants, LOWEST_BYTE);
  const lanes = i32x4(0, 1, 2, 3);
  let clipped = i32x4.splat(0);
  let inBlock = inLine % block;
  for (let at = 0; at < n; ) {
    const length = min(min(block - inBlock, line - inLine), n - at);
    const lookup = lookups + <usize>load<u8>(numbers) * LOOKUP;
    const scale = f32.load(scales);
    // Over infinity, every weight is 0. Nothing is clipped there.
    const divisor = f32x4.splat(scale === 0 ? Infinity : scale);
    const low = scale === 0 ? f32x4.splat(-Infinity) : v128.load32_splat(lookup, CLIP_LOW);
    const high = scale === 0 ? f32x4.splat(Infinity) : v128.load32_splat(lookup, CLIP_HIGH);
    const cut3 = v128.load32_splat(lookup, CUT_3);
    const cut7 = v128.load32_splat(lookup, CUT_7);
    const cut11 = v128.load32_splat(lookup, CUT_11);
    const table0 = v128.load(lookup, TABLE_0);
    const table1 = v128.load(lookup, TABLE_1);
    const table2 = v128.load(lookup, TABLE_2);
    let p = x + ((<usize>at) << 2);
    let to = places + <usize>at;
    const end = p + ((<usize>length) << 2);
    for (; p + 64 <= end; p += 64) {
      const a = f32x4.div(v128.load(p), divisor);
      const b = f32x4.div(v128.load(p, 16), divisor);
      const c = f32x4.div(v128.load(p, 32), divisor);
      const d = f32x4.div(v128.load(p, 48), divisor);
      clipped = i32x4.add(clipped, v128.or(f32x4.gt(a, high), f32x4.lt(a, low)));
      clipped = i32x4.add(clipped, v128.or(f32x4.gt(b, high), f32x4.lt(b, low)));
      clipped = i32x4.add(clipped, v128.or(f32x4.gt(c, high), f32x4.lt(c, low)));
      clipped = i32x4.add(clipped, v128.or(f32x4.gt(d, high), f32x4.lt(d, low)));
      v128.store(
        to,
        negatedBytes(
          negativePlaces(a, cut3, cut7, cut11, table0, table1, table2, planeBytes),
          negativePlaces(b, cut3, cut7, cut11, table0, table1, table2, planeBytes),
          negativePlaces(c, cut3, cut7, cut11, table0, table1, table2, planeBytes),
          negativePlaces(d, cut3, cut7, cut11, table0, table1, table2, planeBytes),
          lowest,
        ),
      );
      to += 16;
    }
    for (; p < end; p += 16) {
      // What is beyond the end becomes NaN, which is not clipped.
      const isBeyond = i32x4.ge_s(lanes, i32x4.splat(<i32>((end - p) >> 2)));
      const a = v128.or(f32x4.div(v128.load(p), divisor), isBeyond);
      clipped = i32x4.add(clipped, v128.or(f32x4.gt(a, high), f32x4.lt(a, low)));
      const place = negativePlaces(a, cut3, cut7, cut11, table0, table1, table2, planeBytes);
      i32.store(to, i32x4.extract_lane(negatedBytes(place, place, place, place, lowest), 0));
      to += 4;
    }
    at += length;
    inLine += length;
    inBlock += length;
    scales += 4;
    numbers += 1;
    if (inBlock === block) inBlock = 0;
    if (inLine === line) {
      inLine = 0;
      inBlock = 0;
    }
  }
  return -(
    i32x4.extract_lane(clipped, 0) +
    i32x4.extract_lane(clipped, 1) +
    i32x4.extract_lane(clipped, 2) +
    i32x4.extract_lane(clipped, 3)
  );
}

/**
 * The places of four x, negated, in the lowest byte of each lane, in two steps: which quarter of the cuts, by three of them; then which cut of that
 * quarter, by three more that are fetched from tables of one cut for each quarter. Comparisons are -1 in all four bytes.
 */
function negativePlaces(x: v128, cut3: v128, cut7: v128, cut11: v128, table0: v128, table1: v128, table2: v128, planeBytes: v128): v128 {
  const quarter = i8x16.add(i8x16.add(f32x4.gt(x, cut3), f32x4.gt(x, cut7)), f32x4.gt(x, cut11));
  // Byte i of a cut is in its table at 4 i and the quarter.
  const at = i8x16.sub(planeBytes, quarter);
  const upper = i8x16.add(i32x4.shl(quarter, 2), f32x4.gt(x, i8x16.swizzle(table0, at)));
  return i8x16.add(i8x16.add(upper, f32x4.gt(x, i8x16.swizzle(table1, at))), f32x4.gt(x, i8x16.swizzle(table2, at)));
}

/** The lowest bytes of 16 lanes, negated. */
function negatedBytes(a: v128, b: v128, c: v128, d: v128, lowest: v128): v128 {
  const ab = i16x8.narrow_i32x4_s(v128.and(a, lowest), v128.and(b, lowest));
  const cd = i16x8.narrow_i32x4_s(v128.and(c, lowest), v128.and(d, lowest));
  return i8x16.neg(i8x16.narrow_i16x8_u(ab, cd));
}

/**
 * Writes the reconstruct of each weight of a run from its place: level x scale, both float32 and rounded to it, kept from infinity. The run is cut
 * as in {@link findPlaces}. Up to 15 more are written.
 */
export function reconstruct(
  places: usize,
  n: i32,
  inLine: i32,
  line: i32,
  block: i32,
  scales: usize,
  numbers: usize,
  lookups: usize,
  out: usize,
  constants: usize,
): void {
  let inBlock = inLine % block;
  for (let at = 0; at < n; ) {
    const length = min(min(block - inBlock, line - inLine), n - at);
    const lookup = lookups + <usize>load<u8>(numbers) * LOOKUP;
    const scale = v128.load32_splat(scales);
    const plane0 = v128.load(lookup, PLANE_0);
    const plane1 = v128.load(lookup, PLANE_1);
    const plane2 = v128.load(lookup, PLANE_2);
    const plane3 = v128.load(lookup, PLANE_3);
    const begin = out + ((<usize>at) << 2);
    let to = begin;
    for (let p = places + <usize>at, end = p + <usize>length; p < end; p += 16) {
      const place = v128.load(p);
      const byte0 = i8x16.swizzle(plane0, place);
      const byte1 = i8x16.swizzle(plane1, place);
      const byte2 = i8x16.swizzle(plane2, place);
      const byte3 = i8x16.swizzle(plane3, place);
      const low01 = v128.shuffle<u8>(byte0, byte1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const low23 = v128.shuffle<u8>(byte2, byte3, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const high01 = v128.shuffle<u8>(byte0, byte1, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const high23 = v128.shuffle<u8>(byte2, byte3, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      v128.store(to, f32x4.mul(v128.shuffle<u16>(low01, low23, 0, 8, 1, 9, 2, 10, 3, 11), scale));
      v128.store(to, f32x4.mul(v128.shuffle<u16>(low01, low23, 4, 12, 5, 13, 6, 14, 7, 15), scale), 16);
      v128.store(to, f32x4.mul(v128.shuffle<u16>(high01, high23, 0, 8, 1, 9, 2, 10, 3, 11), scale), 32);
      v128.store(to, f32x4.mul(v128.shuffle<u16>(high01, high23, 4, 12, 5, 13, 6, 14, 7, 15), scale), 48);
      to += 64;
    }
    if (abs(f32.load(scales)) * f32.load(lookup, MOST) === Infinity) keepFinite(begin, to, constants);
    at += length;
    inLine += length;
    inBlock += length;
    scales += 4;
    numbers += 1;
    if (inBlock === block) inBlock = 0;
    if (inLine === line) {
      inLine = 0;
      inBlock = 0;
    }
  }
}

function keepFinite(from: usize, to: usize, constants: usize): void {
  const most = v128.load32_splat(constants, LARGEST);
  const least = f32x4.neg(most);
  for (; from < to; from += 16) v128.store(from, f32x4.pmax(f32x4.pmin(v128.load(from), most), least));
}

/** Copies `n` weights, with NaN (`replacement` all ones) or 0 (`replacement` 0) in place of those that are not finite. */
export function replaceNonFinite(x: usize, n: i32, out: usize, replacement: i32): void {
  for (const end = x + ((<usize>n) << 2); x < end; x += 4) {
    const bits = i32.load(x);
    i32.store(out, (bits & 0x7fff_ffff) < 0x7f80_0000 ? bits : replacement);
    out += 4;
  }
}

/** Makes 0 of the weights that are NaN and of their reconstructs, and a place that is not counted. */
export function leaveOutNaN(x: usize, n: i32, reconstructs: usize, places: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = x + (i << 2);
    if ((i32.load(at) & 0x7fff_ffff) <= 0x7f80_0000) continue;
    i32.store(at, 0);
    i32.store(reconstructs + (i << 2), 0);
    store<u8>(places + i, 0xff);
  }
}
